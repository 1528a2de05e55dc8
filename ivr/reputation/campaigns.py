"""Campaigns: numbers of one hundred that people report, or of which one rang many lines within minutes.

Fraudsters rent numbers by the block. One reported number of a hundred is a caller; two are a campaign, and so is one
that rule 7 flagged. ``ivr.store.campaigns`` writes them as the table's stream tells of reports and calls.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from ivr.records.base import ItemKey
from ivr.records.decoding import PLACE, TYPE, UnreadableError, values_of
from ivr.reputation.items import block_key

if TYPE_CHECKING:
    from ivr.records.base import Item

LISTED = "campaigns"
FEWEST_NUMBERS = 2  # that are reported
_KIND = "REPORTED"
_NUMBER = re.compile(r"[mr]\d\d", re.ASCII)
_HOUR = 3600


def reported_key(block: str) -> ItemKey:
    """The key of the reported numbers of a block of a hundred; ``block`` is a number without its last two digits."""
    return ItemKey(block_key(block).pk, _KIND)


def hundred_of(caller: str) -> str:
    """The block of a hundred numbers that contains an E.164 number; empty: a short code is in none."""
    return caller[:-2] if caller.startswith("+") else ""


def number_name(caller: str) -> str:
    """The attribute of a number: what its reports add up to."""
    return f"m{caller[-2:]}"


def rang_name(caller: str) -> str:
    """The attribute of when a number last rang many lines within minutes."""
    return f"r{caller[-2:]}"


def hour_of(at: int) -> int:
    """The hour of a moment: a campaign that rings for hours writes once an hour."""
    return at - at % _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What is stored of a number's reports: ``revision`` is that of its reputation."""

    revision: int
    live: int
    first: int
    last: int
    category: str = ""


class ReportedNumber(NamedTuple):
    """A number of a campaign. Times are epoch seconds; 0: never."""

    number: str  # E.164
    reports: int  # people whose report counts
    first: int  # of those reports
    last: int
    category: str
    rang_many: int  # the hour in which it last rang many lines within minutes

    @property
    def begun(self) -> int:
        """When it was first heard of."""
        return min(at for at in (self.first, self.rang_many) if at)

    @property
    def newest(self) -> int:
        """When it was last heard of."""
        return max(self.last, self.rang_many)


class Campaign(NamedTuple):
    """The numbers of a block of a hundred that are reported or rang many lines, the one heard of last in front."""

    block: str  # a plus and all but the last two digits
    numbers: tuple[ReportedNumber, ...]

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read a block's item. Raises ``UnreadableError``."""
        if item["sk"] != _KIND:
            raise UnreadableError(cls.__name__, PLACE)
        block = str(item["pk"]).partition("#")[2]
        endings = {name[1:] for name in item if _NUMBER.fullmatch(name)}
        found = (_read(item, block, ending) for ending in endings)
        heard_of = (one for one in found if one.reports or one.rang_many)
        return cls(block, tuple(sorted(heard_of, key=lambda one: (-one.newest, one.number))))

    @property
    def is_campaign(self) -> bool:
        """Whether it is more than one reported caller."""
        return sum(bool(one.reports) for one in self.numbers) >= FEWEST_NUMBERS or any(
            one.rang_many for one in self.numbers
        )

    @property
    def reports(self) -> int:
        """The reports of all numbers that count."""
        return sum(one.reports for one in self.numbers)

    @property
    def begun(self) -> int:
        """When the first number was first heard of; 0: there is none."""
        return min((one.begun for one in self.numbers), default=0)

    @property
    def newest(self) -> int:
        """When a number was last heard of; 0: there is none."""
        return max((one.newest for one in self.numbers), default=0)

    @property
    def last_report(self) -> int:
        """The newest report that counts; 0: there is none."""
        return max((one.last for one in self.numbers), default=0)

    @property
    def rang_many(self) -> int:
        """The hour in which a number last rang many lines within minutes; 0: none did."""
        return max((one.rang_many for one in self.numbers), default=0)

    @property
    def category(self) -> str:
        """What most of the reports are about; empty: no report says."""
        said: Counter[str] = Counter()
        for one in self.numbers:
            if one.category:
                said[one.category] += one.reports
        return max(sorted(said), key=lambda word: said[word], default="")

    def place(self) -> str:
        """Its place in the list of campaigns, which sorts by when it was last heard of."""
        return f"{self.newest:012d}#{self.block}"


def _read(item: Item, block: str, ending: str) -> ReportedNumber:
    value, rang_many = item.get(f"m{ending}"), item.get(f"r{ending}", 0)
    if not isinstance(value, dict | None) or not isinstance(rang_many, int):
        raise UnreadableError(Campaign.__name__, TYPE)
    if value is None:
        return ReportedNumber(block + ending, 0, 0, 0, "", rang_many)
    try:
        one = _Stored(**values_of(_Stored, value))
    except UnreadableError as error:
        raise UnreadableError(Campaign.__name__, error.why) from error
    return ReportedNumber(block + ending, one.live, one.first, one.last, one.category, rang_many)
