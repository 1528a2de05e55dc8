"""The one module that talks to DynamoDB: the table's reads and its conditional writes, in the records' terms.

Every write may come twice (Twilio retries, and a captured request can be replayed), so each one sits behind a
condition of its own and the second answers as the first did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from ivr import records
from ivr.screening.rules import Looked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.numbers import Number
    from ivr.records import CallRecord, Item, ItemKey, Line, NumberDraft, Record, Report, Ring

R = TypeVar("R", bound="Record")

_LINES_KEPT = 1000
_LINE_FRESH_SECONDS = 60  # a call's notice and check take less
_BATCH_TRIES = 3
_CONFLICT_TRIES = 3
_SHORTEST_PREFIX = 3  # a plus and two digits: no rule of the desk is wider than a country


class StoreUnavailableError(Exception):
    """DynamoDB did not answer, or not in time. Whoever asked decides what the people on the phone are told."""


class StoreWriteError(StoreUnavailableError):
    """A write was not confirmed: it may or may not have happened, and is never said to have."""


class AlreadyThereError(Exception):
    """A record that may be written once is there already."""


def client() -> DynamoDBClient:
    """A DynamoDB client tuned for the caller's path: short time-outs, no work that can be left out (FACTS 10)."""
    from botocore.config import Config
    from botocore.session import Session  # boto3 would only wrap it, and bring the S3 transfers that we have none of

    config = Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 2},  # some 6 s at the worst; Twilio hangs up after 15
        parameter_validation=False,
        user_agent="call-screening-ivr",
        tcp_keepalive=True,
    )
    return cast("DynamoDBClient", Session().create_client("dynamodb", config=config))


