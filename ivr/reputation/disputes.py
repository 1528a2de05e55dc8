"""A dispute: a person says that a number is wrongly listed, and the desk clears or keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.records.base import Item, ItemKey, Record
from ivr.reputation.keys import caller_partition

OPEN, CLEARED, KEPT = "open", "cleared", "kept"


def dispute_key(caller: str) -> ItemKey:
    """Where the dispute about a number is kept: one at a time, the newest in place of the one before."""
    return ItemKey(caller_partition(caller), "DISPUTE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Record):
    """Who opened it shows in ``source``: the report line's CallSid, or "desk"."""

    caller: str
    opened_at: int
    source: str
    expires: int
    state: str = OPEN
    note: str = ""  # what was said for it
    resolved_at: int = 0
    resolved_by: str = ""
    resolution: str = ""  # the desk's words on its decision

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return dispute_key(self.caller)

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "disputes", "list_key": f"{self.state}#{self.opened_at:012d}#{self.caller}"}
