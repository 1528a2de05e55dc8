"""An entry of a customer's own list: a caller trusted or blocked on one line."""

from __future__ import annotations

from dataclasses import field

from ivr.records import decoding
from ivr.records.base import Item, ItemKey, Record, record


def list_entry_key(line: str, caller: str) -> ItemKey:
    """The key of a customer's own entry for a caller."""
    return ItemKey(f"LINE#{line}", f"CALLER#{caller}")


def of_caller(caller: str) -> str:
    """The partition of the index that lists every customer's entry for a caller."""
    return f"listed#{caller}"


@record
class ListEntry(Record):
    """A customer's own entry for a caller: ``word`` is ``allow`` or ``block``; any other means that it was undone.

    ``source`` is the call in which the customer trusted the caller, or the report that made the block. A report's block
    keeps the entry that it replaced, so that withdrawing the report restores it.
    """

    line: str
    caller: str
    word: str
    until: int = 0
    expires: int = 0
    at: int = 0  # when the entry was made
    source: str = ""
    # The time of the last entry for this caller that was undone, and the entry that this one replaced. A report's block
    # copies the replaced entry without reading it, so these may hold anything.
    undone_at: int = field(default=0, metadata=decoding.DISPENSABLE)
    before: str = field(default="", metadata=decoding.DISPENSABLE)
    before_until: int = field(default=0, metadata=decoding.DISPENSABLE)
    before_source: str = field(default="", metadata=decoding.DISPENSABLE)

    @property
    def by_report(self) -> bool:
        """Whether a report made this entry, not the customer's own choice."""
        return "#" in self.source

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return list_entry_key(self.line, self.caller)

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": of_caller(self.caller), "list_key": self.line}
