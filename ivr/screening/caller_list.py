"""An entry of a customer's own list: a caller trusted or blocked on one line."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.records import decoding
from ivr.records.base import ItemKey, Record


def list_entry_key(line: str, caller: str) -> ItemKey:
    """Where a customer's own word on a caller is kept."""
    return ItemKey(f"LINE#{line}", f"CALLER#{caller}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry(Record):
    """A customer's own word on a caller: ``allow`` or ``block``; any other is one that was taken back.

    ``source`` is the call that a trust was earned in, or the report that a block was made by. What a report's block
    replaced is kept with it, so that taking the report back brings that back.
    """

    line: str
    caller: str
    word: str
    until: int = 0
    expires: int = 0
    at: int = 0  # when it was said
    source: str = ""
    # When the word on this caller was said that was taken back last; and the word that this one replaced. A report's
    # block copies what stood there without reading it, and holds whatever that was.
    undone_at: int = field(default=0, metadata=decoding.DISPENSABLE)
    before: str = field(default="", metadata=decoding.DISPENSABLE)
    before_until: int = field(default=0, metadata=decoding.DISPENSABLE)
    before_source: str = field(default="", metadata=decoding.DISPENSABLE)

    @property
    def by_report(self) -> bool:
        """Whether a report said this word by itself, rather than the customer about the caller."""
        return "#" in self.source

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return list_entry_key(self.line, self.caller)
