"""The reports of a day in pages, those wanted among them."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from ivr.desk.caller_history import reports_on
from ivr.desk.reports import of_days
from ivr.desk.whole_lists import read_all
from ivr.records.base import moment_of
from ivr.reports import CATEGORIES, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.context import Context
    from ivr.desk.days import Days

__all__ = ["CATEGORIES", "MOST_OF_A_DAY", "Choice", "Report", "ReportPage", "Wanted", "all_of", "chosen", "page"]

SIZE = 50
READ = 400  # of a page where not all are wanted
MOST_OF_A_DAY = 20_000  # of an export: some 2 MB, and a function may answer with 6 MB
_ALL_OF_A_CALLER = 10**9  # reports: pages are read as they are asked for
_AFTER_ALL = "~"  # sorts after every reference


class Wanted(NamedTuple):
    """Which reports are wanted; an empty word wants all."""

    category: str = ""  # of ``CATEGORIES``; "none": the customer named none
    loss: str = ""  # yes or no; "none": the customer did not say
    state: str = ""  # verified, unverified or withdrawn

    def __contains__(self, report: object) -> bool:
        """Whether a report is wanted."""
        if not isinstance(report, Report):
            return False
        states = {"verified": report.verified, "unverified": not report.verified, "withdrawn": report.withdrawn}
        return (
            self.category in {"", report.category or "none"}
            and self.loss in {"", report.loss or "none"}
            and bool(states.get(self.state, True))
        )


ALL = Wanted()


class ReportPage(NamedTuple):
    """Reports, newest first."""

    reports: list[Report]
    read: int  # of which those are the wanted ones
    next: str  # the place where the next page begins, which holds a reference; empty: this is the last one


def page(context: Context, days: Days, wanted: Wanted = ALL, *, after: str = "") -> ReportPage:
    """A page of the reports of days. Eight requests a day of UTC that the days touch, whatever is stored.

    Where not all are wanted, a page is what is found among the next ``READ``, which may be none.
    """
    size = SIZE if wanted == ALL else READ
    first, last = moment_of(days.begin), after or moment_of(days.end - 1) + _AFTER_ALL
    found: list[Report] = []
    more = False
    for day in reversed(days.utc):
        if day > last[: len(day)] or more or len(found) > size:
            continue
        reports, more = context.store.reports.page(day, first, last, size + 2 - len(found))
        found += [one for one in reports if _place(one) != after]
    more = more or len(found) > size
    read = found[:size]
    return ReportPage([one for one in read if one in wanted], len(read), _place(read[-1]) if more and read else "")


def all_of(context: Context, days: Days, wanted: Wanted = ALL) -> Iterator[Report]:
    """The wanted reports of days, newest first, page after page as they are asked for; at most ``MOST_OF_A_DAY``."""
    after, read = "", 0
    while read < MOST_OF_A_DAY:
        found = page(context, days, wanted, after=after)
        yield from found.reports
        after, read = found.next, read + found.read
        if not after:
            return


class Choice(NamedTuple):
    """Which reports a command lists: those wanted, of one caller or line if one is named (E.164)."""

    wanted: Wanted = ALL
    caller: str = ""
    line: str = ""

    def __contains__(self, report: object) -> bool:
        """Whether a report is one of them."""
        return (
            isinstance(report, Report)
            and report in self.wanted
            and self.caller in {"", report.caller}
            and self.line in {"", report.line}
        )


def chosen(context: Context, days: Days, choice: Choice, *, newest_first: bool) -> Iterator[Report]:
    """Yield the chosen reports of days, read as they are asked for.

    Of one caller they are read from the caller's own list, and always come newest first. Else all of a day are read,
    and those not chosen are passed over.
    """
    if choice.caller:
        found = read_all(lambda after: reports_on(context, choice.caller, before=after), _ALL_OF_A_CALLER)
        return (one for one in takewhile(lambda one: one.reported_at >= days.begin, found) if _is_of(one, days, choice))
    return (one for one in of_days(context, days, newest_first=newest_first) if one in choice)


def _is_of(report: Report, days: Days, choice: Choice) -> bool:
    return report.reported_at in days and report in choice


def _place(report: Report) -> str:
    return str(report.index()["reported_key"])
