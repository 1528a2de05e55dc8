"""The table as guarded talks use it: who came to the room, who left it. Each word is said once, and the first stays."""

from __future__ import annotations

from typing import Any

from ivr import records
from ivr.store.table import Table

_GUARDED = "attribute_exists(customer_sid)"


class Talks(Table):
    """The table, for guarded talks. Every method answers with the call's record as it then is; None: no such talk."""

    def bridge(self, call_sid: str, now: int) -> records.CallRecord | None:
        """The customer's leg was not moved: there is no room to meet in."""
        return self._note(call_sid, {"bridged_at": now}, _GUARDED)

    def enter(self, call_sid: str, now: int) -> records.CallRecord | None:
        """The customer's leg came to the room."""
        return self._note(call_sid, {"entered_at": now}, _GUARDED)

    def join(self, call_sid: str, now: int) -> records.CallRecord | None:
        """The caller's leg comes to the room too. None as well where the customer has left meanwhile."""
        alive = f"{_GUARDED} AND attribute_not_exists(ended_at) AND attribute_not_exists(left_at)"
        return self._note(call_sid, {"joined_at": now, "talked": 1}, alive)

    def end(self, call_sid: str, now: int, *, by: str) -> records.CallRecord | None:
        """The talk is over; ``by`` is who left it, "caller" or "customer"."""
        return self._note(call_sid, {"ended_at": now, "ended_by": by}, _GUARDED)

    def leave(self, call_sid: str, now: int) -> records.CallRecord | None:
        """The customer's leg has ended, whatever else it did after the talk."""
        return self._note(call_sid, {"left_at": now}, "attribute_exists(pk)")

    def _note(self, call_sid: str, values: dict[str, Any], condition: str) -> records.CallRecord | None:
        return self._update(records.CallRecord, records.call_key(call_sid), values, condition=condition, only_once=True)
