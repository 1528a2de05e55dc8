"""Follows the table's stream: rings customers back, sends the SMS about a report, and erases recordings at Twilio.

Each is done once whatever is delivered how often and in which order (``ivr.follow_up.errands``); what comes again is
only what was never sent, or can't be judged yet.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from ivr import journal, secret_complaints, settings, store
from ivr.follow_up.errands import FollowUp, PutOffError
from ivr.reading import UnreadableError
from ivr.rest import Twilio
from ivr.secrets import Secrets, SecretUnavailableError
from ivr.store.errands import Errands
from ivr.store.table import StoreUnavailableError, untyped
from ivr.table_key import TableKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ivr.settings import Settings


def build(settings: Settings, table: Errands, clock: Callable[[], float] = time.time) -> FollowUp:
    """What follows up on the calls of one deployment."""
    told = journal.Journal.of(settings)
    complain = secret_complaints.to(told)
    secrets = Secrets(settings, complain)
    return FollowUp(
        settings,
        TableKey(secrets, table, complain),
        table,
        Twilio(settings, secrets),
        told,
        clock=clock,
        pause=time.sleep,
    )


@lru_cache(maxsize=1)
def follow_up() -> FollowUp:
    """The container's one, made at its first batch."""
    journal.write_to()
    current = settings.current()
    return build(current, Errands(current.table_name, store.client()))


def follow(record: Mapping[str, Any], work: FollowUp) -> None:
    """Do what follows from one stream record; what can never be followed is set aside. Raises where it must come again.

    Removals, by TTL or by hand, are no events (DESIGN 5), but for one: a message's recording goes with it.
    """
    work.journal.begin("")
    with work.aside.unless_followed(record):
        try:
            old, new = (_plain(record["dynamodb"].get(image) or {}) for image in ("OldImage", "NewImage"))
            if new:
                work.follow(old, new)
            elif old:
                work.removed(old)
        except (StoreUnavailableError, SecretUnavailableError, PutOffError) as error:
            work.journal.failed("errand_put_off", error)
            raise
        except UnreadableError:
            raise
        except Exception as error:  # nothing foresaw it, and Lambda's own count of errors never sees a part of a batch
            work.journal.failed("follow_up_failed", error)
            raise


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Follow one batch of the stream; answers with the records that are to come again."""
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)

    def follow_record(record: Any) -> None:
        follow(record.raw_event, follow_up())

    return process_partial_response(event=event, record_handler=follow_record, processor=processor, context=context)


def _plain(image: Mapping[str, Any]) -> dict[str, Any]:
    return {name: untyped(value) for name, value in image.items()}
