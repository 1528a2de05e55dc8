"""Scoring: a pure function of a caller's evidence, whose result doesn't depend on the order of arrival.

Spam and legitimate evidence are separate axes. Each person adds at most one unit to a caller, which fades by half in
every half-life. Sums are as of the newest piece of evidence, in millionths: whole numbers that depend on the evidence
alone, never on the time of the computation.

A trust becomes evidence only after some days, and no event occurs at that moment to update the stored sums. So younger
trusts are stored beside the sums with their times, and added when the score is read.
"""

from __future__ import annotations

import re
from collections import Counter
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from ivr.records.base import DAY
from ivr.reputation.weights import WEIGHTS, Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.reputation.evidence import Evidence

MILLION = 1_000_000
_YOUNG = re.compile(r"\d{1,12}(:\d{1,12})?( \d{1,12}(:\d{1,12})?)*", re.ASCII)
_RECENT = re.compile(r"\d{1,6}:\d{1,4}( \d{1,6}:\d{1,4})*", re.ASCII)
_TREND_DAYS = 7
_FADED_DAYS = 5_000  # after these no evidence that can be stored flags anybody
SPAM, LEGIT = "spam", "legit"
# The oldest young trusts are kept: eight weigh more than the limit (``most_legit``) for more than a year.
_MOST_YOUNG = 8
# And as many that will replace a report of the same person. A report without a kept trust goes on counting.
_MOST_YOUNG_OVER_REPORTS = 24


class Score(NamedTuple):
    """What a caller's evidence adds up to, as of ``as_of`` (epoch seconds). Sums are in millionths of a unit.

    ``young`` are the trusts that are no evidence yet at ``as_of``, oldest first, separated by spaces: the time of each,
    and after a colon the time of the same person's report, which counts until the trust does.
    """

    as_of: int = 0
    spam: int = 0
    legit: int = 0
    live: int = 0  # people whose report counts
    more: int = 0  # 1: there is more evidence than was read
    category: str = ""  # the category with the most faded spam evidence; the first by name if equal
    young: str = ""
    recent: str = ""  # the live reports of the two weeks up to ``as_of``, newest first: the day (of 1970) and how many
    first: int = 0  # the oldest live report; 0: there is none
    last: int = 0  # and the newest


def compute_score(evidence: Iterable[Evidence], *, cleared_at: int = 0, weights: Weights = WEIGHTS) -> Score:
    """Compute the score from the evidence on one caller, in the order of its keys.

    Withdrawn evidence and evidence from before the desk's clearing (``cleared_at``, epoch seconds) don't count. If a
    person both reported and trusted a caller, the later one counts.
    """
    by_axis: dict[str, dict[str, Evidence]] = {SPAM: {}, LEGIT: {}}
    for e in evidence:
        of_axis = by_axis[e.axis]
        if e.person not in of_axis or of_axis[e.person].order < e.order:
            of_axis[e.person] = e
    read = list(by_axis[SPAM].values())
    more = len(read) > weights.most_evidence_read
    said = {e.person: e for e in read[: weights.most_evidence_read]}
    spam = {person: e for person, e in said.items() if not e.withdrawn and e.at > cleared_at}
    legit = [
        e
        for e in by_axis[LEGIT].values()
        if e.at > cleared_at and (e.person not in said or said[e.person].order < e.order)
    ]
    as_of = max((e.at for e in (*spam.values(), *legit)), default=0)
    grown = [e for e in legit if is_grown(e.at, as_of, weights)]
    young = [e for e in legit if not is_grown(e.at, as_of, weights)]
    for e in grown:
        spam.pop(e.person, None)
    live = list(spam.values())
    return Score(
        as_of=as_of,
        spam=_total(live, as_of, weights.half_life_days),
        legit=_total(grown, as_of, weights.half_life_days),
        live=len(live),
        more=int(more),
        category=_main_category(live, as_of, weights),
        young=_written((e.at, spam[e.person].at if e.person in spam else 0) for e in young),
        recent=_by_day(live, as_of),
        first=min((e.at for e in live), default=0),
        last=max((e.at for e in live), default=0),
    )


def is_grown(at: int, now: int, weights: Weights = WEIGHTS) -> bool:
    """Whether a trust of ``at`` is old enough at ``now`` to be evidence (both epoch seconds)."""
    return now - at >= weights.trust_counts_after_days * DAY


