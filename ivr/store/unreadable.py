"""Items that stand in the table and can't be read as what they should be: who is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.records.base import ItemKey


class Unread(NamedTuple):
    """An item that stands in the table and could not be read."""

    key: ItemKey
    kind: str  # what it was read as
    why: str  # a closed word (``ivr.records.decoding``)


class Notice:
    """Where a table tells of items that it could not read: a function's log, or a command's stderr."""

    def __init__(self) -> None:
        self.tell: Callable[[Unread], None] = lambda _: None

    def count_in(self, log: Log) -> None:
        """Count each in a function's log: its kind and why, and neither its key nor a value."""
        self.tell = lambda unread: log.count("item_unreadable", kind=unread.kind, why=unread.why)
