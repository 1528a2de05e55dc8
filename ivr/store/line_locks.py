"""The locks of lines: one call at a time rings a line's customer, or talks with them."""

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
        """Take the line for this call and record the call, in one write. False: another call has the line, or had it.

        A call that once found its line taken never takes it: its captured request would hold the line while nobody is
        rung, so that the line's own callers would find it engaged. Nor does one whose record has expired.
        """
        # A damaged lock, whose end can't be read, holds no line for ever.
        is_free = (
            "attribute_not_exists(pk) OR #until <= :now OR call_sid = :call OR NOT attribute_type(#until, :number)"
        )
        take_line = self._table.putting(lock, is_free, now=now, call=lock.call_sid, number="N")
        once = self._counters.for_the_first_time(lock.call_sid, RING, now)
        refused = self._table.all_or_none(
            lock={"Put": take_line}, call={"Put": self._table.putting_once(call)}, once={"Put": once}
        )
        if not refused:
            return True
        if "lock" in refused and "once" not in refused:
            with suppress(StoreUnavailableError):  # the caller finds the line taken all the same
                self._table.do(self._table.client.put_item, once)
        return "call" in refused and "lock" not in refused  # the same call again: its record is there

    def hold(self, line: str, call_sid: str, until: int, now: int) -> None:
        """Keep the line taken while the two talk; a line that was freed meanwhile stays free."""
        self._change(line, call_sid, until, "#until > :now", now=now)

    def release(self, line: str, call_sid: str) -> None:
        """Free the line, if this call still has it."""
        self._change(line, call_sid, 0, "attribute_exists(pk)")

    def _change(self, line: str, call_sid: str, until: int, condition: str, **values: Value) -> None:
        self._table.update_if(
            line_lock_key(line),
            "SET #until = :until, rings_until = :none",  # it rings no more, either way
            f"call_sid = :call AND {condition}",
            call=call_sid,
            until=until,
            none=0,
            **values,
        )
