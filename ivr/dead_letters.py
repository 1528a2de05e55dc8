"""Dead letters: stream records that can never be processed are set aside, so that no other record waits for them.

Lambda retries a record that fails, with all later records of its shard, up to a hundred times. That is right while the
table does not answer. A record that can't be read, or whose write the table refuses, would only delay the others.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ivr.records.decoding import UnreadableError, masked
from ivr.store.errors import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.observability.log import Log
    from ivr.outbox.queue import Queue

REFUSED, BUG = "refused", "bug"  # reasons, in addition to those of ``ivr.records.decoding``


class DeadLetters:
    """Sends the keys of such records to the queue at ``queue_url`` and logs each; without a queue it only logs.

    ``passing`` are further errors after which a record is retried, as it is when the table does not answer.
    """

    def __init__(self, log: Log, queue_url: str = "", *, passing: tuple[type[Exception], ...] = ()) -> None:
        self.log = log
        self.queue_url = queue_url
        self.passing = passing
        self.queue: Queue | None = None  # made for the first dead letter, unless a caller has set it

    @contextmanager
    def catching(self, record: Mapping[str, Any]) -> Iterator[None]:
        """Set a stream record aside if the work in this block can never succeed for it.

        Raises the error of the block if the record must be retried, and ``ivr.outbox.queue.QueueUnavailableError`` if
        it could not be set aside.
        """
        try:
            yield
        except Exception as error:
            if is_passing(error) or isinstance(error, self.passing):
                raise
            self._put(record, error)

    def _put(self, record: Mapping[str, Any], error: Exception) -> None:
        change = record["dynamodb"]
        pk, sk = (masked(str(change["Keys"][name]["S"])) for name in ("pk", "sk"))
        why = why_never(error)
        kind = sk.partition("#")[0]
        if why == BUG:
            self.log.failed("record_set_aside", error, kind=kind, why=why)
        else:
            self.log.count("record_set_aside", kind=kind, why=why)
        if not self.queue_url:
            return
        from ivr.outbox.queue import Queue

        self.queue = self.queue or Queue(self.queue_url)
        letter = {"pk": pk, "sk": sk, "event": record["eventName"], "why": why}
        self.queue.send_text(json.dumps({**letter, "sequence_number": change.get("SequenceNumber", "")}))


def is_passing(error: Exception) -> bool:
    """Whether a retry may succeed: the table did not answer."""
    return isinstance(error, StoreUnavailableError) and not isinstance(error, StoreRefusedError)


def why_never(error: Exception) -> str:
    """Why a retry can never succeed, as a closed word."""
    if isinstance(error, UnreadableError):
        return error.why
    return REFUSED if isinstance(error, StoreRefusedError) else BUG
