"""Processes the table's stream: turns reports and calls into evidence, and evidence into reputation, after the call.

If the table doesn't answer, Lambda retries the failed record and all after it. So each record may be processed twice
and in any order (``ivr.store.projections``). A record that can never be processed becomes a dead letter at once
(``ivr.dead_letters``).
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from ivr import settings, store
from ivr.dead_letters import DeadLetters
from ivr.observability.log import Log, write_to
from ivr.reputation.projections import consequences
from ivr.store.attributes import untyped
from ivr.store.projections import Projections, Retention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ivr.reputation.projections import Consequence


@lru_cache(maxsize=1)
def derived() -> Projections:
    """The container's table, made at the first batch."""
    current = settings.current()
    return Projections(store.Table(current.table_name, store.client()), Retention.of(current))


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


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Process one batch of the stream. Returns the records that Lambda must retry."""
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

    def follow_record(record: Any) -> None:
        follow_and_tell(record.raw_event, derived(), log(), aside())

    return process_partial_response(event=event, record_handler=follow_record, processor=processor, context=context)
