"""Lists that people turn page by page: one request a page, whatever is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ivr.records.base import Record
from ivr.store.attributes import expressions, typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.records.base import Item
    from ivr.store.table import Table

R = TypeVar("R", bound=Record)
USUAL_PAGE = 50
INDEX_KEYS: Mapping[str, tuple[str, str]] = {
    "listing": ("list_kind", "list_key"),
    "reports": ("report_day", "reported_key"),
    "references": ("reference", "reported_key"),
    "calls": ("call_day", "called_key"),
}


class RecordPage(NamedTuple, Generic[R]):
    """A page of records, and where the next one begins, which is never shown: it may hold a number. Empty: the last."""

    records: list[R]
    next: str


class ItemPage(NamedTuple):
    """The items of a page, and where the next page begins; empty: this is the last one."""

    items: list[Item]
    next: str


def page_of(  # all that a page has
    table: Table,
    pk: str,
    *,
    index: str = "",
    prefix: str = "",
    between: tuple[str, str] | None = None,
    newest_first: bool = True,
    after: str = "",
    most: int,
) -> ItemPage:
    """Read a page of a partition of the table, or of an index, in the order of its sort key; consistent in the table.

    Of all sort keys, or of those that begin with ``prefix``, or lie ``between`` two. ``after`` is the ``next`` of the
    page before. It holds keys, so it must not be shown as it is. Raises ``StoreUnavailableError``.
    """
    hash_key, range_key = INDEX_KEYS[index] if index else ("pk", "sk")
    condition, values = f"#{hash_key} = :hash", {"hash": pk}
    if prefix:
        condition, values = f"{condition} AND begins_with(#{range_key}, :prefix)", values | {"prefix": prefix}
    elif between:
        condition = f"{condition} AND #{range_key} BETWEEN :first AND :last"
        values |= {"first": between[0], "last": between[1]}
    asked: Any = {
        "ScanIndexForward": not newest_first,
        "Limit": most + 1,  # one more tells whether there is a next page
        **expressions(values, KeyConditionExpression=condition),
        **({"IndexName": index} if index else {"ConsistentRead": True}),
    }
    if after:
        asked["ExclusiveStartKey"] = {name: typed(value) for name, value in json.loads(after).items()}
    items, cut = table.query(asked)
    shown = items[:most]
    more = bool(shown) and (len(items) > most or cut)
    return ItemPage(shown, place_of(shown[-1], index) if more else "")


def place_of(item: Item, index: str) -> str:
    """The place after an item, where a page begins."""
    key = {"pk", "sk", *(INDEX_KEYS[index] if index else ())}
    return json.dumps({name: item[name] for name in sorted(key)})


def partition_at(after: str, index: str) -> str:
    """The partition of an index in which a place is."""
    return str(json.loads(after)[INDEX_KEYS[index][0]])


def listed(  # all that a page has
    table: Table, kind: type[R], name: str, *, prefix: str = "", newest_first: bool = False, after: str = "", most: int
) -> RecordPage[R]:
    """Read a page of one kind of record of the index ``listing``. One request. Raises ``StoreUnavailableError``."""
    found = page_of(table, name, index="listing", prefix=prefix, newest_first=newest_first, after=after, most=most)
    return RecordPage([*table.read_all(kind, found.items)], found.next)
