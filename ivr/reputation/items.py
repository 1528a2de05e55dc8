"""What a verdict reads of reputation, with its keys beside it. The table's stream makes it all (ivr.store.projections).

Times are epoch seconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ivr.records.base import Item, ItemKey, Record
from ivr.records.decoding import PLACE, TYPE, VALUE, UnreadableError, values_of
from ivr.reputation.keys import caller_partition
from ivr.reputation.scoring import Score, is_bad, is_young
from ivr.reputation.weights import WEIGHTS

_MEMBERS = "MEMBERS"
_MEMBER = re.compile(r"m\d{1,2}", re.ASCII)
CAMPAIGN_SECONDS = 600  # the window of rule 7: one caller, many lines


def reputation_key(caller: str) -> ItemKey:
    """Where a caller's reputation is kept."""
    return ItemKey(caller_partition(caller), "REPUTATION")


def block_key(block: str) -> ItemKey:
    """Where the members of a block of numbers are kept; ``block`` is the number without its last one or two digits."""
    return ItemKey(f"BLOCK#{block}", _MEMBERS)


def blocks_of(caller: str) -> tuple[str, ...]:
    """The block of ten and the block of a hundred that an E.164 number is part of; a short code is in none."""
    return (caller[:-1], caller[:-2]) if caller.startswith("+") else ()


def campaign_key(caller: str, at: int) -> ItemKey:
    """Where the lines are kept that a caller rang in the ten minutes that ``at`` falls into."""
    return ItemKey(f"CAMPAIGN#{caller}", str(at // CAMPAIGN_SECONDS))


def campaign_keys(caller: str, now: int) -> tuple[ItemKey, ItemKey]:
    """The two stretches of ten minutes that the last ten minutes lie in."""
    return campaign_key(caller, now), campaign_key(caller, now - CAMPAIGN_SECONDS)


def familiar_key(line: str, caller: str) -> ItemKey:
    """Where the talks of a line's customer with a caller are kept."""
    return ItemKey(f"LINE#{line}", f"FAMILIAR#{caller}")


def aftermath_key(line: str) -> ItemKey:
    """Where a line remembers that something bad has just happened."""
    return ItemKey(f"LINE#{line}", "AFTERMATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reputation(Record):
    """A caller's standing, as reckoned from the evidence; ``revision`` grows with every change."""

    caller: str
    revision: int
    expires: int
    as_of: int = 0
    spam: int = 0
    legit: int = 0
    live: int = 0
    more: int = 0
    category: str = ""
    young: str = ""  # an earlier release had none: all its trusts stand in ``legit``

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return reputation_key(self.caller)

    def makes_sense(self) -> bool:  # noqa: D102
        return is_young(self.young)

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "reputations", "list_key": self.caller} if self.live else {}

    @property
    def standing(self) -> Score:
        """The reckoning alone."""
        return Score(**{name: getattr(self, name) for name in Score._fields})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One number of a block, as it stands."""

    as_of: int
    spam: int
    legit: int
    young: str = ""

    @classmethod
    def standing_of(cls, value: object) -> Score:
        """The standing that an attribute holds. Raises ``UnreadableError``."""
        if not isinstance(value, dict):
            raise UnreadableError(Block.__name__, TYPE)
        try:
            member = cls(**values_of(cls, value))
        except UnreadableError as error:
            raise UnreadableError(Block.__name__, error.why) from error
        if not is_young(member.young):
            raise UnreadableError(Block.__name__, VALUE)
        return Score(as_of=member.as_of, spam=member.spam, legit=member.legit, young=member.young)


class Block(NamedTuple):
    """The members of a block of numbers that were reported: each one's standing, by its last one or two digits."""

    members: dict[str, Score]

    @classmethod
    def from_item(cls, item: Item) -> Block:
        """Read the members out of an item: its attributes ``m0`` to ``m99``. Raises ``UnreadableError``."""
        if item["sk"] != _MEMBERS:
            raise UnreadableError(cls.__name__, PLACE)
        members = {name[1:]: value for name, value in item.items() if _MEMBER.fullmatch(name)}
        return cls({digits: Member.standing_of(value) for digits, value in members.items()})

    def is_bad(self, now: int) -> bool:
        """Whether enough members are bad now: 4 in a block of ten, 8 over 4 blocks of ten in a block of a hundred."""
        bad = [digits for digits, standing in self.members.items() if is_bad(standing, now)]
        if all(len(digits) == 1 for digits in self.members):
            return len(bad) >= WEIGHTS.bad_in_a_block_of_10
        tens = {digits[0] for digits in bad}
        return len(bad) >= WEIGHTS.bad_in_a_block_of_100 and len(tens) >= WEIGHTS.bad_blocks_of_10


class _Tally(Record):
    """What the stream counts under a key that holds the numbers it is about, and does not tell them again."""

    __slots__ = ()

    def belongs_at(self, key: ItemKey) -> bool:  # noqa: ARG002  # which numbers it is about, it does not tell
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Familiar(_Tally):
    """The talks of a line's customer with a caller, and when they last reported them."""

    talk_days: frozenset[str] = frozenset()
    reported: int = 0

    def makes_sense(self) -> bool:  # noqa: D102
        return bool(self.talk_days or self.reported)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign(_Tally):
    """The lines that a caller rang in a stretch of ten minutes."""

    lines: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath(_Tally):
    """When a line was last reported on, and when it refused its first caller of an hour."""

    shaken_at: int = 0
    refused_at: int = 0

    @property
    def last(self) -> int:
        """When something bad happened last; 0: never."""
        return max(self.shaken_at, self.refused_at)

    def makes_sense(self) -> bool:  # noqa: D102
        return bool(self.last)


def member_name(block: str, caller: str) -> str:
    """The attribute under which a caller stands in a block."""
    return f"m{caller[len(block) :]}"
