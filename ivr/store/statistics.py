"""The days' numbers: kept by the stream's function, read by the desk.

A mark beside each record says what was counted of it. It is replaced only as it was read, in one transaction with the
numbers that change by it, so that repeated, reordered and split batches give the same numbers. A batch is counted
together: one update of a day for up to 25 records.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ivr.observability.failures import Why
from ivr.records.base import DAY, ItemKey
from ivr.statistics.mark import Mark, difference
from ivr.statistics.tally import SHARDS, Tally, tally_key
from ivr.store.errors import CONFLICT, StoreUnavailableError, StoreWriteError
from ivr.store.table import with_old_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ivr.statistics.mark import Recount
    from ivr.store.table import Table

KEPT_SECONDS = 800 * DAY  # a month may be compared with the same month of the year before the last
TOGETHER = 25  # marks in a transaction of a hundred writes; each changes three days at most
_TRIES = 10  # against other functions that count the same records, or the same day
_MOST_KEYS = 100  # of a BatchGetItem


class Statistics:
    """The days' numbers. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def count(self, recounts: Iterable[Recount]) -> None:
        """Count records, each once, by the newest of its images. ``recounts``: in the order of the images."""
        newest: dict[ItemKey, Recount] = {}
        for one in recounts:
            had = newest.setdefault(one.mark.key, one)
            if had.mark.stage < one.mark.stage:
                newest[one.mark.key] = had._replace(mark=one.mark)
        ahead = iter(newest.values())
        while together := list(islice(ahead, TOGETHER)):
            self._count(together)

    def days(self, days: Sequence[str]) -> dict[str, Counter[str]]:
        """The numbers of each of these days, by the names of ``ivr.statistics.names``. One request for 25 days."""
        keys = [tally_key(day, shard) for day in days for shard in range(SHARDS)]
        found: dict[str, Counter[str]] = {day: Counter() for day in days}
        for first in range(0, len(keys), _MOST_KEYS):
            items, missing = self._table.batch_get(keys[first : first + _MOST_KEYS])
            if missing:
                raise StoreUnavailableError(Why.UNPROCESSED)
            for key, item in items.items():
                tally = self._table.read(Tally, item)
                found[key.pk.split("#")[1]].update(tally.numbers if tally else {})
        return found

    def _count(self, recounts: list[Recount]) -> None:
        marks = [one.mark for one in recounts]
        shard = crc32("".join(marks[0].key).encode())
        known, damaged = self._known([one.mark.key for one in recounts if not one.is_known])
        known |= {one.mark.key: one.before for one in recounts if one.is_known and one.before}
        for _ in range(_TRIES):
            due = [mark for mark in marks if mark.key not in damaged and _is_newer(mark, known.get(mark.key))]
            if not due:
                return
            try:
                refused = self._table.all_or_none(**self._writes(due, known, shard % SHARDS))
            except StoreWriteError as error:
                if error.code != CONFLICT:
                    raise
                shard += 1  # another function is at this one
                continue
            if not refused:
                return
            for name, item in refused.items():
                mark = due[int(name.removeprefix("mark_"))]
                found = self._table.read(Mark, item)
                if found:
                    known[mark.key] = found
                else:
                    known.pop(mark.key, None)
                if item and not found:
                    damaged.add(mark.key)
        raise StoreWriteError(Why.OVERTAKEN)

    def _known(self, keys: list[ItemKey]) -> tuple[dict[ItemKey, Mark], set[ItemKey]]:
        """The stored marks, and the keys of those that can't be read: what they counted stays counted."""
        if not keys:
            return {}, set()
        items, missing = self._table.batch_get(keys)
        if missing:
            raise StoreUnavailableError(Why.UNPROCESSED)
        marks = {key: self._table.read(Mark, item) for key, item in items.items()}
        return {key: mark for key, mark in marks.items() if mark}, {key for key, mark in marks.items() if not mark}

    def _writes(self, due: list[Mark], known: dict[ItemKey, Mark], shard: int) -> dict[str, Any]:
        changes: dict[str, Counter[str]] = {}
        writes: dict[str, Any] = {}
        for n, mark in enumerate(due):
            before = known.get(mark.key)
            for day, numbers in difference(mark, before).items():
                changes.setdefault(day, Counter()).update(numbers)
            writes[f"mark_{n}"] = {"Put": with_old_item(self._replacing(mark, before))}
        for day, numbers in changes.items():
            added = {name: number for name, number in numbers.items() if number}
            if added:
                adds = ", ".join(f"#{name} :{name}" for name in added)
                expires = _end_of(day) + KEPT_SECONDS
                key, update = tally_key(day, shard), f"ADD {adds} SET expires = :expires"
                writes[f"day_{day}"] = {"Update": self._table.updating(key, update, expires=expires, **added)}
        return writes

    def _replacing(self, mark: Mark, before: Mark | None) -> Any:
        if before is None:
            return self._table.putting_once(mark)
        as_read = "stage = :before AND counted = :was"
        return self._table.putting(mark, as_read, before=before.stage, was=before.counted)


def _is_newer(mark: Mark, known: Mark | None) -> bool:
    return known is None or known.stage < mark.stage


def _end_of(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) + DAY
