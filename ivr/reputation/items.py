"""The items of reputation that a verdict reads, with their keys. ``ivr.store.projections`` writes them.

Times are epoch seconds.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from ivr.records.base import Item, ItemKey, Record, record
from ivr.records.decoding import PLACE, TYPE, VALUE, UnreadableError, values_of
from ivr.reputation.keys import caller_partition
from ivr.reputation.scoring import Score, bad_until, is_bad, is_recent, is_young
from ivr.reputation.weights import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_MEMBERS, _SCORES = "MEMBERS", "SCORES"
_MEMBER = re.compile(r"m\d{1,2}", re.ASCII)
RANK_SHARDS = 4  # of the list of callers by reports
CAMPAIGN_SECONDS = 600  # the window of rule 7: one caller, many lines


def reputation_key(caller: str) -> ItemKey:
    """The key of a caller's reputation."""
    return ItemKey(caller_partition(caller), "REPUTATION")


def ranked(shard: int) -> str:
    """The name of one shard of the list of callers by their live reports."""
    return f"ranked#{shard}"


def rank_shard(caller: str) -> int:
    """The shard of a caller."""
    return crc32(caller.encode()) % RANK_SHARDS


def rank(live: int, caller: str) -> str:
    """The place of a caller in the list: a text that sorts by live reports, then by number."""
    return f"{live:06d}#{caller}"


def block_key(block: str) -> ItemKey:
    """The key of what a verdict reads of a block; ``block`` is the number without its last one or two digits."""
    return ItemKey(f"BLOCK#{block}", _MEMBERS)


def members_key(block: str) -> ItemKey:
    """The key of the scores of a block's numbers. An earlier release kept them in the item that a verdict reads."""
    return ItemKey(f"BLOCK#{block}", _SCORES)


def blocks_of(caller: str) -> tuple[str, ...]:
    """The block of ten and the block of a hundred that contain an E.164 number; a short code is in none."""
    return (caller[:-1], caller[:-2]) if caller.startswith("+") else ()


