"""The ends of calls: each is closed once, by whichever callback comes last."""

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


class Told(NamedTuple):
    """What is known of one call."""

    call: CallRecord | None
    reports: list[Report]
    ending: CallOutcome | None
    messages: list[Sms]


class Outcomes:
    """The ends of calls. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def told(self, call_sid: str) -> Told:
        """A call's record, what was reported in it, and its end, in one query."""
        items = {str(item["sk"]): item for item in self._table.partition(call_key(call_sid).pk)}
        reports = [*self._table.read_all(Report, (item for sk, item in items.items() if sk.startswith("REPORT#")))]
        messages = [*self._table.read_all(Sms, (item for sk, item in items.items() if sk.startswith("MESSAGE#")))]
        call = self._table.read(CallRecord, items.get("CALL"))
        return Told(call, reports, self._table.read(CallOutcome, items.get(outcome_key(call_sid).sk)), messages)

    def of_days(self, days: Iterable[str]) -> Iterator[Told]:
        """The calls of days (UTC, as 2026-11-24, in the order in which they are wanted), newest first, page by page."""
        for day in days:
            shards = (
                self._table.indexed("calls", "call_day", f"{day}#{shard}", newest_first=True)
                for shard in range(CALL_SHARDS)
            )
            listed = heapq.merge(*shards, key=lambda item: str(item["called_key"]), reverse=True)
            while page := [str(item["pk"]).removeprefix("CALL#") for item in islice(listed, _CALLS_IN_A_PAGE)]:
                yield from self._page(page)

    def _page(self, call_sids: list[str]) -> Iterator[Told]:
        keys = [key for sid in call_sids for key in (call_key(sid), outcome_key(sid))]
        items, missing = self._table.batch_get(keys)
        if missing:
            raise StoreUnavailableError(Why.UNPROCESSED)
        for sid in call_sids:
            call = self._table.read(CallRecord, items.get(call_key(sid)))
            yield Told(call, [], self._table.read(CallOutcome, items.get(outcome_key(sid))), [])

    def get(self, call_sid: str) -> CallOutcome | None:
        """How a call ended, or is about to."""
        return self._table.read(CallOutcome, self._table.get(outcome_key(call_sid)))

    def begin(self, ending: CallOutcome) -> None:
        """Keep how a call is about to end, the first time it is known."""
        self._table.put_once(ending)

    def close(self, ending: CallOutcome, now: int) -> bool:
        """Store how a call ended. False: that is stored already."""
        return self._table.put_if(replace(ending, closed_at=now), "attribute_not_exists(closed_at)")
