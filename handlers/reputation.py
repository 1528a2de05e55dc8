"""Processes the table's stream: turns reports and calls into evidence, evidence into reputation, and counts the day.

If the table doesn't answer, Lambda retries the failed record and all after it. So each record may be processed twice
and in any order (``ivr.store.projections``, ``ivr.store.statistics``). A record that can never be processed becomes a
dead letter at once (``ivr.dead_letters``). A batch is counted only when the reputations of its records are stored.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from ivr import settings, store
from ivr.dead_letters import DeadLetters, is_passing
from ivr.observability.log import Log, write_to
from ivr.records.decoding import UnreadableError
from ivr.reputation.projections import consequences, has_consequences
from ivr.statistics.counting import counted
from ivr.store.attributes import untyped
from ivr.store.projections import Projections
from ivr.store.statistics import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ivr.reputation.projections import Consequence
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


def follow(record: Mapping[str, Any], table: Projections, aside: DeadLetters | None = None) -> None:
    """Store the reputation that one stream record changes. A removal, by TTL or by hand, changes nothing.

    Raises ``StoreUnavailableError`` where it must come again, and whatever else is wrong with it where there is no
    ``aside``.
    """
    image = record["dynamodb"].get("NewImage")
    if record["eventName"] == "REMOVE" or not image:
        return
    set_aside = aside.catching if aside else nullcontext
    found: list[Consequence] = []
    with set_aside(record):
        item = {name: untyped(value) for name, value in image.items()}
        found = consequences(item, is_new=record["eventName"] == "INSERT")
    for consequence in found:  # one that the table refuses for good must not stop the others
        with set_aside(record):
            table.apply(consequence)


def follow_and_tell(record: Mapping[str, Any], table: Projections, log: Log, aside: DeadLetters | None = None) -> None:
    """Process one stream record and log a failure: Lambda's error metric doesn't count a partly failed batch."""
    log.begin(record["dynamodb"].get("NewImage", {}).get("call_sid", {}).get("S", ""))
    try:
        follow(record, table, aside)
    except Exception as error:
        log.failed("reputation_failed", error)
        raise


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


def _not_counted(records: list[Mapping[str, Any]], table: Projections, log: Log, aside: DeadLetters) -> list[str]:
    """Count a batch, some records at a time. Returns the sequence numbers of those that must come again."""
    for first in range(0, len(records), TOGETHER):
        try:
            count(records[first : first + TOGETHER], table, aside)
        except Exception as error:  # noqa: BLE001  # whatever it is, the reputations of this batch are stored
            log.failed("statistics_failed", error)
            return [str(record["dynamodb"]["SequenceNumber"]) for record in records[first:]]
    return []


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Process one batch of the stream. Returns the records that Lambda must retry."""
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

    def follow_record(record: Any) -> None:
        follow_and_tell(record.raw_event, derived(), log(), aside())

    answer = process_partial_response(event=event, record_handler=follow_record, processor=processor, context=context)
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    # Lambda retries from the first failed record on, so what comes after it is counted then.
    followed = takewhile(lambda one: one["dynamodb"]["SequenceNumber"] not in failed, event["Records"])
    again = _not_counted(list(followed), derived(), log(), aside())
    answer["batchItemFailures"] += [{"itemIdentifier": number} for number in again]
    return answer
