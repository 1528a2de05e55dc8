"""What is exported since a moment, for the regulator: reports, the desk's decisions on callers, and the audit.

The span ends before the moment at which it is asked for, and is read in the order of keys that never change, page
after page. So each record of it comes once, whatever is stored meanwhile, and the next export may begin at its end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.desk import audit, decisions, reports
from ivr.desk.audit import About, Action
from ivr.desk.exports import AUDIT, CALLERS, REPORTS, Export
from ivr.desk.whole_lists import PAGE, read_all
from ivr.records.base import DAY, moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.desk.days import Days
    from ivr.reports import Report
    from ivr.screening.desk_decision import DeskDecision

_NO_LIMIT = 10**12


class Exported(NamedTuple):
    """A kind of export: its rows, and how its records are read."""

    export: Export[Any]
    read: Callable[[Context, Days], Iterator[Any]]


def begin(context: Context, kind: str, days: Days, *, by: Actor) -> Iterator[Mapping[str, Any]]:
    """The rows of an export of ``KINDS``, with whole numbers. The audit keeps who took it, before the first is read."""
    what = f"{kind} {moment_of(days.begin)} to {moment_of(days.end)} whole"
    audit.looked(context, Action.EXPORT, by=by, about=About.NOTHING, what=what)
    exported = KINDS[kind]
    return exported.export.rows(exported.read(context, days))


def _reports(context: Context, days: Days) -> Iterator[Report]:
    """Reports by when they were made, oldest first."""
    return reports.of_days(context, _kept(context, days, context.settings.retention_reports_days))


def _decisions(context: Context, days: Days) -> Iterator[DeskDecision]:
    """Decisions by number: those that were made or taken back in that time. It reads all that are kept."""
    every = read_all(lambda after: decisions.page(context, after=after, most=PAGE), _NO_LIMIT)
    return (one for one in every if one.decided_at in days or (one.ended_by and one.until in days))


def _audit(context: Context, days: Days) -> Iterator[audit.AuditEntry]:
    """The audit's entries, oldest first."""
    kept = _kept(context, days, context.settings.retention_audit_days)
    return read_all(partial(_audit_page, context, kept), _NO_LIMIT)


def _kept(context: Context, days: Days, retention: int) -> Days:
    """The days of which anything may be stored still: each day costs requests, even where it holds nothing."""
    return days._replace(begin=min(days.end - 1, max(days.begin, context.now() - (retention + 2) * DAY)))


def _audit_page(context: Context, days: Days, after: str) -> audit.Page:
    return audit.of_days(context, days, newest_first=False, after=after, most=PAGE)


KINDS: Mapping[str, Exported] = {
    "reports": Exported(REPORTS, _reports),
    "callers": Exported(CALLERS, _decisions),
    "audit": Exported(AUDIT, _audit),
}
