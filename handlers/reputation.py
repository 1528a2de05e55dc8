"""Processes the table's stream: turns reports and calls into evidence, evidence into reputation, and counts the day.

If the table doesn't answer, Lambda retries the failed record and all after it. So each record may be processed twice
and in any order (``ivr.store.projections``, ``ivr.store.statistics``). What several records of a batch say is stored
once. A record that can never be processed becomes a dead letter at once (``ivr.dead_letters``). A batch is counted only
when the reputations of its records are stored.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from ivr import settings, store
from ivr.dead_letters import DeadLetters, is_passing
from ivr.observability.failures import code_of
from ivr.observability.log import Log, write_to
from ivr.records.decoding import UnreadableError
from ivr.reputation.projections import further_consequences, has_consequences, merged, together
from ivr.statistics.counting import recount
from ivr.store.attributes import plain
from ivr.store.errors import CONFLICT
from ivr.store.projections import Projections
from ivr.store.statistics import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ivr.records.base import Item
    from ivr.reputation.projections import Consequence, Due
    from ivr.statistics.mark import Recount


@lru_cache(maxsize=1)
def derived() -> Projections:
    """The container's table, made at the first batch."""
    current = settings.current()
    return Projections.of(store.Table(current.table_name, store.client()), current)


@lru_cache(maxsize=1)
def log() -> Log:
    """The container's log, made at the first batch."""
    write_to()
    return Log.of(settings.current())


@lru_cache(maxsize=1)
def aside() -> DeadLetters:
    """The container's dead letters."""
    return DeadLetters(log(), settings.current().set_aside_queue_url)


def follow(records: Sequence[Mapping[str, Any]], table: Projections, log: Log, aside: DeadLetters) -> set[str]:
    """Store the reputations that stream records change. A removal, by TTL or by hand, changes nothing.

    What several records say is stored once, and each caller is scored once. Returns the sequence numbers of the records
    to be retried; each failure is logged, because Lambda's error metric doesn't count a partly failed batch.
    """
    batch = _Batch(records, table, log, aside)
    for dues in together(merged(batch.consequences())):
        batch.store(dues)
    batch.score()
    return batch.again


class _Batch:
    """A batch of stream records, and what is left of it: ``again`` are those to be retried."""

    def __init__(self, records: Sequence[Mapping[str, Any]], table: Projections, log: Log, aside: DeadLetters) -> None:
        self._records, self._table, self._log, self._aside = records, table, log, aside
        self._callers: dict[str, Due] = {}  # to be scored
        self.again: set[str] = set()

    @contextmanager
    def _for_record(self, number: int, first: int) -> Iterator[None]:
        """Set what can never succeed aside, under the record ``number``; repeat from ``first`` what may."""
        record = self._records[number]
        self._log.begin(record["dynamodb"].get("NewImage", {}).get("call_sid", {}).get("S", ""))
        try:
            with self._aside.catching(record):
                yield
        except Exception as error:  # noqa: BLE001  # one must not stop the others
            self._log.failed("reputation_failed", error)
            self.again.add(str(self._records[first]["dynamodb"]["SequenceNumber"]))

    def consequences(self) -> list[tuple[int, Consequence]]:
        """The consequences of all records, each with its record's number."""
        found: list[tuple[int, Consequence]] = []
        for number, record in enumerate(self._records):
            image = record["dynamodb"].get("NewImage")
            if record["eventName"] != "REMOVE" and image:
                with self._for_record(number, number):
                    is_new = record["eventName"] == "INSERT"
                    these = further_consequences(plain(image), _before(record), is_new=is_new)
                    found += [(number, one) for one in these]
        return found

    def store(self, dues: Sequence[Due]) -> None:
        """Store consequences that begin with one record: at once or, where one can't be stored, each by itself."""
        with self._for_record(dues[0].last, dues[0].first):
            try:
                for caller in self._table.store(*(due.consequence for due in dues)):
                    self._callers.setdefault(caller, dues[0])
            except Exception as error:
                if len(dues) == 1 or (is_passing(error) and code_of(error) != CONFLICT):
                    raise
                for due in dues:
                    self.store([due])

    def score(self) -> None:
        """Score every caller of whom the batch has stored something."""
        for caller, due in self._callers.items():
            with self._for_record(due.last, due.first):
                self._table.scores.refresh(caller)


def _before(record: Mapping[str, Any]) -> Item | None:
    """The image before a changed item's new one; a new item has none."""
    old = record["dynamodb"].get("OldImage")
    return plain(old) if old else None


def count(records: Sequence[Mapping[str, Any]], table: Projections, aside: DeadLetters) -> None:
    """Add what stream records change in the days' numbers. Raises ``StoreUnavailableError`` if they must come again."""
    recounts = [(record, one) for record in records if (one := _recount_of(record, table, aside))]
    try:
        table.statistics.count(one for _, one in recounts)
    except Exception as error:
        if is_passing(error):
            raise
        for record, one in recounts:  # one that the table refuses for good must not stop the others
            with aside.catching(record):
                table.statistics.count([one])


def _recount_of(record: Mapping[str, Any], table: Projections, aside: DeadLetters) -> Recount | None:
    image = record["dynamodb"].get("NewImage")
    if record["eventName"] == "REMOVE" or not image:
        return None
    with aside.catching(record):
        item = plain(image)
        # Of a record with consequences, ``follow`` has set aside what can't be read.
        with suppress(UnreadableError) if has_consequences(item) else nullcontext():
            return recount(item, _before(record), table.zone, is_new=record["eventName"] == "INSERT")
    return None


def not_counted(records: list[Mapping[str, Any]], table: Projections, log: Log, aside: DeadLetters) -> list[str]:
    """Count a batch, some records at a time. Returns the sequence numbers of those that must come again."""
    for first in range(0, len(records), TOGETHER):
        try:
            count(records[first : first + TOGETHER], table, aside)
        except Exception as error:  # noqa: BLE001  # whatever it is, the reputations of this batch are stored
            log.failed("statistics_failed", error)
            return [str(record["dynamodb"]["SequenceNumber"]) for record in records[first:]]
    return []


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Process one batch of the stream. Returns the records that Lambda must retry, and all after the first of them."""
    records = event["Records"]
    again = follow(records, derived(), log(), aside())
    # What comes after a failed record is counted when it is delivered again.
    followed = [*takewhile(lambda one: str(one["dynamodb"]["SequenceNumber"]) not in again, records)]
    again.update(not_counted(followed, derived(), log(), aside()))
    return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(again)]}
