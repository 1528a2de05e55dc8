"""The callers with the most reports, and how their reports develop."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.reputation.items import Reputation
from ivr.reputation.scoring import Trend, confidence, trend
from ivr.reputation.weights import WEIGHTS
from ivr.store.paging import listed

if TYPE_CHECKING:
    from ivr.desk.context import Context

__all__ = ["RankedCaller", "Ranking", "Trend", "most_reported"]


class RankedCaller(NamedTuple):
    """One caller of the list, with their reputation now."""

    caller: str  # E.164, or a short code
    reports: int  # people whose report counts
    more: bool  # than that
    category: str  # of most reports; empty: none was named
    trend: Trend  # reports of the last seven days, and of the seven before
    confidence: float  # that the caller is a fraudster: 0 to 1
    is_flagged: bool  # by reputation alone
    as_of: int  # the newest evidence, in epoch seconds


class Ranking(NamedTuple):
    """A page of the list. ``next`` is where the next page begins, and holds a number; empty: this is the last one."""

    callers: list[RankedCaller]
    next: str


def most_reported(context: Context, after: str = "", size: int = 25) -> Ranking:
    """The callers with the most live reports first. Four queries and one read for the page, whatever is stored."""
    found, last = context.store.number_lists.most_reported(size, after)
    now = context.now()
    return Ranking([_caller(one, now) for one in found], last)


def by_number(context: Context, after: str = "", size: int = 25) -> Ranking:
    """A page of all callers with live reports, by number: an order that no report changes. One request."""
    found = listed(context.store.table, Reputation, "reputations", after=after, most=size)
    now = context.now()
    return Ranking([_caller(one, now) for one in found.records], found.next)


def _caller(one: Reputation, now: int) -> RankedCaller:
    sure = confidence(one.score, now)
    return RankedCaller(
        caller=one.caller,
        reports=one.live,
        more=bool(one.more),
        category=one.category,
        trend=trend(one.score, now),
        confidence=sure,
        is_flagged=sure >= WEIGHTS.threshold,
        as_of=one.as_of,
    )