class Store:
    """The table. ``client`` is injectable; nothing is read or opened before the first call."""

    def __init__(self, table: str, client: DynamoDBClient) -> None:
        self.table = table
        self.client = client
        self._lines: dict[str, tuple[Line, int]] = {}  # the last good record of each line, and when it was read

    # The caller's first answer: one round trip.

    def look_up(self, to: str, caller: Number, now: int) -> Looked:
        """Everything that a verdict needs, in ONE BatchGetItem of keys made from To and From alone.

        A partial answer comes back with ``complete`` False. Where the line itself could not be read, the container's
        last good record of it serves; raises ``StoreUnavailableError`` where there is none.
        """
        keys = list(dict.fromkeys(_keys_for(to, caller.text)))  # a line may ring itself; no key may stand twice
        try:
            items, missing = self._batch_get(keys)
        except StoreUnavailableError:
            if to in self._lines:
                return Looked(line=self._lines[to][0], complete=False)
            raise
        line = self._remember(to, items, missing, now)
        rules = [items[k] for k in keys if k.pk.startswith("PREFIX#") and k in items]
        return Looked(
            line=line,
            caller_is_line=bool(caller.text) and records.line_key(caller.text) in items,
            ring=_maybe(records.Ring, items.get(records.ring_key(to))),
            listed=_maybe(records.Listed, items.get(records.listed_key(to, caller.text))),
            decision=_maybe(records.DeskDecision, items.get(records.decision_key(caller.text))),
            prefix_rules=tuple(records.PrefixRule.from_item(item) for item in rules),
            complete=not missing,
        )

    def _remember(self, to: str, items: dict[ItemKey, Item], missing: set[ItemKey], now: int) -> Line | None:
        key = records.line_key(to)
        if key in missing:
            if to not in self._lines:
                raise StoreUnavailableError("the line's record was left unprocessed")
            return self._lines[to][0]
        if key not in items:
            self._lines.pop(to, None)
            return None
        line = records.Line.from_item(items[key])
        if len(self._lines) >= _LINES_KEPT:
            self._lines.pop(next(iter(self._lines)))
        self._lines[to] = line, now
        return line

    def _batch_get(self, keys: list[ItemKey]) -> tuple[dict[ItemKey, Item], set[ItemKey]]:
        """The items found, and the keys that stayed unprocessed after some tries."""
        wanted = [self._key(key) for key in keys]
        found: dict[ItemKey, Item] = {}
        for attempt in range(_BATCH_TRIES):
            try:
                answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": wanted}})
            except (ClientError, BotoCoreError) as error:
                if attempt == 0:
                    _unread(error)
                break
            for item in map(self._plain, answer.get("Responses", {}).get(self.table, [])):
                found[records.ItemKey(item["pk"], item["sk"])] = item
            unprocessed = answer.get("UnprocessedKeys", {})
            wanted = list(unprocessed[self.table]["Keys"]) if self.table in unprocessed else []
            if not wanted:
                break
        return found, {records.ItemKey(key["pk"]["S"], key["sk"]["S"]) for key in wanted}

    # Ringing the customer.

    def line(self, number: str, now: int) -> Line | None:
        """A line by its number.

        What this container read within the last minute needs no read, and an older record serves when there is none.
        """
        known, read_at = self._lines.get(number, (None, 0))
        if known and now - read_at <= _LINE_FRESH_SECONDS:
            return known
        key = records.line_key(number)
        try:
            item = self._get(key)
        except StoreUnavailableError:
            if known:
                return known
            raise
        return self._remember(number, {key: item} if item else {}, set(), now)

    def open_ring(self, ring: Ring, call: CallRecord, now: int) -> bool:
        """Take the line for this call and record the call, in one write. False: another call has the line."""
        take_line = {
            "TableName": self.table,
            "Item": self._item(ring),
            "ConditionExpression": "attribute_not_exists(pk) OR #until <= :now OR call_sid = :call",
            "ExpressionAttributeNames": {"#until": "until"},
            "ExpressionAttributeValues": {":now": {"N": str(now)}, ":call": {"S": ring.call_sid}},
        }
        for _ in range(_CONFLICT_TRIES):
            try:
                self.client.transact_write_items(TransactItems=[{"Put": take_line}, {"Put": self._once(call)}])  # type: ignore[typeddict-item]
            except ClientError as error:
                codes = _cancelled_by(error)
                if "TransactionConflict" in codes:
                    continue  # another caller of this very moment; the condition decides on the next try
                if codes[:1] == ["ConditionalCheckFailed"]:
                    return False
                if codes[1:] == ["ConditionalCheckFailed"]:
                    return True  # the same call again: its record is there
                _unwritten(error)
            except BotoCoreError as error:
                _unwritten(error)
            else:
                return True
        raise StoreWriteError("TransactionConflict")

    def hold_ring(self, line: str, call_sid: str, until: int, now: int) -> None:
        """Keep the line taken while the two talk; a line that was freed meanwhile stays free."""
        self._change_ring(line, call_sid, until, "#until > :now", {":now": {"N": str(now)}})

    def close_ring(self, line: str, call_sid: str) -> None:
        """Free the line, if this call still has it."""
        self._change_ring(line, call_sid, 0, "attribute_exists(pk)", {})

    def _change_ring(self, line: str, call_sid: str, until: int, condition: str, values: dict[str, Any]) -> None:
        try:
            self.client.update_item(
                TableName=self.table,
                Key=self._key(records.ring_key(line)),
                UpdateExpression="SET #until = :until",
                ConditionExpression=f"call_sid = :call AND {condition}",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":until": {"N": str(until)}, ":call": {"S": call_sid}, **values},
            )
        except (ClientError, BotoCoreError) as error:
            if not _condition_failed(error):
                _unwritten(error)

    # The screened call's record.

    def accept(self, call_sid: str, now: int, *, wants_trust: bool) -> CallRecord | None:
        """Store that the customer accepted this call with a key, the first time it was said. None: no such call."""
        return self._update(
            records.CallRecord,
            records.call_key(call_sid),
            {"accepted_at": now, "wants_trust": int(wants_trust)},
            condition="attribute_exists(pk)",
            only_once=True,
        )

    def trust(self, call: CallRecord, now: int) -> None:
        """Put a call's caller on the customer's own list, once a call: what is undone later stays undone."""
        allow = records.Listed(line=call.line, caller=call.caller, word="allow")
        once = {
            "TableName": self.table,
            "Key": self._key(call.key),
            "UpdateExpression": "SET trusted_at = :now",
            "ConditionExpression": "attribute_not_exists(trusted_at)",
            "ExpressionAttributeValues": {":now": {"N": str(now)}},
        }
        put = {"TableName": self.table, "Item": self._item(allow)}
        try:
            self.client.transact_write_items(TransactItems=[{"Update": once}, {"Put": put}])  # type: ignore[typeddict-item]
        except (ClientError, BotoCoreError) as error:
            if _cancelled_by(error)[:1] != ["ConditionalCheckFailed"]:
                _unwritten(error)

    def call_with_reports(self, call_sid: str) -> tuple[CallRecord | None, list[Report]]:
        """A call's record and what was reported in it, in one query."""
        items = list(self._query("pk", f"CALL#{call_sid}", consistent=True))
        calls = [records.CallRecord.from_item(item) for item in items if item["sk"] == "CALL"]
        reports = [records.Report.from_item(item) for item in items if item["sk"].startswith("REPORT#")]
        return (calls[0] if calls else None), reports

    def call(self, call_sid: str) -> CallRecord | None:
        """A call's record."""
        return _maybe(records.CallRecord, self._get(records.call_key(call_sid)))

    # Reports.

    def put_report(self, report: Report) -> Report:
        """Store a report, once: a second delivery gets the report that the first one stored."""
        try:
            self.put_once(report)
        except AlreadyThereError:
            item = self._get(report.key)
            return records.Report.from_item(item) if item else report
        return report

    def note_report(self, call_sid: str, which: str, values: dict[str, str]) -> None:
        """Add to a report what the customer said of it; the first answer stays, and an absent report stays absent."""
        key = records.report_key(call_sid, which)
        self._update(records.Report, key, dict(values), condition="attribute_exists(pk)", only_once=True)

    def draft(self, call_sid: str, which: str) -> NumberDraft | None:
        """A number that was typed and not confirmed yet."""
        return _maybe(records.NumberDraft, self._get(records.draft_key(call_sid, which)))

    # Whatever is written as it is.

    def put(self, record: Record) -> None:
        """Store a record, in place of what was there."""
        try:
            self.client.put_item(TableName=self.table, Item=self._item(record))
        except (ClientError, BotoCoreError) as error:
            _unwritten(error)

    def put_once(self, record: Record) -> None:
        """Store a record that must not be there yet. Raises ``AlreadyThereError``."""
        try:
            self.client.put_item(**self._once(record))
        except (ClientError, BotoCoreError) as error:
            if _condition_failed(error):
                raise AlreadyThereError(str(record.key)) from error
            _unwritten(error)

    # Lists, for the desk.

    def lines(self) -> list[Line]:
        """Every registered line, by number."""
        return [records.Line.from_item(item) for item in self._query("list_kind", "lines", index="listing")]

    def decisions(self) -> list[records.DeskDecision]:
        """Every decision of the desk on a number."""
        found = self._query("list_kind", "callers", index="listing")
        return [records.DeskDecision.from_item(item) for item in found]

    def reports_of(self, day: str) -> list[Report]:
        """The reports of a day (UTC, as 2026-11-24), oldest first."""
        shards = (f"{day}#{shard}" for shard in range(records.REPORT_SHARDS))
        items = [item for shard in shards for item in self._query("report_day", shard, index="reports")]
        return [records.Report.from_item(item) for item in sorted(items, key=lambda item: str(item["reported_key"]))]

    # How it is done.

    def _get(self, key: ItemKey) -> Item | None:
        try:
            answer = self.client.get_item(TableName=self.table, Key=self._key(key), ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            _unread(error)
        return self._plain(answer["Item"]) if "Item" in answer else None

    def _query(self, name: str, value: str, *, index: str = "", consistent: bool = False) -> Iterator[Item]:
        arguments: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "#key = :value",
            "ExpressionAttributeNames": {"#key": name},
            "ExpressionAttributeValues": {":value": {"S": value}},
            "ConsistentRead": consistent,
            **({"IndexName": index} if index else {}),
        }
        try:
            for page in self.client.get_paginator("query").paginate(**arguments):
                yield from map(self._plain, page["Items"])
        except (ClientError, BotoCoreError) as error:
            _unread(error)

    def _update(
        self, kind: type[R], key: ItemKey, values: dict[str, Any], *, condition: str, only_once: bool = False
    ) -> R | None:
        """Set attributes of an item; None where the condition fails. ``only_once``: what is set already stays."""
        sets = ", ".join(
            f"#{name} = if_not_exists(#{name}, :{name})" if only_once else f"#{name} = :{name}" for name in values
        )
        try:
            answer = self.client.update_item(
                TableName=self.table,
                Key=self._key(key),
                UpdateExpression=f"SET {sets}",
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={f":{name}": _typed(value) for name, value in values.items()},
                ReturnValues="ALL_NEW",
            )
        except (ClientError, BotoCoreError) as error:
            if _condition_failed(error):
                return None
            _unwritten(error)
        return kind.from_item(self._plain(answer["Attributes"]))

    def _once(self, record: Record) -> Any:
        return {
            "TableName": self.table,
            "Item": self._item(record),
            "ConditionExpression": "attribute_not_exists(pk)",
        }

    def _key(self, key: ItemKey) -> Any:
        return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}

    def _item(self, record: Record) -> Any:
        return {name: _typed(value) for name, value in record.to_item().items()}

    def _plain(self, item: Any) -> Item:
        return {name: _untyped(value) for name, value in item.items()}


