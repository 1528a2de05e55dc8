"""The calls of the last week that a rule for a prefix is about, or would have been about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.verdict import Reason
from ivr.records.base import DAY

if TYPE_CHECKING:
    from ivr.desk.context import Context
    from ivr.statistics.mark import Mark

SECONDS = 7 * DAY
MOST_READ = 1_000  # calls of each of eight parts of the week
SAMPLE = 20
# Of the rules that come before a rule for a prefix.
_BEFORE_A_RULE = frozenset(
    {
        Reason.OWN_BLOCK,
        Reason.IMPERSONATION,
        Reason.SPOOFED,
        Reason.OWN_ALLOW,
        Reason.DESK_TRUSTED,
        Reason.DESK_FLAGGED,
        Reason.DESK_BLOCKED,
        Reason.REPORTED,
        Reason.REPORTED_BLOCK,
        Reason.CAMPAIGN,
    }
)


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
    now = context.now()
    found, more = context.store.number_lists.calls_by_number(prefix, now - SECONDS, now, MOST_READ)
    newest = sorted(found, key=lambda mark: (mark.at, mark.call_sid), reverse=True)[:SAMPLE]
    return Caught(
        calls=len(found),
        more=more,
        decided=sum(mark.reason not in _BEFORE_A_RULE for mark in found),
        by_verdict=dict(Counter(mark.verdict for mark in found)),
        sample=[_call(mark) for mark in newest],
    )


def _call(mark: Mark) -> CaughtCall:
    return CaughtCall(mark.call_sid, mark.at, mark.caller, mark.line, mark.verdict, mark.reason)
