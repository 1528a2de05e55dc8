"""The calls of the last week that a rule for a prefix is about, or would have been about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ivr.desk.judged_again import before_a_rule
from ivr.records.base import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.desk.context import Context
    from ivr.statistics.mark import Mark

_WEEK_SECONDS = 7 * DAY
MOST_READ = 1_000  # calls of each of the eight parts into which a week's are split
SAMPLE = 20


class CaughtCall(NamedTuple):
    """A call that it would have been about, as it was judged."""

    call_sid: str
    rang_at: int  # epoch seconds
    caller: str
    line: str
    verdict: str
    reason: str


class Caught(NamedTuple):
    """The calls of the last seven days that it is about."""

    calls: int
    more: bool  # than that, which were not read
    decided: int  # of them: no rule before it spoke, so it would have given the verdict
    by_verdict: dict[str, int]  # as they were judged
    sample: list[CaughtCall]  # the newest


def by_prefix(context: Context, prefix: str) -> Caught:
    """The calls that a rule for a prefix (E.164) would have been about. Eight queries, whatever is stored.

    A rule for a longer prefix may still have had the last word.
    """
    return of(*last_week(context, prefix))


def last_week(context: Context, beginning: str) -> tuple[list[Mark], bool]:
    """The calls of the last seven days by numbers that begin so, and whether there are more. Eight queries."""
    now = context.now()
    return context.store.number_lists.calls_by_number(beginning, now - _WEEK_SECONDS, now, MOST_READ)


def of(calls: Sequence[Mark], more: bool) -> Caught:  # noqa: FBT001  # as ``last_week`` returns them
    """What a rule for a prefix would have caught of the calls by its numbers. No request."""
    before = before_a_rule()
    newest = sorted(calls, key=lambda mark: (mark.at, mark.call_sid), reverse=True)[:SAMPLE]
    return Caught(
        calls=len(calls),
        more=more,
        decided=sum(mark.reason not in before for mark in calls),
        by_verdict=dict(Counter(mark.verdict for mark in calls)),
        sample=[_call(mark) for mark in newest],
    )


def _call(mark: Mark) -> CaughtCall:
    return CaughtCall(mark.call_sid, mark.at, mark.caller, mark.line, mark.verdict, mark.reason)