def _typed(value: str | int) -> dict[str, str]:
    """A value as DynamoDB's attribute: records hold words and whole numbers, nothing else."""
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _untyped(attribute: dict[str, str]) -> str | int:
    return int(attribute["N"]) if "N" in attribute else attribute["S"]


def _keys_for(to: str, caller: str) -> Iterable[ItemKey]:
    """The keys of the one look-up. Reputation, campaign, familiarity and aftermath will add theirs here."""
    yield records.line_key(to)
    yield records.ring_key(to)
    if caller:
        yield records.line_key(caller)
        yield records.listed_key(to, caller)
        yield records.decision_key(caller)
        for length in range(_SHORTEST_PREFIX, len(caller) + 1):
            yield records.rule_key(caller[:length])


def _maybe(kind: type[R], item: Item | None) -> R | None:
    return kind.from_item(item) if item else None


def _condition_failed(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def _cancelled_by(error: Exception) -> list[str]:
    """Why each item of a transaction could not be written, in their order: "None" where it could."""
    reasons = error.response.get("CancellationReasons", []) if isinstance(error, ClientError) else []
    return [str(reason.get("Code")) for reason in reasons]


def _unread(error: Exception) -> NoReturn:
    raise StoreUnavailableError(type(error).__name__) from error


def _unwritten(error: Exception) -> NoReturn:
    raise StoreWriteError(type(error).__name__) from error
