"""The lists by telephone number that the stream's function keeps: a page is one query a shard, whatever is stored."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.call_record import CallRecord, call_key
from ivr.calls.outcome import CallOutcome, outcome_key
from ivr.observability.failures import Why
from ivr.records.base import DAY, ItemKey
from ivr.reports import Report, report_key
from ivr.reputation.evidence import EVIDENCE, Evidence
from ivr.reputation.items import RANK_SHARDS, Reputation, ranked
from ivr.reputation.keys import caller_partition
from ivr.reputation.weights import WEIGHTS
from ivr.statistics.mark import LIST_SHARDS, Mark, calls_of, calls_of_week, reports_on, week_of
from ivr.store.errors import StoreUnavailableError
from ivr.store.outcomes import CallDetails

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.records.base import Item
    from ivr.store.table import Table

_LAST = "~"  # sorts after every key of these lists


class Keys(NamedTuple):
    """A page of a list: the items' keys, and the last one's place in the list if there are more; else empty."""

    keys: list[ItemKey]
    last: str


class NumberLists:
    """Callers by their reports; a caller's calls; the reports about a caller; a week's calls by number.

    Every method may raise ``StoreUnavailableError``.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def most_reported(self, size: int, before: str = "") -> tuple[list[Reputation], str]:
        """The callers with the most live reports, from the place ``before`` on, and the place of the last one."""
        page = self._page([ranked(shard) for shard in range(RANK_SHARDS)], size, before)
        items = self._items(page.keys)
        return [*self._table.read_all(Reputation, (items[key] for key in page.keys if key in items))], page.last

    def calls_of(self, caller: str, size: int, before: str = "") -> tuple[list[CallDetails], str]:
        """A caller's calls, newest first, from the place ``before`` on."""
        page = self._page([calls_of(caller, shard) for shard in range(LIST_SHARDS)], size, before)
        sids = [key.pk.removeprefix("CALL#") for key in page.keys]
        items = self._items([key for sid in sids for key in (call_key(sid), outcome_key(sid))])
        found = [
            CallDetails(
                self._table.read(CallRecord, items.get(call_key(sid))),
                [],
                self._table.read(CallOutcome, items.get(outcome_key(sid))),
                [],
            )
            for sid in sids
        ]
        return found, page.last

    def reports_on(self, caller: str, size: int, before: str = "") -> tuple[list[Report], str]:
        """The reports about a caller, newest first, from the place ``before`` on; those that count nothing too."""
        page = self._page([reports_on(caller, shard) for shard in range(LIST_SHARDS)], size, before)
        keys = [report_key(key.pk.removeprefix("CALL#"), key.sk.split("#")[2]) for key in page.keys]
        items = self._items(keys)
        return [*self._table.read_all(Report, (items[key] for key in keys if key in items))], page.last

    def evidence_on(self, caller: str) -> list[Evidence]:
        """What people said of a caller: as much of it as a score is computed from."""
        most = 2 * WEIGHTS.most_evidence_read + 1
        return [*self._table.read_all(Evidence, self._table.partition(caller_partition(caller), EVIDENCE, most=most))]

    def calls_by_number(self, beginning: str, since: int, now: int, most: int) -> tuple[list[Mark], bool]:
        """The calls since a moment of at most a week ago, of all callers whose numbers begin so; and if there are more.

        A number and "#" is that number alone. At most ``most`` are read of each shard of each of the two weeks.
        """
        found: list[Mark] = []
        are_more = False
        for week in (week_of(now), week_of(now - 7 * DAY)):
            for shard in range(LIST_SHARDS):
                condition = "list_kind = :pk AND begins_with(list_key, :beginning)"
                listed = calls_of_week(week, shard)
                items, more = self._table.page("listing", condition, most, pk=listed, beginning=beginning)
                found += [mark for mark in self._table.read_all(Mark, items) if since <= mark.at <= now]
                are_more = are_more or more
        return found, are_more

    def _page(self, lists: Iterable[str], size: int, before: str) -> Keys:
        """A page of a list that is split in shards: the greatest keys first, of what comes before a place."""
        found: list[list[Item]] = []
        for name in lists:
            condition = "number_list = :pk AND number_key < :before"
            begin = before or _LAST
            items, _ = self._table.page("numbers", condition, size + 1, newest_first=True, pk=name, before=begin)
            found.append(items)
        merged = heapq.merge(*found, key=lambda item: str(item["number_key"]), reverse=True)
        page = list(islice(merged, size + 1))
        last = str(page[size - 1]["number_key"]) if len(page) > size else ""
        return Keys([ItemKey(str(item["pk"]), str(item["sk"])) for item in page[:size]], last)

    def _items(self, keys: list[ItemKey]) -> dict[ItemKey, Item]:
        if not keys:
            return {}
        items, missing = self._table.batch_get(keys)
        if missing:
            raise StoreUnavailableError(Why.UNPROCESSED)
        return items
