"""The background work of the local stack: the functions behind the stream and the queue, each in its own thread."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from handlers import follow_up, redeliver, reputation
from infra.local.database import client_of
from infra.local.queues import create_queues, most_received
from infra.local.sqs_source import QueueFunction
from infra.local.stream_source import Stream, StreamFunction
from infra.local.template import stream_of
from infra.local.worker import Worker
from ivr.dead_letters import DeadLetters
from ivr.observability.log import Log
from ivr.store.errors import StoreUnavailableError
from ivr.store.projections import Projections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient

    from ivr.settings import Settings
    from ivr.store import Store


class Background:
    """The functions that work after calls, on the table of ``store`` and the queue of the settings at ``endpoint``."""

    def __init__(self, settings: Settings, store: Store, endpoint: str, region: str) -> None:
        # The workers retry by themselves, so their clients need not.
        self.sqs: SQSClient = client_of("sqs", endpoint, region, attempts=1)
        streams = client_of("dynamodbstreams", endpoint, region, attempts=1)
        derived, aside = Projections.of(store.table, settings), DeadLetters(Log.of(settings))
        runner = follow_up.build(settings, store)
        self._streams = [Stream(store.table.name, store.table.client, streams, Log.of(settings)) for _ in range(2)]
        self._redelivery = QueueFunction(
            settings.report_queue_url,
            self.sqs,
            redeliver.Redelivery(store, Log.of(settings), settings.special_numbers).take,
            most_received(),
        )

        def follow(record: Mapping[str, Any]) -> None:
            if reputation.follow([record], derived, Log.of(settings), aside):
                raise StoreUnavailableError("reputation_failed")
            reputation.count([record], derived, aside)

        self._reputation = StreamFunction(
            "reputation",
            follow,
            self._streams[0],
            stream_of("ReputationFunction"),
            Log.of(settings),
        )
        self._follow_up = StreamFunction(
            "follow_up",
            lambda record: follow_up.process(record, runner),
            self._streams[1],
            stream_of("FollowUpFunction"),
            Log.of(settings),
        )
        # Redelivery first: what it stores is in the stream before the stream is read.
        self._workers = [
            Worker("redelivery", self._redelivery.work),
            Worker("reputation", self._reputation.work),
            Worker("follow-up", self._follow_up.work),
        ]

    def start(self) -> None:
        """Begin. The table must exist. Raises ``BotoCoreError`` or ``ClientError``."""
        create_queues(self.sqs)
        for stream in self._streams:
            stream.open()
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """End, and leave undone what is not done yet. Safe to repeat, and before a start."""
        self._reputation.stop()
        self._follow_up.stop()
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join()

    def wake(self) -> None:
        """Something was written: work at once."""
        for worker in self._workers:
            worker.wake()

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is left to do but retries. False: the seconds were not enough."""
        until = time.monotonic() + seconds
        return all(worker.settle(max(0.0, until - time.monotonic())) for worker in self._workers)

    @property
    def put_off(self) -> int:
        """How many records and messages failed and wait for their retry."""
        return self._redelivery.put_off + self._reputation.put_off + self._follow_up.put_off
