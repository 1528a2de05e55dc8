"""The table as the ends of calls use it: each is closed once, whichever callback comes last, or twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ivr import records
from ivr.endings import Ending, ending_key
from ivr.store.table import Table, maybe

if TYPE_CHECKING:
    from ivr.records import CallRecord, Report


class Told(NamedTuple):
    """What is known of one call."""

    call: CallRecord | None
    reports: list[Report]
    ending: Ending | None


class Endings(Table):
    """The table, for the ends of calls. Every method may raise ``StoreUnavailableError``."""

    def told(self, call_sid: str) -> Told:
        """A call's record, what was reported in it, and its end, in one query."""
        items = {str(item["sk"]): item for item in self._partition(records.call_key(call_sid).pk)}
        reports = [records.Report.from_item(item) for sk, item in items.items() if sk.startswith("REPORT#")]
        call = maybe(records.CallRecord, items.get("CALL"))
        return Told(call, reports, maybe(Ending, items.get(ending_key(call_sid).sk)))

    def ending(self, call_sid: str) -> Ending | None:
        """How a call ended, or is about to."""
        return maybe(Ending, self._get(ending_key(call_sid)))

    def begin(self, ending: Ending) -> None:
        """Keep how a call is about to end, the first time it is known."""
        self.put_once(ending)

    def close(self, ending: Ending, now: int) -> bool:
        """Store how a call ended. False: that is stored already."""
        return self._put_if(replace(ending, closed_at=now), "attribute_not_exists(closed_at)")
