"""The outcomes of calls. The last of a call's status callbacks closes its outcome, once."""

from __future__ import annotations

import heapq
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.call_record import CALL_SHARDS, CallRecord, call_key
from ivr.calls.outcome import CallOutcome, outcome_key
from ivr.jobs.job import Sms
from ivr.observability.failures import Why
from ivr.reports import Report
from ivr.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.store.table import Table

_CALLS_IN_A_PAGE = 50  # two items each, and a batch takes a hundred


class CallDetails(NamedTuple):
    """The stored records of one call."""

    call: CallRecord | None
    reports: list[Report]
    ending: CallOutcome | None
    messages: list[Sms]
    has_record: bool = True  # there is a call's record, even if it can't be read


class Outcomes:
    """The outcomes of calls. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def details(self, call_sid: str) -> CallDetails:
        """A call's record, reports, outcome and SMS, in one query."""
        items = {str(item["sk"]): item for item in self._table.partition(call_key(call_sid).pk)}
        reports = [*self._table.read_all(Report, (item for sk, item in items.items() if sk.startswith("REPORT#")))]
        messages = [*self._table.read_all(Sms, (item for sk, item in items.items() if sk.startswith("MESSAGE#")))]
        call = self._table.read(CallRecord, items.get("CALL"))
        ending = self._table.read(CallOutcome, items.get(outcome_key(call_sid).sk))
        return CallDetails(call, reports, ending, messages, has_record="CALL" in items)

    def of_days(self, days: Iterable[str]) -> Iterator[CallDetails]:
        """The calls of ``days`` (UTC, as 2026-11-24), day by day in the given order, newest first; read in pages."""
        for day in days:
            shards = (
                self._table.indexed("calls", "call_day", f"{day}#{shard}", newest_first=True)
                for shard in range(CALL_SHARDS)
            )
            listed = heapq.merge(*shards, key=lambda item: str(item["called_key"]), reverse=True)
            while page := [str(item["pk"]).removeprefix("CALL#") for item in islice(listed, _CALLS_IN_A_PAGE)]:
                yield from self._page(page)

    def _page(self, call_sids: list[str]) -> Iterator[CallDetails]:
        keys = [key for sid in call_sids for key in (call_key(sid), outcome_key(sid))]
        items, missing = self._table.batch_get(keys)
        if missing:
            raise StoreUnavailableError(Why.UNPROCESSED)
        for sid in call_sids:
            call = self._table.read(CallRecord, items.get(call_key(sid)))
            yield CallDetails(call, [], self._table.read(CallOutcome, items.get(outcome_key(sid))), [])

    def begin(self, ending: CallOutcome) -> None:
        """Store the expected outcome of a call, once."""
        self._table.put_once(ending)

    def close(self, ending: CallOutcome, now: int) -> bool:
        """Store the final outcome of a call. False: it was closed before."""
        return self._table.put_if(replace(ending, closed_at=now), "attribute_not_exists(closed_at)")
