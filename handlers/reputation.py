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
from ivr.observability.log import Log, write_to
from ivr.records.decoding import UnreadableError
from ivr.reputation.projections import consequences, has_consequences, merged
from ivr.statistics.counting import counted
from ivr.store.attributes import untyped
from ivr.store.projections import Projections
from ivr.store.statistics import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ivr.reputation.projections import Consequence, Due
    from ivr.statistics.mark import Mark


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
    again: set[str] = set()

    @contextmanager
    def for_record(number: int, first: int) -> Iterator[None]:
        """Set what can never succeed aside, under the record ``number``; repeat from ``first`` what may."""
        record = records[number]
        log.begin(record["dynamodb"].get("NewImage", {}).get("call_sid", {}).get("S", ""))
        try:
            with aside.catching(record):
                yield
        except Exception as error:  # noqa: BLE001  # one must not stop the others
            log.failed("reputation_failed", error)
            again.add(str(records[first]["dynamodb"]["SequenceNumber"]))

    found: list[tuple[int, Consequence]] = []
    for number, record in enumerate(records):
        image = record["dynamodb"].get("NewImage")
        if record["eventName"] != "REMOVE" and image:
            with for_record(number, number):
                item = {name: untyped(value) for name, value in image.items()}
                found += [(number, one) for one in consequences(item, is_new=record["eventName"] == "INSERT")]
    callers: dict[str, Due] = {}
    for due in merged(found):
        with for_record(due.last, due.first):
            if caller := table.store(due.consequence):
                callers.setdefault(caller, due)
    for caller, due in callers.items():
        with for_record(due.last, due.first):
            table.scores.refresh(caller)
    return again


def count(records: Sequence[Mapping[str, Any]], table: Projections, aside: DeadLetters) -> None:
    """Add what stream records change in the days' numbers. Raises ``StoreUnavailableError`` if they must come again."""
    marks = [(record, mark) for record in records if (mark := _mark_of(record, table, aside))]
    try:
        table.statistics.count(mark for _, mark in marks)
    except Exception as error:
        if is_passing(error):
            raise
        for record, mark in marks:  # one that the table refuses for good must not stop the others
            with aside.catching(record):
                table.statistics.count([mark])


def _mark_of(record: Mapping[str, Any], table: Projections, aside: DeadLetters) -> Mark | None:
    image = record["dynamodb"].get("NewImage")
    if record["eventName"] == "REMOVE" or not image:
        return None
    with aside.catching(record):
        item = {name: untyped(value) for name, value in image.items()}
        # Of a record with consequences, ``follow`` has set aside what can't be read.
        with suppress(UnreadableError) if has_consequences(item) else nullcontext():
            return counted(item, table.zone, is_new=record["eventName"] == "INSERT")
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


def handler(event: dict[str, Any], _: LambdaContext) -> PartialItemFailureResponse:
    """Process one batch of the stream. Returns the records that Lambda must retry, and all after the first of them."""
    records = event["Records"]
    again = follow(records, derived(), log(), aside())
    # What comes after a failed record is counted when it is delivered again.
    followed = [*takewhile(lambda one: str(one["dynamodb"]["SequenceNumber"]) not in again, records)]
    again.update(not_counted(followed, derived(), log(), aside()))
    return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(again)]}
