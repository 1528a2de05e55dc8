"""A caller's calls, the reports about them, and the evidence as it came over the weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from ivr.desk.calls import Row, row_of
from ivr.desk.statistics import this_day
from ivr.reports import Report

if TYPE_CHECKING:
    from ivr.desk.context import Context

__all__ = ["CallPage", "Report", "ReportPage", "Row", "WeekOfEvidence", "calls_of", "evidence_by_week", "reports_on"]


class CallPage(NamedTuple):
    """Calls of a caller, newest first. ``next`` is where the next page begins; empty: this is the last one."""

    calls: list[Row]
    next: str


class ReportPage(NamedTuple):
    """Reports about a caller, newest first, those that don't count too. ``next`` as of ``CallPage``."""

    reports: list[Report]
    next: str


class WeekOfEvidence(NamedTuple):
    """What people said of a caller in one week: each person's newest word of each kind, in the week they said it."""

    monday: date
    reports: int  # that count, unless the caller was cleared since
    withdrawn: int
    trusts: int


def calls_of(context: Context, caller: str, size: int = 20, before: str = "") -> CallPage:
    """A caller's calls to protected lines. Four queries and one read, whatever is stored."""
    found, last = context.store.number_lists.calls_of(caller, size, before)
    return CallPage([row for details in found if (row := row_of(details))], last)


def reports_on(context: Context, caller: str, size: int = 20, before: str = "") -> ReportPage:
    """The reports about a caller. Four queries and one read, whatever is stored."""
    return ReportPage(*context.store.number_lists.reports_on(caller, size, before))


def evidence_by_week(context: Context, caller: str, weeks: int = 26) -> list[WeekOfEvidence]:
    """The evidence on a caller in each of the last weeks, oldest first. One query, of what a score is computed from."""
    zone = ZoneInfo(context.settings.timezone)
    today = this_day(context)
    monday = today - timedelta(days=today.weekday())
    counts = {monday - timedelta(weeks=ago): [0, 0, 0] for ago in reversed(range(weeks))}
    for one in context.store.number_lists.evidence_on(caller):
        day = datetime.fromtimestamp(one.at, zone).date()
        week = counts.get(day - timedelta(days=day.weekday()))
        if week:
            week[2 if one.axis == "legit" else 1 if one.withdrawn else 0] += 1
    return [WeekOfEvidence(day, *numbers) for day, numbers in counts.items()]
