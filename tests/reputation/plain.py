"""The plain computation that the stored reputation must equal: all that happened, at once, from first principles."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tests.reputation.happenings import DAY, Cleared, Reported, Talked


class Sums(NamedTuple):
    as_of: int = 0
    spam: float = 0
    legit: float = 0
    activity: float = 0
    live: int = 0
    category: str = ""


def last_words(happened, caller):
    """The last that each person's calls said of a caller: at the same moment, the greater id."""
    words = {}
    for n, one in enumerate(happened):
        counts = (isinstance(one, Reported) and one.counted) or (isinstance(one, Talked) and one.trusted)
        if counts and one.caller == caller:
            words[one.person] = max(words.get(one.person, (0, 0)), (one.at, n))
    return [happened[n] for _, n in words.values()]


def reputation(happened, caller):
    """What is known of a caller after all this, in units (a fresh report is 1)."""
    cleared_at = max((one.at for one in happened if isinstance(one, Cleared) and one.caller == caller), default=0)
    live = [
        one
        for one in last_words(happened, caller)
        if one.at > cleared_at and not (isinstance(one, Reported) and "withdrawn" in one.added)
    ]
    if not live:
        return Sums()
    newest = max(one.at for one in live)
    spam = [one for one in live if isinstance(one, Reported)]

    def left(one, half_life):
        return 2 ** -((newest - one.at) / DAY / half_life)

    about = Counter()
    for one in spam:
        for word in {*one.added} - {"yes", "no", "withdrawn"}:
            about[word] += round(left(one, 125) * 1e9)
    return Sums(
        as_of=newest,
        spam=sum(left(one, 125) for one in spam),
        legit=sum(left(one, 125) for one in live if isinstance(one, Talked)),
        activity=sum(left(one, 14) for one in spam),
        live=len(live),
        category=min(about, key=lambda word: (-about[word], word), default=""),
    )


def flagged(sums, now):
    """Whether these sums flag a caller: Wilson's lower bound of the share of spam, as the textbook has it."""
    left = 2 ** -(max(now - sums.as_of, 0) / DAY / 125)
    n = (sums.spam + sums.legit) * left
    if not n:
        return False
    p, z = sums.spam * left / n, 1.96
    return (p + z * z / 2 / n - z * (p * (1 - p) / n + z * z / 4 / n / n) ** 0.5) / (1 + z * z / n) >= 0.45
