"""A dispute: a person says that a number is wrongly listed, and the desk decides."""

from __future__ import annotations

from ivr.records.base import Item, ItemKey, Record, record
from ivr.reputation.keys import caller_partition

OPEN, CLEARED, KEPT = "open", "cleared", "kept"


def dispute_key(caller: str) -> ItemKey:
    """The key of the dispute about a number: one at a time, the newest replaces the one before."""
    return ItemKey(caller_partition(caller), "DISPUTE")


@record
class Dispute(Record):
    """A dispute about a number. ``source`` is where it was opened: the report line's CallSid, or "desk"."""

    caller: str
    opened_at: int
    source: str
    expires: int
    state: str = OPEN
    note: str = ""  # the reason for the dispute
    resolved_at: int = 0
    resolved_by: str = ""
    resolution: str = ""  # the desk's note on its decision

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return dispute_key(self.caller)

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "disputes", "list_key": f"{self.state}#{self.opened_at:012d}#{self.caller}"}