def _main_category(live: list[Evidence], as_of: int, weights: Weights) -> str:
    by_category: dict[str, float] = {}
    for e in live:
        if e.category:
            by_category[e.category] = by_category.get(e.category, 0.0) + faded(as_of - e.at, weights.half_life_days)
    return max(sorted(by_category), key=lambda name: round(by_category[name], 6)) if by_category else ""


def _total(evidence: list[Evidence], as_of: int, half_life_days: int) -> int:
    return round(MILLION * sum(faded(as_of - e.at, half_life_days) for e in evidence))


def _by_day(live: list[Evidence], as_of: int) -> str:
    days = Counter(e.at // DAY for e in live if as_of // DAY - e.at // DAY < _TREND_DAYS * 2)
    return " ".join(f"{day}:{days[day]}" for day in sorted(days, reverse=True))


class Trend(NamedTuple):
    """Live reports of the last seven days (of UTC, today included), and of the seven days before."""

    last: int
    before: int


def trend(score: Score, now: int) -> Trend:
    """How a caller's reports develop. A report on which its person reported again later is not in it."""
    counts = [0, 0]
    for one in score.recent.split():
        day, _, many = one.partition(":")
        ago = max(0, now // DAY - int(day)) // _TREND_DAYS
        if ago < len(counts):
            counts[ago] += int(many)
    return Trend(*counts)


def is_recent(text: str) -> bool:
    """Whether a text is a valid ``Score.recent``."""
    return not text or _RECENT.fullmatch(text) is not None


def _written(young: Iterable[tuple[int, int]]) -> str:
    """Young trusts as the text of ``Score.young``: the oldest of each kind."""
    in_order = sorted(young)
    alone = [one for one in in_order if not one[1]][:_MOST_YOUNG]
    over_reports = [one for one in in_order if one[1]][:_MOST_YOUNG_OVER_REPORTS]
    return " ".join(f"{at}:{report}" if report else str(at) for at, report in sorted([*alone, *over_reports]))


def young_trusts(text: str) -> Iterator[tuple[int, int]]:
    """Each young trust's time, and the time of the same person's report that still counts, or 0.

    Raises ``ValueError`` for any other text.
    """
    for one in text.split():
        at, _, report = one.partition(":")
        yield int(at), int(report or 0)


def is_young(text: str) -> bool:
    """Whether a text is a valid ``Score.young``."""
    return not text or _YOUNG.fullmatch(text) is not None


def faded(age: int, half_life_days: int) -> float:
    """The rest of one unit after ``age`` seconds, 0 to 1."""
    return float(0.5 ** (max(age, 0) / (half_life_days * DAY)))


def weighed(score: Score, now: int, weights: Weights = WEIGHTS) -> tuple[float, float]:
    """A caller's spam and legitimate evidence at ``now``, in units. Legitimate evidence is at most ``most_legit``."""
    now = max(now, score.as_of)
    fading = faded(now - score.as_of, weights.half_life_days) / MILLION
    spam, legit = score.spam * fading, score.legit * fading
    for at, report_at in young_trusts(score.young) if score.young else ():
        if is_grown(at, now, weights):
            legit += faded(now - at, weights.half_life_days)
            spam -= faded(now - report_at, weights.half_life_days) if report_at else 0.0
    return max(spam, 0.0), min(legit, weights.most_legit)


def confidence(score: Score, now: int, weights: Weights = WEIGHTS) -> float:
    """The confidence that a caller is a spammer, 0 to 1: Wilson's lower bound of the share of spam.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    spam, legit = weighed(score, now, weights)
    n = spam + legit
    if n <= 0:
        return 0.0
    share, z2 = spam / n, weights.z**2
    middle = share + z2 / (2 * n)
    margin = weights.z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, (middle - margin) / (1 + z2 / n))


def is_bad(score: Score, now: int, weights: Weights = WEIGHTS) -> bool:
    """Whether a caller's score flags them now."""
    return confidence(score, now, weights) >= weights.threshold


def bad_until(score: Score, weights: Weights = WEIGHTS) -> int:
    """When a caller's score, without new evidence, no longer flags them (epoch seconds); 0: it doesn't flag them.

    Confidence only falls: evidence fades, and a young trust counts once it is grown.
    """
    bad, good = score.as_of, score.as_of + _FADED_DAYS * DAY
    if not is_bad(score, bad, weights):
        return 0
    while good - bad > 1:
        middle = (bad + good) // 2
        bad, good = (middle, good) if is_bad(score, middle, weights) else (bad, middle)
    return good
