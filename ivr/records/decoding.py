"""Reading an item back: it is a record of its kind, whole, or it is not read at all.

Anything may come to stand in the table: what another tool wrote, an item of a newer release, half of one, a value of
another type. An item that can't be read is as one that was not read (``ivr.store.table``): what it said is not known.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Why an item can't be read: closed words, for a metric.
HALF, TYPE, VALUE, PLACE = "half", "type", "value", "place"
_MOST = 253_402_214_400  # the year 9999: no time that we write is later, and no count or sum as great
# The metadata of a field that says nothing of what holds now: where it alone can't be read, it has its default.
DISPENSABLE = {"dispensable": True}
_TYPES: dict[str, type] = {"int": int, "str": str, "frozenset[str]": frozenset, "Item | None": dict}


class Foreign:
    """A value of a type that no record has, such as a fraction, a list or a truth."""


FOREIGN = Foreign()


class UnreadableError(ValueError):
    """An item that is no record of its kind: ``kind`` names the class, ``why`` is a closed word, no value is told."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(f"{kind}: {why}")
        self.kind = kind
        self.why = why


def values_of(kind: type[Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a record's fields, out of an item. Raises ``UnreadableError``.

    Attributes that no field is named after are passed over, whatever they hold: an older function reads what a newer
    one wrote, and a global table of DynamoDB's older kind adds attributes of its own to every item.
    """
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in item:
            try:
                values[field.name] = _value(kind, str(field.type), item[field.name])
            except UnreadableError:
                if field.metadata != DISPENSABLE:
                    raise
        elif field.default is MISSING:
            raise UnreadableError(kind.__name__, HALF)
    return values


def _value(kind: type[Any], wanted: str, value: Any) -> Any:
    value = frozenset(value) if isinstance(value, set) else value
    if type(value) is not _TYPES[wanted]:
        raise UnreadableError(kind.__name__, TYPE)
    if isinstance(value, int) and not 0 <= value <= _MOST:
        raise UnreadableError(kind.__name__, VALUE)
    return value


_NUMBER = re.compile(r"\+?\d{4,}")


def masked(key: str) -> str:
    """A part of an item's key as it may be shown: of a number, its last three digits at most."""
    return "#".join(f"...{part[-3:]}" if _NUMBER.fullmatch(part) else part for part in key.split("#"))
