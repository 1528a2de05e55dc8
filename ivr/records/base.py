"""The records of the table: their keys, how they become items, and how long they stay. Data in, data out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self, TypeVar, dataclass_transform

from ivr.records import decoding

R = TypeVar("R", bound="Record")

Item = dict[str, Any]
DAY = 24 * 3600


class ItemKey(NamedTuple):
    """The primary key of an item."""

    pk: str
    sk: str


def expiry(until: int, days: int) -> int:
    """The ``expires`` of what holds until then: so many days after it ended, and never (0) where it never ends."""
    return until + days * DAY if until else 0


def is_in_force(until: int, now: int) -> bool:
    """Whether what holds until then (epoch seconds; 0: for ever) holds now."""
    return until == 0 or until > now


def day_of(at: int) -> str:
    """The day of a moment, as keys name it: in UTC, as 2026-11-24."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def moment_of(at: int) -> str:
    """A moment to the second, as keys and files name it: in UTC, as 2026-11-24T16:00:00Z. As text it sorts by time."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


class Record:
    """What all records share: they become items and come back from them.

    Only what differs from a default is stored, beside the keys and what an index needs; unknown attributes of an item
    are ignored, so that an older function reads what a newer one wrote.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and type(other) is type(self) and other._compared() == self._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        values = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self)]  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(values)})"

    def _compared(self) -> tuple[Any, ...]:
        return tuple([getattr(self, f.name) for f in fields(self) if f.compare])  # type: ignore[arg-type]

    @property
    def key(self) -> ItemKey:
        """The record's primary key."""
        raise AttributeError

    def index(self) -> Item:
        """Further attributes, for the indexes that list this record."""
        return {}

    def to_item(self) -> Item:
        """The record as an item's plain attributes."""
        pk, sk = self.key
        values = {f.name: (getattr(self, f.name), f.default) for f in fields(self)}  # type: ignore[arg-type]
        stored = {name: value for name, (value, default) in values.items() if value != default}
        return {"pk": pk, "sk": sk, **stored, **self.index()}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read what ``to_item`` wrote. Raises ``ivr.records.decoding.UnreadableError`` for anything else."""
        record = cls(**decoding.values_of(cls, item))
        if not record.makes_sense():
            raise decoding.UnreadableError(cls.__name__, decoding.VALUE)
        if not record.belongs_at(ItemKey(str(item["pk"]), str(item["sk"]))):
            raise decoding.UnreadableError(cls.__name__, decoding.PLACE)
        return record

    def makes_sense(self) -> bool:
        """Whether every value is one that the product knows what to do with."""
        return True

    def belongs_at(self, key: ItemKey) -> bool:
        """Whether this is where such a record is kept."""
        return key == self.key


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(kind: type[R]) -> type[R]:
    """Make a class of records: a dataclass that can't be changed, with names for all values.

    It is compared, hashed and shown by ``Record``: methods of its own, which ``dataclass`` would write and compile for
    each class, cost a cold start 0.1 ms a class.
    """
    return dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)(kind)
