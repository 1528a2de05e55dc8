"""The table itself: the one place that speaks DynamoDB's language, and how a record becomes an item and comes back.

Every write may come twice (Twilio retries, streams repeat, a captured request can be replayed), so each one sits behind
a condition of its own and the second answers as the first did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from ivr import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.records import Item, ItemKey, Record

R = TypeVar("R", bound="Record")

_BATCH_TRIES = 3


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

    from ivr.store.one_service import OneService

    config = Config(
        # A hanging DynamoDB costs 2 s an operation and 4 s a step at the worst; the function has 10, Twilio waits 15.
        connect_timeout=1,
        read_timeout=1,
        retries={"mode": "standard", "total_max_attempts": 2},
        parameter_validation=False,
        user_agent="call-screening-ivr",
        tcp_keepalive=True,
    )
    session = Session()
    session.register_component("data_loader", OneService("dynamodb"))
    return cast("DynamoDBClient", session.create_client("dynamodb", config=config))


class Table:
    """The table. ``client`` is injectable; nothing is read or opened before the first call."""

    def __init__(self, table: str, client: DynamoDBClient) -> None:
        self.table = table
        self.client = client

    def put(self, record: Record) -> None:
        """Store a record, in place of what was there."""
        try:
            self.client.put_item(TableName=self.table, Item=self._item(record))
        except (ClientError, BotoCoreError) as error:
            unwritten(error)

    def put_once(self, record: Record) -> None:
        """Store a record that must not be there yet. Raises ``AlreadyThereError``."""
        try:
            self.client.put_item(**self._once(record))
        except (ClientError, BotoCoreError) as error:
            if condition_failed(error):
                raise AlreadyThereError(str(record.key)) from error
            unwritten(error)

    def _batch_get(self, keys: list[ItemKey]) -> tuple[dict[ItemKey, Item], set[ItemKey]]:
        """The items found, and the keys that stayed unprocessed after some tries."""
        wanted = [self._key(key) for key in keys]
        found: dict[ItemKey, Item] = {}
        for attempt in range(_BATCH_TRIES):
            try:
                answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": wanted}})
            except (ClientError, BotoCoreError) as error:
                if attempt == 0:
                    unread(error)
                break
            for item in map(self._plain, answer.get("Responses", {}).get(self.table, [])):
                found[records.ItemKey(item["pk"], item["sk"])] = item
            unprocessed = answer.get("UnprocessedKeys", {})
            wanted = list(unprocessed[self.table]["Keys"]) if self.table in unprocessed else []
            if not wanted:
                break
        return found, {records.ItemKey(key["pk"]["S"], key["sk"]["S"]) for key in wanted}

    def _get(self, key: ItemKey) -> Item | None:
        try:
            answer = self.client.get_item(TableName=self.table, Key=self._key(key), ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            unread(error)
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
            unread(error)

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
                ExpressionAttributeValues={f":{name}": typed(value) for name, value in values.items()},
                ReturnValues="ALL_NEW",
            )
        except (ClientError, BotoCoreError) as error:
            if condition_failed(error):
                return None
            unwritten(error)
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
        return {name: typed(value) for name, value in record.to_item().items()}

    def _plain(self, item: Any) -> Item:
        return {name: untyped(value) for name, value in item.items()}


Value = str | int | set[str] | dict[str, Any]


def typed(value: Value) -> dict[str, Any]:
    """A value as DynamoDB's attribute: records hold words, whole numbers, sets of words, and maps of these."""
    match value:
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case set():
            return {"SS": sorted(value)}
        case dict():
            return {"M": {name: typed(inner) for name, inner in value.items()}}


def untyped(attribute: dict[str, Any]) -> Value:
    """What ``typed`` wrote, read back."""
    [(kind, value)] = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "SS":
            return set(value)
        case "M":
            return {name: untyped(inner) for name, inner in value.items()}
        case _:
            return str(value)


def maybe(kind: type[R], item: Item | None) -> R | None:
    """The record that an item holds, or None where there is no item."""
    return kind.from_item(item) if item else None


def condition_failed(error: Exception) -> bool:
    """Whether a write was refused by its own condition."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def cancelled_by(error: Exception) -> list[str]:
    """Why each item of a transaction could not be written, in their order: "None" where it could."""
    reasons = error.response.get("CancellationReasons", []) if isinstance(error, ClientError) else []
    return [str(reason.get("Code")) for reason in reasons]


def unread(error: Exception) -> NoReturn:
    """Raise ``StoreUnavailableError`` for a read that failed; its text names the kind of failure, and no value."""
    raise StoreUnavailableError(type(error).__name__) from error


def unwritten(error: Exception) -> NoReturn:
    """Raise ``StoreWriteError`` for a write that failed; its text names the kind of failure, and no value."""
    raise StoreWriteError(type(error).__name__) from error
