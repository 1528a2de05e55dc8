"""Items that can't be read as the record that they should be, and who is notified of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.records.base import ItemKey


class UnreadableItem(NamedTuple):
    """An item that could not be read."""

    key: ItemKey
    kind: str  # the record's class
    why: str  # a closed word (``ivr.records.decoding``)


class UnreadableNotice:
    """What the table calls for each item that it could not read: a function's log, or a command's stderr."""

    def __init__(self) -> None:
        self.notify: Callable[[UnreadableItem], None] = lambda _: None

    def count_in(self, log: Log) -> None:
        """Count each in a function's log by kind and reason, without its key or values."""
        self.notify = lambda unread: log.count("item_unreadable", kind=unread.kind, why=unread.why)
