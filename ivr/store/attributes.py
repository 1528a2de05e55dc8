"""Values as DynamoDB's attributes, and the expressions that name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ivr.records.decoding import FOREIGN, Foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value = str | int | set[str] | dict[str, Any] | Foreign


def expressions(values: Mapping[str, Value], **written: str) -> dict[str, Any]:
    """Expressions as DynamoDB wants them: with the name for each #name in them, and the value for each :name."""
    names = {f"#{name}": name for expression in written.values() for name in re.findall(r"#(\w+)", expression)}
    beside = {
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {f":{name}": typed(value) for name, value in values.items()},
    }
    return {name: value for name, value in {**written, **beside}.items() if value}  # it refuses an empty one


def unset(names: Iterable[str]) -> str:
    """What sets these attributes where they are not set yet, as a part of an update."""
    return ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in names)


def typed(value: Value) -> dict[str, Any]:
    """A value as DynamoDB's attribute: records hold words, whole numbers, sets of words, and maps of these."""
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
            raise TypeError("what was not read can't be written")


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
            return {name: untyped(inner) for name, inner in value.items()}
        case _:
            return FOREIGN