def campaign_key(caller: str, at: int) -> ItemKey:
    """The key of the lines that a caller rang in the ten minutes that contain ``at``."""
    return ItemKey(f"CAMPAIGN#{caller}", str(at // CAMPAIGN_SECONDS))


def campaign_keys(caller: str, now: int) -> tuple[ItemKey, ItemKey]:
    """The keys of the two periods of ten minutes that the last ten minutes touch."""
    return campaign_key(caller, now), campaign_key(caller, now - CAMPAIGN_SECONDS)


def familiar_key(line: str, caller: str) -> ItemKey:
    """The key of the talks of a line's customer with a caller."""
    return ItemKey(f"LINE#{line}", f"FAMILIAR#{caller}")


def aftermath_key(line: str) -> ItemKey:
    """The key of a line's aftermath."""
    return ItemKey(f"LINE#{line}", "AFTERMATH")


@record
class Reputation(Record):
    """A caller's score, computed from the evidence. ``revision`` grows with every change."""

    caller: str
    revision: int
    expires: int
    as_of: int = 0
    spam: int = 0
    legit: int = 0
    live: int = 0
    more: int = 0
    category: str = ""
    young: str = ""  # items of an earlier release have none; their trusts are all in ``legit``
    recent: str = ""
    first: int = 0  # items of an earlier release have neither, until their caller is scored again
    last: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return reputation_key(self.caller)

    def makes_sense(self) -> bool:  # noqa: D102
        return is_young(self.young) and is_recent(self.recent)

    def index(self) -> Item:  # noqa: D102
        if not self.live:
            return {}
        ranking = {"number_list": ranked(rank_shard(self.caller)), "number_key": rank(self.live, self.caller)}
        return {"list_kind": "reputations", "list_key": self.caller, **ranking}

    @property
    def score(self) -> Score:
        """The score alone."""
        return Score(**{name: getattr(self, name) for name in Score._fields})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The score of one number of a block."""

    as_of: int
    spam: int
    legit: int
    young: str = ""
    until: int = 0  # when it is no longer bad; items of an earlier release don't say

    @classmethod
    def score_of(cls, value: object) -> Score:
        """The score in an attribute of a block. Raises ``UnreadableError``."""
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
    """A block of numbers: the score of each reported one, by its last one or two digits, as far as they were read.

    ``bad_until`` is until when they make all numbers of the block bad, as the reputation function has stored it.
    """

    members: dict[str, Score]
    bad_until: int = 0

    @classmethod
    def from_item(cls, item: Item) -> Block:
        """Read ``bad_until``, and members from the attributes ``m0`` to ``m99``. Raises ``UnreadableError``."""
        if item["sk"] not in {_MEMBERS, _SCORES}:
            raise UnreadableError(cls.__name__, PLACE)
        until = item.get("bad_until", 0)
        if type(until) is not int:
            raise UnreadableError(cls.__name__, TYPE)
        return cls({name[1:]: Member.score_of(value) for name, value in members_in(item).items()}, until)

    def with_members(self, block: Block) -> Block:
        """The block with the members of another reading of it."""
        return self._replace(members={**self.members, **block.members})

    def is_bad(self, now: int) -> bool:
        """Whether enough members are bad now: 4 in a block of ten, 8 over 4 blocks of ten in a block of a hundred."""
        return now < self.bad_until or _are_enough([end for end, score in self.members.items() if is_bad(score, now)])


def blocks_from(read: Callable[..., Iterable[Block]], caller: str) -> Iterator[Block]:
    """The caller's blocks of which there is an item. ``read`` gives the records of a kind at some keys."""
    for block in blocks_of(caller):
        found = [*read(Block, block_key(block), members_key(block))]
        if found:
            yield found[0].with_members(found[-1])


def members_in(item: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of an item that are members of a block."""
    return {name: value for name, value in item.items() if _MEMBER.fullmatch(name)}


def block_bad_until(members: Mapping[str, object]) -> int:
    """Until when these members, by their attributes, make all numbers of their block bad; 0: they don't.

    A member that can't be read makes none bad.
    """
    untils: dict[str, int] = {}
    for name, value in members.items():
        with suppress(UnreadableError):
            score = Member.score_of(value)
            stored = value.get("until") if isinstance(value, dict) else 0
            untils[name[1:]] = stored if isinstance(stored, int) and stored else bad_until(score)
    latest_first = sorted({until for until in untils.values() if until}, reverse=True)
    return next((at for at in latest_first if _are_enough([end for end, until in untils.items() if until >= at])), 0)


def _are_enough(endings: list[str]) -> bool:
    """Whether these numbers of a block, which are bad, make all of it bad."""
    if all(len(ending) == 1 for ending in endings):
        return len(endings) >= WEIGHTS.bad_in_a_block_of_10
    tens = {ending[0] for ending in endings}
    return len(endings) >= WEIGHTS.bad_in_a_block_of_100 and len(tens) >= WEIGHTS.bad_blocks_of_10


class _Tally(Record):
    """A count by the stream. The numbers that it is about are only in its key."""

    __slots__ = ()

    def belongs_at(self, key: ItemKey) -> bool:  # noqa: ARG002  # the item doesn't repeat the numbers of its key
        return True


@record
class Familiar(_Tally):
    """The days on which a line's customer talked with a caller, and when the customer last reported the caller."""

    talk_days: frozenset[str] = frozenset()
    reported: int = 0

    def makes_sense(self) -> bool:  # noqa: D102
        return bool(self.talk_days or self.reported)


@record
class Campaign(_Tally):
    """The lines that a caller rang in ten minutes."""

    lines: frozenset[str]


@record
class Aftermath(_Tally):
    """When a call to a line was last reported, and when the line refused its first caller of an hour."""

    shaken_at: int = 0
    refused_at: int = 0

    @property
    def last(self) -> int:
        """The later of the two times (epoch seconds); 0: never."""
        return max(self.shaken_at, self.refused_at)

    def makes_sense(self) -> bool:  # noqa: D102
        return bool(self.last)


def member_name(block: str, caller: str) -> str:
    """The attribute of a caller in a block's item."""
    return f"m{caller[len(block) :]}"
