"""Values as DynamoDB's attributes, and the expressions that name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ivr.records.decoding import FOREIGN, Foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value = str | int | set[str] | dict[str, Any] | Foreign


def expressions(values: Mapping[str, Value], **clauses: str) -> dict[str, Any]:
    """A request's expressions, with the names and values that their #name and :name placeholders stand for."""
    names = {f"#{name}": name for expression in clauses.values() for name in re.findall(r"#(\w+)", expression)}
    placeholders = {
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {f":{name}": typed(value) for name, value in values.items()},
    }
    return {name: value for name, value in {**clauses, **placeholders}.items() if value}  # DynamoDB refuses empty ones


def unset(names: Iterable[str]) -> str:
    """The part of a SET clause that sets these attributes where they are not set yet; their values are ``:name``."""
    return ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in names)


def typed(value: Value) -> dict[str, Any]:
    """A value as a DynamoDB attribute: text, whole number, set of texts or map. Raises ``TypeError`` for FOREIGN."""
    match value:
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case set():
            return {"SS": sorted(value)}
        case dict():
            return {"M": {name: typed(inner) for name, inner in value.items()}}
        case Foreign():
            raise TypeError("an attribute of a type that the table doesn't use can't be written")


def untyped(attribute: dict[str, Any]) -> Value:
    """What ``typed`` wrote, read back; a value of any other type is ``FOREIGN``."""
    [(kind, value)] = attribute.items()
    match kind:
        case "N":
            return int(value) if value.removeprefix("-").isdecimal() else FOREIGN
        case "S":
            return str(value)
        case "SS":
            return set(value)
        case "M":
            return plain(value)
        case _:
            return FOREIGN


def plain(item: Mapping[str, Any]) -> dict[str, Value]:
    """An item, or a stream record's image of one, as plain values."""
    return {name: untyped(value) for name, value in item.items()}
