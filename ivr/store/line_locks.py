"""The locks of lines: a customer's telephone rings for one call at a time, and no call rings it during a talk."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ivr.calls.call_record import line_lock_key
from ivr.store.counters import RING, Counters
from ivr.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from ivr.calls.call_record import CallRecord, LineLock
    from ivr.store.attributes import Value
    from ivr.store.table import Table


class LineLocks:
    """The locks of lines. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def take(self, lock: LineLock, call: CallRecord, now: int) -> bool:
        """Lock the line for this call and store the call's record, in one transaction. False: the call may not ring.

        A call that once found its line locked never locks it: otherwise a replayed request could make the line engaged
        for real callers. The same applies to a call whose record has expired.
        """
        # A lock whose end is damaged counts as free; otherwise it would never end.
        is_free = (
            "attribute_not_exists(pk) OR #until <= :now OR call_sid = :call OR NOT attribute_type(#until, :number)"
        )
        take_line = self._table.putting(lock, is_free, now=now, call=lock.call_sid, number="N")
        once = self._counters.mark_once(lock.call_sid, RING, now)
        refused = self._table.all_or_none(
            lock={"Put": take_line}, call={"Put": self._table.putting_once(call)}, once={"Put": once}
        )
        if not refused:
            return True
        if "lock" in refused and "once" not in refused:
            with suppress(StoreUnavailableError):  # the line is engaged for this caller either way
                self._table.do(self._table.client.put_item, once)
        return "call" in refused and "lock" not in refused  # a repeated request of this call

    def extend(self, line: str, call_sid: str, until: int, now: int) -> None:
        """Keep the line locked until ``until`` (epoch seconds) for a talk. A released lock stays released."""
        self._change(line, call_sid, until, "#until > :now", now=now)

    def release(self, line: str, call_sid: str) -> None:
        """Release the line, if this call has its lock."""
        self._change(line, call_sid, 0, "attribute_exists(pk)")

    def _change(self, line: str, call_sid: str, until: int, condition: str, **values: Value) -> None:
        self._table.update_if(
            line_lock_key(line),
            "SET #until = :until, rings_until = :none",  # the telephone no longer rings
            f"call_sid = :call AND {condition}",
            call=call_sid,
            until=until,
            none=0,
            **values,
        )
