"""Guarded talks: who entered the conference and who left it. Each time is stored once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from ivr.calls.call_record import CallRecord, call_key
from ivr.store.attributes import unset

if TYPE_CHECKING:
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_GUARDED = "attribute_exists(customer_sid)"
# As CallRecord.is_in_talk has it.
_IN_TALK = f"{_GUARDED} AND attribute_exists(entered_at) AND " + " AND ".join(
    f"attribute_not_exists({later})" for later in ("bridged_at", "ended_at", "left_at")
)


class Conferences:
    """Guarded talks. A method that returns a call record returns it as changed, or None where there is no such talk."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def bridge(self, call_sid: str, now: int) -> CallRecord | None:
        """The customer's leg could not be moved to the conference; the two talk over the bridge."""
        return self._note(call_sid, _GUARDED, bridged_at=now)

    def enter(self, call_sid: str, now: int) -> CallRecord | None:
        """The customer's leg entered the conference."""
        return self._note(call_sid, _GUARDED, entered_at=now)

    def join(self, call_sid: str, now: int) -> CallRecord | None:
        """The caller's leg enters the conference if the customer is there.

        Returns the call's record in either case: ``CallRecord.is_in_talk`` tells. None: no such call.
        """
        joined: dict[str, Value] = {"joined_at": now, "talked": 1}
        item = self._table.change_or_read(call_key(call_sid), f"SET {unset(joined)}", _IN_TALK, **joined)
        return self._table.read(CallRecord, item)

    def end(self, call_sid: str, now: int, *, by: str, leaves: bool = False, freed: bool = False) -> CallRecord | None:
        """The talk is over; ``by`` is who left it, "caller" or "customer".

        ``leaves``: the customer's leg has ended. ``freed``: the line was released before.
        """
        more: dict[str, Value] = {**({"left_at": now} if leaves else {}), **({"freed_at": now} if freed else {})}
        return self._note(call_sid, _GUARDED, ended_at=now, ended_by=by, **more)

    def begin_move(self, call_sid: str, to: str) -> bool:
        """The customer's leg is about to be moved out of the whisper. False: it was before, or there is no record."""
        # A write whose answer was lost is sent again, and is no second move.
        first = "attribute_exists(pk) AND (attribute_not_exists(moved_to) OR moved_by = :mine)"
        sets = "SET moved_to = :to, moved_by = :mine"
        return self._table.update_if(call_key(call_sid), sets, first, to=to, mine=uuid4().hex)

    def undo_move(self, call_sid: str) -> None:
        """The customer's leg was not moved after all."""
        self._table.update_if(call_key(call_sid), "REMOVE moved_to, moved_by", "attribute_exists(pk)")

    def move(self, call_sid: str, to: str) -> CallRecord | None:
        """The customer's leg was moved out of the conference, to this page and step."""
        return self._note(call_sid, "attribute_exists(pk)", moved_to=to)

    def leave(self, call_sid: str, now: int) -> CallRecord | None:
        """The customer's leg has ended."""
        return self._note(call_sid, "attribute_exists(pk)", left_at=now)

    def _note(self, call_sid: str, condition: str, **values: Value) -> CallRecord | None:
        return self._table.set_once(CallRecord, call_key(call_sid), condition, **values)
