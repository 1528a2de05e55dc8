"""What customers reported: by the days on which they did, and by the reference that they were told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import audit
from ivr.desk.audit import About, Action
from ivr.desk.errors import Code, DeskError
from ivr.desk.numbers import customers_number
from ivr.desk.people import person_of
from ivr.numbers import spelling
from ivr.pseudonym import is_reference
from ivr.reports import SCREENED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.desk.days import Days
    from ivr.reports import Report
    from ivr.voicemail import Voicemail


class Found(NamedTuple):
    """A report, and the message that its caller left in that call."""

    report: Report
    voicemail: Voicemail | None


def of_days(context: Context, days: Days, *, newest_first: bool = False) -> Iterator[Report]:
    """Yield the reports of days, read as they are asked for."""
    utc = days.utc[::-1] if newest_first else days.utc
    found = context.store.reports.of_days(utc, newest_first=newest_first)
    return (report for report in found if report.reported_at in days)


def by_reference(context: Context, reference: str) -> list[Report]:
    """Find every report with this reference: two may have the same. Raises ``DeskError`` for none."""
    digits = spelling.bare(reference)
    if not is_reference(digits):
        raise DeskError(
            Code.NO_REFERENCE,
            f"{reference!r} is no reference: it has eight digits, and the last one checks the others",
        )
    found = context.store.reports.by_reference(digits)
    if not found:
        raise DeskError(Code.UNKNOWN_REFERENCE, f"no report has the reference {digits}")
    return found


def with_voicemails(context: Context, reference: str) -> list[Found]:
    """Find the same, each with the message that its caller left. Raises ``DeskError``."""
    left = context.store.voicemails
    return [
        Found(report, left.of_call(report.call_sid) if report.which == SCREENED else None)
        for report in by_reference(context, reference)
    ]


def one(context: Context, call_sid: str, which: str) -> Found | None:
    """One report, by its call and its name within the call, with the message that its caller left. Two requests."""
    report = context.store.reports.get(call_sid, which)
    if report is None:
        return None
    return Found(report, context.store.voicemails.of_call(call_sid) if which == SCREENED else None)


def confirm(context: Context, found: Sequence[Report], number: str, *, by: Actor) -> list[bool]:
    """Tell of each of these reports of one reference whether a number (as people write it) is its reporter's.

    That is a look at who somebody is, which the audit keeps. Raises ``DeskError``.
    """
    person = person_of(context, customers_number(context, number))
    audit.looked(context, Action.CONFIRM_REPORTER, by=by, about=About.REPORT, what=found[0].reference)
    return [report.reporter == person for report in found]


def why_uncounted(report: Report) -> str:
    """Return why a report does not count as evidence against its caller's number, or an empty string: it counts."""
    if report.counted:
        return ""
    return report.uncounted or ("over_the_limit" if report.verified else "unverified")  # an earlier release did not say
