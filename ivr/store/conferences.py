"""Guarded talks: who entered the conference and who left it. Each is stored once, and the first time stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.calls.call_record import CallRecord, call_key

if TYPE_CHECKING:
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_GUARDED = "attribute_exists(customer_sid)"


class Conferences:
    """Guarded talks. Every method returns the call's record as it then is; None: no such talk."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def bridge(self, call_sid: str, now: int) -> CallRecord | None:
        """The customer's leg was not moved: there is no room to meet in."""
        return self._note(call_sid, _GUARDED, bridged_at=now)

    def enter(self, call_sid: str, now: int) -> CallRecord | None:
        """The customer's leg came to the room."""
        return self._note(call_sid, _GUARDED, entered_at=now)

    def join(self, call_sid: str, now: int) -> CallRecord | None:
        """The caller's leg comes to the room too. None as well where the customer has left meanwhile."""
        alive = f"{_GUARDED} AND attribute_not_exists(ended_at) AND attribute_not_exists(left_at)"
        return self._note(call_sid, alive, joined_at=now, talked=1)

    def end(self, call_sid: str, now: int, *, by: str) -> CallRecord | None:
        """The talk is over; ``by`` is who left it, "caller" or "customer"."""
        return self._note(call_sid, _GUARDED, ended_at=now, ended_by=by)

    def move(self, call_sid: str, to: str) -> CallRecord | None:
        """The customer's leg was moved to a page and step other than the room."""
        return self._note(call_sid, "attribute_exists(pk)", moved_to=to)

    def leave(self, call_sid: str, now: int) -> CallRecord | None:
        """The customer's leg has ended, whatever else it did after the talk."""
        return self._note(call_sid, "attribute_exists(pk)", left_at=now)

    def _note(self, call_sid: str, condition: str, **values: Value) -> CallRecord | None:
        return self._table.set_once(CallRecord, call_key(call_sid), condition, **values)
