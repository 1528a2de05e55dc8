"""A function behind the table's stream, as Lambda runs it: what its filter lets through, in order, again on failure.

The filter and how often what failed comes again are the template's. Times are real ones.
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

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds before a record that failed comes again; each pause is twice the last


class Stream:
    """A reader of one table's stream, from its beginning: the one reader of the stack and of the tests.

    Nothing is lost where the database refuses an iterator (it expires after a quarter of an hour) or is away for a
    while: the reader goes on after the last record that it has seen. ``log`` gets a line when the stream can't be
    read, and when it can be again.
    """

    def __init__(self, table: str, dynamodb: DynamoDBClient, streams: Any, log: Log | None = None) -> None:
        self._table = table
        self._dynamodb = dynamodb
        self._streams = streams
        self._log = log
        self._iterator = ""
        self._last = ""  # sequence number of the last record that was seen
        self._is_away = False

    def open(self) -> None:
        """Find the stream; the table must be there. Raises ``BotoCoreError`` or ``ClientError``."""
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
            answer = self._streams.get_shard_iterator(**where, **begin)  # what comes twice does no harm
        self._iterator = str(answer["ShardIterator"])

    def read(self) -> list[Record]:
        """What was written since the last time; nothing where the stream can't be read now."""
        try:
            if not self._iterator:
                self.open()
            answer = self._streams.get_records(ShardIterator=self._iterator)
        except (BotoCoreError, ClientError) as error:
            self._iterator = ""  # a new one is asked for at the next pass
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
    """What of the stream reaches a function, as its event source's properties in the template say."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        from moto.events.models import EventPattern

        self._patterns = [EventPattern.load(one["Pattern"]) for one in source["FilterCriteria"]["Filters"]]

    def passes(self, record: Record) -> bool:
        """Whether a record wakes the function."""
        seen: Any = {
            "eventName": record["eventName"],
            "dynamodb": {k: record["dynamodb"].get(k, {}) for k in _FILTERED},
        }
        return any(pattern.matches_event(seen) for pattern in self._patterns)


@dataclass
class _Waiting:
    """A record that was not followed yet."""

    record: Record
    came_at: float
    tries: int = 0
    not_before: float = 0.0

    @property
    def item(self) -> tuple[str, str]:
        """Which item it is about: what happened to one item is followed in its order."""
        keys = self.record["dynamodb"]["Keys"]
        return keys["pk"]["S"], keys["sk"]["S"]


class StreamFunction:
    """What one function makes of the stream. ``follow`` takes a record, and raises where it must come again.

    Args:
        name: for the log.
        follow: the function.
        stream: read by this function alone.
        source: its event source's properties in the template.
        log: gets a line when a record fails for the first time, and when it is given up.
        clock: seconds that only go forward.

    """

    def __init__(
        self,
        name: str,
        follow: Callable[[Record], None],
        stream: Stream,
        source: Mapping[str, Any],
        log: Log,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._follow = follow
        self._stream = stream
        self._filter = Filter(source)
        self._most_tries = 1 + int(source["MaximumRetryAttempts"])
        self._most_seconds = float(source["MaximumRecordAgeInSeconds"])
        self._log = log
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._stopped = False

    def stop(self) -> None:
        """Follow no further record; a pass that is under way ends after the present one."""
        self._stopped = True

    @property
    def put_off(self) -> int:
        """How many records wait to come again."""
        return len(self._waiting)

    def work(self) -> bool:
        """Make one pass over what is new and what is due again. Says whether anything was done.

        A failure ends the pass, for what comes next is likely to fail too: while the table or Twilio is down, nothing
        here goes round and round.
        """
        now = self._clock()
        news = [_Waiting(record, now) for record in self._stream.read() if self._filter.passes(record)]
        waiting, self._waiting = [*self._waiting, *news], []
        held: set[tuple[str, str]] = set()
        followed = failed = 0
        for one in waiting:
            if failed or self._stopped or one.item in held or one.not_before > now:
                over = False
            else:
                over = self._is_over(one)
                followed += over
                failed += not over
            if not over:
                held.add(one.item)
                self._waiting.append(one)
        return bool(news or followed)

    def _is_over(self, one: _Waiting) -> bool:
        """Follow a record. False: it is to come again."""
        try:
            self._follow(one.record)
        except Exception as error:  # noqa: BLE001  # whatever it is, the function asks for this record once more
            one.tries += 1
            now = self._clock()
            one.not_before = now + min(_FIRST_PAUSE * 2 ** (one.tries - 1), _LONGEST_PAUSE)
            over = one.tries >= self._most_tries or now - one.came_at >= self._most_seconds
            if over or one.tries == 1:
                self._log.failed(f"{self._name}_{'given_up' if over else 'put_off'}", error)
            return over
        return True


def _as_json(value: Any) -> Any:
    """A record's part as Lambda gets it: JSON has no bytes, so a binary attribute is base64 text there."""
    match value:
        case dict():
            return {name: _as_json(one) for name, one in value.items()}
        case list():
            return [_as_json(one) for one in value]
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


_FILTERED = ("Keys", "NewImage")  # what the template's filters look at; boto3 made a datetime of something else
