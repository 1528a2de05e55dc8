"""The SMS about reports, and who wants none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import reports
from ivr.desk.numbers import customers_number
from ivr.desk.people import person_of
from ivr.jobs.job import STATES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.context import Context
    from ivr.desk.days import Days
    from ivr.jobs.job import Sms
    from ivr.reports import Report

__all__ = ["STATES", "UNKNOWN", "About", "Wish", "of_days", "opt_in", "opt_out"]


class About(NamedTuple):
    """A report, the message about it, and what became of that."""

    report: Report
    message: Sms
    state: str


class Wish(NamedTuple):
    """What a customer wishes, as it holds now."""

    number: str  # E.164
    changed: bool
    is_registered: bool  # a line rings this number: no other gets messages in any case


def of_days(context: Context, days: Days, state: str = "", *, newest_first: bool = False) -> Iterator[About]:
    """Yield the messages about the reports of days; with ``state`` those in it."""
    now = context.now()
    found = context.store.sms.about(reports.of_days(context, days, newest_first=newest_first))
    for report, message in found:
        about = About(report, message, message.state_at(now))
        if state in {"", about.state}:
            yield about


def opt_out(context: Context, number: str) -> Wish:
    """Send no messages to a customer's telephone until they opt in again. Raises ``DeskError``."""
    return _change(context, number, wanted=False)


def opt_in(context: Context, number: str) -> Wish:
    """Send messages to a customer's telephone again. Raises ``DeskError``."""
    return _change(context, number, wanted=True)


def _change(context: Context, number: str, *, wanted: bool) -> Wish:
    text = customers_number(context, number)
    person, now, opt_outs = person_of(context, text), context.now(), context.store.opt_outs
    registered = any(line.ring_to == text for line in context.store.lines.all())
    context.announce()
    if wanted:
        changed = opt_outs.end(person, now, kept_days=context.settings.retention_decisions_days)
    else:
        changed = opt_outs.begin(person, now)
    return Wish(text, changed, registered)
