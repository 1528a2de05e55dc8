"""What a function behind the table's stream can never follow: it is set aside, so that nothing waits for it.

A record that fails comes again with all that followed it in its lane, a hundred times. That is right while the table
does not answer; a record that can't be read, or that the table refuses for good, would only hold up the others.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ivr.records.decoding import UnreadableError, masked
from ivr.store.table import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.observability.log import Log
    from ivr.reports.queue import Queue

REFUSED, BUG = "refused", "bug"  # why, beside the words of ``ivr.records.decoding``


class DeadLetters:
    """Where such records go: to the queue at ``queue_url``, by their keys alone, and where it is empty to the log.

    ``passing`` are errors, beside a table that does not answer, after which a record is to come again.
    """

    def __init__(self, log: Log, queue_url: str = "", *, passing: tuple[type[Exception], ...] = ()) -> None:
        self.log = log
        self.queue_url = queue_url
        self.passing = passing
        self.queue: Queue | None = None  # made by the first record that is set aside, unless it was given

    @contextmanager
    def catching(self, record: Mapping[str, Any]) -> Iterator[None]:
        """Set a stream record aside at once if what is done here with it can never succeed.

        Raises what it raised where the record is to come again, and ``ivr.reports.queue.QueueUnavailableError`` where
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
        from ivr.reports.queue import Queue

        self.queue = self.queue or Queue(self.queue_url)
        told = {"pk": pk, "sk": sk, "event": record["eventName"], "why": why}
        self.queue.send_text(json.dumps({**told, "sequence_number": change.get("SequenceNumber", "")}))


def is_passing(error: Exception) -> bool:
    """Whether the same thing may succeed later: the table did not answer."""
    return isinstance(error, StoreUnavailableError) and not isinstance(error, StoreRefusedError)


def why_never(error: Exception) -> str:
    """Why something can never be processed, as a closed word."""
    if isinstance(error, UnreadableError):
        return error.why
    return REFUSED if isinstance(error, StoreRefusedError) else BUG
