"""Reputation as a pure function of a caller's evidence: whatever order it came in, the sum is the same.

Spam and legitimate evidence stand on separate axes. Each person adds at most one unit to a caller, which fades by half
in every half-life. Sums are kept as of the newest piece of evidence, in millionths, so that they are whole numbers
which depend on the evidence alone and never on when somebody looked.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from ivr.records import DAY
from ivr.reputation.weights import WEIGHTS, Weights

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.reputation.evidence import Evidence

MILLION = 1_000_000


class Standing(NamedTuple):
    """What a caller's evidence adds up to, as of ``as_of`` (epoch seconds). Sums are in millionths of a unit."""

    as_of: int = 0
    spam: int = 0
    legit: int = 0
    activity: int = 0
    live: int = 0  # people whose evidence counts
    more: int = 0  # 1: there is more evidence than was read
    category: str = ""  # what most of the spam evidence is about, faded; the first by name among equals


def reckon(evidence: Iterable[Evidence], *, cleared_at: int = 0, weights: Weights = WEIGHTS) -> Standing:
    """Add up the evidence on one caller, in the order of its keys.

    Withdrawn evidence, and evidence from before the desk's clearing, does not count.
    """
    read = list(evidence)
    more = len(read) > weights.most_evidence_read
    live = [e for e in read[: weights.most_evidence_read] if not e.withdrawn and e.at > cleared_at]
    if not live:
        return Standing(more=int(more))
    as_of = max(e.at for e in live)
    spam = [e for e in live if e.axis == "spam"]
    by_category: dict[str, float] = {}
    for e in spam:
        if e.category:
            by_category[e.category] = by_category.get(e.category, 0.0) + faded(as_of - e.at, weights.half_life_days)
    return Standing(
        as_of=as_of,
        spam=_total(spam, as_of, weights.half_life_days),
        legit=_total([e for e in live if e.axis == "legit"], as_of, weights.half_life_days),
        activity=_total(spam, as_of, weights.activity_half_life_days),
        live=len(live),
        more=int(more),
        category=max(sorted(by_category), key=lambda name: round(by_category[name], 6)) if by_category else "",
    )


def _total(evidence: list[Evidence], as_of: int, half_life_days: int) -> int:
    return round(MILLION * sum(faded(as_of - e.at, half_life_days) for e in evidence))


def faded(age: int, half_life_days: int) -> float:
    """What is left of one unit after ``age`` seconds."""
    return float(0.5 ** (max(age, 0) / (half_life_days * DAY)))


def confidence(standing: Standing, now: int, weights: Weights = WEIGHTS) -> float:
    """How sure it is that a caller is a spammer, from 0 to 1: Wilson's lower bound of the share of spam.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    fading = faded(now - standing.as_of, weights.half_life_days) / MILLION
    spam, legit = standing.spam * fading, standing.legit * fading
    n = spam + legit
    if n <= 0:
        return 0.0
    share, z2 = spam / n, weights.z**2
    middle = share + z2 / (2 * n)
    margin = weights.z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, (middle - margin) / (1 + z2 / n))


def is_bad(standing: Standing, now: int, weights: Weights = WEIGHTS) -> bool:
    """Whether a caller's standing flags them now."""
    return confidence(standing, now, weights) >= weights.threshold
