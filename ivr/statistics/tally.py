"""A day's tally: numbers that only the table's stream changes. It is split in shards, whose sum is the day's number.

A batch of the stream adds its differences to one shard, whichever it is, so a shard alone may be below zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from ivr.records.base import ItemKey
from ivr.statistics.names import NAMES

if TYPE_CHECKING:
    from ivr.records.base import Item

SHARDS = 4  # of a day: 500 batches a second each


def tally_key(day: str, shard: int) -> ItemKey:
    """The key of one shard of a day's tally; ``day`` is in the deployment's time zone, as 2026-11-24."""
    return ItemKey(f"TALLY#{day}#{shard}", "TALLY")


class Tally(NamedTuple):
    """One shard of a day's tally, by the names of ``ivr.statistics.names``."""

    numbers: dict[str, int]

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read the numbers. What is no number of ours is passed over, so that one damaged attribute costs no other."""
        return cls({name: value for name, value in item.items() if name in NAMES and type(value) is int})
