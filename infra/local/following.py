"""Follows the local table's stream as Lambda does for the reputation function, so that reports count at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.reputation import follow
from ivr.store.derived import Derived

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PAUSE_SECONDS = 0.2


class Follower:
    """A thread that follows one table's stream until it is stopped. The stream is read from its beginning."""

    def __init__(self, table: str, dynamodb: DynamoDBClient, streams: Any) -> None:
        self._derived = Derived(table, dynamodb)
        self._streams = streams
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="stream", daemon=True)

    def start(self) -> None:
        """Begin to follow; the table must be there."""
        self._iterator = self._first_iterator()
        self._thread.start()

    def stop(self) -> None:
        """Follow no more. Safe to repeat, and before a start."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _first_iterator(self) -> str:
        described = self._derived.client.describe_table(TableName=self._derived.table)["Table"]
        arn = described["LatestStreamArn"]
        [shard] = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        answer = self._streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        return str(answer["ShardIterator"])

    def _follow(self) -> None:
        while not self._stopped.wait(_PAUSE_SECONDS):
            try:
                answer = self._streams.get_records(ShardIterator=self._iterator)
            except (BotoCoreError, ClientError):  # the database is going, or gone: calls go on without reputation
                continue
            for record in answer["Records"]:
                follow(record, self._derived)
            self._iterator = answer["NextShardIterator"]
