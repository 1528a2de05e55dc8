"""Changes by people: each is made only if the record still is as it was read, and together with its audit entry."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.records.base import ItemKey
from ivr.records.decoding import FOREIGN
from ivr.store.table import with_old_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.records.base import Item, Record
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_NAME = re.compile(r"\w+", re.ASCII)
_FREE = "attribute_not_exists(pk)"


class Change(NamedTuple):
    """One item's change. ``before`` is the item as it was read, ``after`` the record in its place. None: no item."""

    before: Item | None
    after: Record | None


def make(table: Table, entry: Record, changes: Iterable[Change]) -> bool:
    """Make all changes and store their entry, or do nothing. False: an item is no longer as it was read.

    The SDK repeats a request whose answer was lost. The second finds the entry, whose key nobody else has, and so knows
    that the first was done. Raises ``StoreUnavailableError``.
    """
    writes: dict[str, Any] = {
        f"change_{nth}": _write(table, change) for nth, change in enumerate(changes) if change != Change(None, None)
    }
    refused = table.all_or_none(entry={"Put": with_old_item(table.putting_once(entry))}, **writes)
    return not refused or "entry" in refused


def _write(table: Table, change: Change) -> dict[str, Any]:
    condition, values = _still(change)
    if change.after:
        return {"Put": table.putting(change.after, condition, **values)}
    before = change.before or {}
    return {"Delete": table.deleting(ItemKey(before["pk"], before["sk"]), condition, **values)}


def _still(change: Change) -> tuple[str, dict[str, Value]]:
    """The condition that an item is as it was read: the same values, and none that its record has and it had not."""
    before = change.before
    if before is None:
        return _FREE, {}
    names = [name for name in before if name not in {"pk", "sk"} and _NAME.fullmatch(name)]
    values = {name: before[name] for name in names if before[name] is not FOREIGN}
    new = [one.name for one in fields(change.after)] if change.after else []  # type: ignore[arg-type]
    clauses = ["attribute_exists(pk)"]
    clauses += [f"#{name} = :{name}" if name in values else f"attribute_exists(#{name})" for name in names]
    clauses += [f"attribute_not_exists(#{name})" for name in new if name not in before]
    return " AND ".join(clauses), values
