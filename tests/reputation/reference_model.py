"""The reference for stored reputations: computed from all events at once, straight from the definitions."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tests.reputation.events import DAY, Cleared, Reported, Talked


class Sums(NamedTuple):
    as_of: int = 0
    spam: float = 0
    legit: float = 0
    live: int = 0
    category: str = ""
    first: int = 0
    last: int = 0


WEEK = 7 * DAY


def last_words(happened, caller, kind):
    """The last report or trust of each person: at the same moment, the greater id."""
    words = {}
    for n, one in enumerate(happened):
        counts = isinstance(one, kind) and (one.counted if kind is Reported else one.trusted)
        if counts and one.caller == caller:
            words[one.person] = max(words.get(one.person, (0, 0)), (one.at, n))
    return words


def reputation(happened, caller, now=None):
    """What is known of a caller after all this, in units (a fresh report is 1): as of the last of it, or as of now."""
    reports, trusts = (last_words(happened, caller, kind) for kind in (Reported, Talked))
    cleared_at = max((one.at for one in happened if isinstance(one, Cleared) and one.caller == caller), default=0)

    def holds(word):
        return word[0] > cleared_at and "withdrawn" not in getattr(happened[word[1]], "added", ())

    reporting = {person: word for person, word in reports.items() if holds(word)}
    trusting = {p: word for p, word in trusts.items() if holds(word) and word > reports.get(p, (0, 0))}
    if not reporting and not trusting:
        return Sums()
    newest = max(at for at, _ in (*reporting.values(), *trusting.values()))
    then = max(newest, now or 0)
    grown = {p: word for p, word in trusting.items() if then - word[0] >= WEEK}
    spam = [happened[n] for p, (_, n) in reporting.items() if p not in grown]
    legit = [happened[n] for _, n in grown.values()]

    def left(one):
        return 2 ** -((then - one.at) / DAY / 125)

    about = Counter()
    for one in spam:
        for word in {*one.added} - {"yes", "no", "withdrawn"}:
            about[word] += round(left(one) * 1e9)
    return Sums(
        as_of=newest,
        spam=sum(left(one) for one in spam),
        legit=sum(left(one) for one in legit),
        live=len(spam),
        category=min(about, key=lambda word: (-about[word], word), default=""),
        first=min((one.at for one in spam), default=0),
        last=max((one.at for one in spam), default=0),
    )


def campaigns(happened, callers):
    """Of each block of a hundred with two reported numbers or more: the numbers with their reports, first and last."""
    blocks = {}
    for caller in callers:
        known = reputation(happened, caller)
        if known.live:
            blocks.setdefault(caller[:-2], {})[caller] = (known.live, known.first, known.last)
    return {block: numbers for block, numbers in blocks.items() if len(numbers) > 1}


def flagged(sums, now):
    """Whether these sums flag a caller: Wilson's lower bound of the share of spam, as the textbook has it."""
    left = 2 ** -(max(now - sums.as_of, 0) / DAY / 125)
    spam, legit = sums.spam * left, min(sums.legit * left, 0.7)
    n = spam + legit
    if not n:
        return False
    p, z = spam / n, 1.96
    return (p + z * z / 2 / n - z * (p * (1 - p) / n + z * z / 4 / n / n) ** 0.5) / (1 + z * z / n) >= 0.45
