"""The SMS about reports, and who wants none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import reports
from ivr.desk.audit import About, Action
from ivr.desk.change import Made, Target, change
from ivr.desk.numbers import customers_number
from ivr.desk.people import person_of
from ivr.jobs.job import STATES, UNKNOWN, OptOut, opt_out_key
from ivr.records.base import expiry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.desk.days import Days
    from ivr.jobs.job import Sms
    from ivr.records.base import Item
    from ivr.reports import Report

__all__ = ["STATES", "UNKNOWN", "AboutReport", "Wish", "of_days", "opt_in", "opt_out", "wish_of"]


class AboutReport(NamedTuple):
    """A report, the message about it, and what became of that."""

    report: Report
    message: Sms
    state: str


class Wish(NamedTuple):
    """What a customer wishes, as it holds now."""

    number: str  # E.164
    changed: bool
    is_registered: bool  # a line rings this number: no other gets messages in any case


def of_days(context: Context, days: Days, state: str = "", *, newest_first: bool = False) -> Iterator[AboutReport]:
    """Yield the messages about the reports of days; with ``state`` those in it."""
    now = context.now()
    found = context.store.sms.about(reports.of_days(context, days, newest_first=newest_first))
    for report, message in found:
        about = AboutReport(report, message, message.state_at(now))
        if state in {"", about.state}:
            yield about


def opt_out(context: Context, number: str, *, by: Actor, note: str = "", seen: str | None = None) -> Wish:
    """Send no messages to a customer's telephone until they opt in again. Raises ``DeskError``."""

    def ending(found: OptOut | None, _: Item | None, person: str) -> Made[OptOut] | None:
        if found and not found.ended_at:
            return None
        return Made(Action.OPT_OUT, OptOut(person=person, since=context.now()), note)

    return _change(context, number, ending, by=by, seen=seen)


def opt_in(context: Context, number: str, *, by: Actor, note: str = "", seen: str | None = None) -> Wish:
    """Send messages to a customer's telephone again. Raises ``DeskError``."""
    now = context.now()
    expires = expiry(now, context.settings.retention_decisions_days)

    def beginning(found: OptOut | None, item: Item | None, person: str) -> Made[OptOut] | None:
        if item is None or (found and found.ended_at):
            return None
        wish = found or OptOut(person=person, since=now)  # one that can't be read stops messages too
        return Made(Action.OPT_IN, replace(wish, ended_at=now, expires=expires), note)

    return _change(context, number, beginning, by=by, seen=seen)


def wish_of(context: Context, number: str) -> OptOut | None:
    """What a customer last wished; None: nothing. Raises ``DeskError``."""
    person = person_of(context, customers_number(context, number))
    return context.store.table.read(OptOut, context.store.table.get(opt_out_key(person)))


def _change(
    context: Context,
    number: str,
    making: Callable[[OptOut | None, Item | None, str], Made[OptOut] | None],
    *,
    by: Actor,
    seen: str | None,
) -> Wish:
    text = customers_number(context, number)
    person = person_of(context, text)
    registered = any(line.ring_to == text for line in context.store.lines.all())
    made: list[Made[OptOut] | None] = [None]

    def noted(found: OptOut | None, item: Item | None) -> Made[OptOut] | None:
        made[0] = making(found, item, person)
        return made[0]

    target = Target(OptOut, opt_out_key(person), About.PERSON, person, frozenset({"person", "said_by"}))
    change(context, target, noted, by=by, seen=seen)
    return Wish(text, made[0] is not None, registered)
