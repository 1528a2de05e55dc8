"""A function behind the table's stream, as Lambda runs it: it gets the records that pass its filter, in order.

A record that failed is retried. The filter and the number of retries are the template's. Times are real.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.observability.log import Log

    Record = Mapping[str, Any]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds before a retry; each pause is twice the one before


class Stream:
    """A reader of one table's stream, from its beginning. The local stack and the tests use it.

    It loses no record when the database refuses an iterator (which expires after a quarter of an hour) or does not
    answer for a while: it goes on after the last record that it has read. ``log`` gets a line when the stream can't be
    read, and when it can be read again.
    """

    def __init__(self, table: str, dynamodb: DynamoDBClient, streams: Any, log: Log | None = None) -> None:
        self._table = table
        self._dynamodb = dynamodb
        self._streams = streams
        self._log = log
        self._iterator = ""
        self._last = ""  # sequence number of the last record that was read
        self._is_away = False

    def open(self) -> None:
        """Find the stream. The table must exist. Raises ``BotoCoreError`` or ``ClientError``."""
        arn = self._dynamodb.describe_table(TableName=self._table)["Table"]["LatestStreamArn"]
        [shard] = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        where = {"StreamArn": arn, "ShardId": shard["ShardId"]}
        after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last}
        begin = {"ShardIteratorType": "TRIM_HORIZON"}
        try:
            answer = self._streams.get_shard_iterator(**where, **(after if self._last else begin))
        except ClientError as error:
            if error.response["Error"]["Code"] != "TrimmedDataAccessException":
                raise
            answer = self._streams.get_shard_iterator(**where, **begin)  # a record that comes twice does no harm
        self._iterator = str(answer["ShardIterator"])

    def read(self) -> list[Record]:
        """The records since the last read; none while the stream can't be read."""
        try:
            if not self._iterator:
                self.open()
            answer = self._streams.get_records(ShardIterator=self._iterator)
        except (BotoCoreError, ClientError) as error:
            self._iterator = ""  # the next read asks for a new one
            if self._log and not self._is_away:
                self._log.failed("stream_not_read", error)
            self._is_away = True
            return []
        if self._log and self._is_away:
            self._log.count("stream_read_again")
        self._is_away = False
        self._iterator = answer.get("NextShardIterator", "")
        records: list[Record] = [{**record, "dynamodb": _as_json(record["dynamodb"])} for record in answer["Records"]]
        if records:
            self._last = str(records[-1]["dynamodb"]["SequenceNumber"])
        return records


class Filter:
    """The filter of a function's event source in the template."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        from moto.events.models import EventPattern

        self._patterns = [EventPattern.load(one["Pattern"]) for one in source["FilterCriteria"]["Filters"]]

    def passes(self, record: Record) -> bool:
        """Whether the function gets the record."""
        seen: Any = {
            "eventName": record["eventName"],
            "dynamodb": {k: record["dynamodb"].get(k, {}) for k in _FILTERED},
        }
        return any(pattern.matches_event(seen) for pattern in self._patterns)


@dataclass
class _Waiting:
    """A record that was not processed yet."""

    record: Record
    came_at: float
    tries: int = 0
    not_before: float = 0.0

    @property
    def item(self) -> tuple[str, str]:
        """The key of its item: the records of one item are processed in order."""
        keys = self.record["dynamodb"]["Keys"]
        return keys["pk"]["S"], keys["sk"]["S"]


class StreamFunction:
    """One function behind the stream.

    Args:
        name: for the log.
        process: the function. It raises if the record must be retried.
        stream: read by this function alone.
        source: the properties of its event source in the template.
        log: gets a line at the first failure of a record, and when it is given up.
        clock: monotonic seconds.

    """

    def __init__(
        self,
        name: str,
        process: Callable[[Record], None],
        stream: Stream,
        source: Mapping[str, Any],
        log: Log,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._process = process
        self._stream = stream
        self._filter = Filter(source)
        self._most_tries = 1 + int(source["MaximumRetryAttempts"])
        self._most_seconds = float(source["MaximumRecordAgeInSeconds"])
        self._log = log
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._stopped = False

    def stop(self) -> None:
        """Process no further record; the present pass ends after its present record."""
        self._stopped = True

    @property
    def put_off(self) -> int:
        """How many records wait for their retry."""
        return len(self._waiting)

    def work(self) -> bool:
        """Make one pass over the new records and the due retries. False: there was nothing to do.

        A failure ends the pass, since the next record would probably fail too: the table or Twilio may be down.
        """
        now = self._clock()
        new = [_Waiting(record, now) for record in self._stream.read() if self._filter.passes(record)]
        waiting, self._waiting = [*self._waiting, *new], []
        held: set[tuple[str, str]] = set()
        done = failed = 0
        for one in waiting:
            if failed or self._stopped or one.item in held or one.not_before > now:
                over = False
            else:
                over = self._is_over(one)
                done += over
                failed += not over
            if not over:
                held.add(one.item)
                self._waiting.append(one)
        return bool(new or done)

    def _is_over(self, one: _Waiting) -> bool:
        """Process a record. False: it is to be retried."""
        try:
            self._process(one.record)
        except Exception as error:  # noqa: BLE001  # after any error the record is retried
            one.tries += 1
            now = self._clock()
            one.not_before = now + min(_FIRST_PAUSE * 2 ** (one.tries - 1), _LONGEST_PAUSE)
            over = one.tries >= self._most_tries or now - one.came_at >= self._most_seconds
            if over or one.tries == 1:
                self._log.failed(f"{self._name}_{'given_up' if over else 'put_off'}", error)
            return over
        return True


def _as_json(value: Any) -> Any:
    """A part of a record as Lambda gets it: JSON has no bytes, so a binary attribute is base64 text."""
    match value:
        case dict():
            return {name: _as_json(one) for name, one in value.items()}
        case list():
            return [_as_json(one) for one in value]
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


_FILTERED = ("Keys", "NewImage")  # the template's filters read only these; boto3 makes datetimes of others
