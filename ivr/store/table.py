"""The table itself: the one place that speaks DynamoDB's language, and how a record becomes an item and comes back.

Every write may come twice (Twilio retries, streams repeat, a captured request can be replayed), so each one sits behind
a condition of its own and the second answers as the first did.
"""

from __future__ import annotations

import re
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol, Self, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from ivr.observability.failures import CodedError, code_of
from ivr.records.base import ItemKey
from ivr.records.decoding import FOREIGN, Foreign, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.observability.log import Log
    from ivr.records.base import Item, Record

R = TypeVar("R", bound="Readable")
Value = str | int | set[str] | dict[str, Any] | Foreign

_BATCH_TRIES = 3
_CONFLICT_TRIES = 3
_FIRST_PAGES, _LATER_PAGES = (25, 200), 1000  # items of an index
_NOT_THERE = "attribute_not_exists(pk)"


class Readable(Protocol):
    """What an item can be read as."""

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read an item. Raises ``UnreadableError``."""
        ...


class Unread(NamedTuple):
    """An item that stands in the table and could not be read."""

    key: ItemKey
    kind: str  # what it was read as
    why: str  # a closed word (``ivr.records.decoding``)


class Notice:
    """Where a table tells of items that it could not read: a function's log, or a command's stderr."""

    def __init__(self) -> None:
        self.tell: Callable[[Unread], None] = lambda _: None

    def count_in(self, log: Log) -> None:
        """Count each in a function's log: its kind and why, and neither its key nor a value."""
        self.tell = lambda unread: log.count("item_unreadable", kind=unread.kind, why=unread.why)


class StoreUnavailableError(CodedError):
    """DynamoDB did not answer, or not in time; the text is a code for why.

    Whoever asked decides what the people on the phone are told.
    """


class StoreWriteError(StoreUnavailableError):
    """A write was not confirmed: it may or may not have happened, and is never said to have."""


class StoreRefusedError(StoreWriteError):
    """A write that DynamoDB refuses for what stands in it or in its item: it would refuse it again."""


def client() -> DynamoDBClient:
    """A DynamoDB client tuned for the caller's path: short time-outs, no work that can be left out (FACTS 10)."""
    from botocore.config import Config
    from botocore.session import Session  # boto3 would only wrap it, and bring the S3 transfers that we have none of

    from ivr.store.botocore_loader import BotocoreLoader

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
    session.register_component("data_loader", BotocoreLoader("dynamodb"))
    return cast("DynamoDBClient", session.create_client("dynamodb", config=config))


class Table:
    """The table. ``client`` is injectable; nothing is read or opened before the first call."""

    def __init__(self, table: str, client: DynamoDBClient) -> None:
        self.table = table
        self.client = client
        self.notice = Notice()

    @classmethod
    def beside(cls, other: Table) -> Self:
        """The same table in another room: what this class asks of it."""
        made = cls(other.table, other.client)
        made.notice = other.notice
        return made

    def put(self, record: Record) -> None:
        """Store a record, in place of what was there."""
        self._do(self.client.put_item, self._putting(record))

    def put_once(self, record: Record) -> bool:
        """Store a record that is not there yet. False: it is, and stays as it was."""
        return self._put_if(record, _NOT_THERE)

    # Reading. What stands in the table and can't be read is told of, and is as if it had not been read.

    def _read(self, kind: type[R], item: Item | None) -> R | None:
        """The record that an item holds. None: there is no item, or it can't be read."""
        if item is None:
            return None
        try:
            return kind.from_item(item)
        except UnreadableError as error:
            self.notice.tell(Unread(ItemKey(item["pk"], item["sk"]), error.kind, error.why))
            return None

    def _read_all(self, kind: type[R], items: Iterable[Item]) -> Iterator[R]:
        """The records that items hold, in their order; those that can't be read are left out."""
        return (record for record in (self._read(kind, item) for item in items) if record is not None)

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
                found[ItemKey(item["pk"], item["sk"])] = item
            unprocessed = answer.get("UnprocessedKeys", {})
            wanted = list(unprocessed[self.table]["Keys"]) if self.table in unprocessed else []
            if not wanted:
                break
        return found, {ItemKey(key["pk"]["S"], key["sk"]["S"]) for key in wanted}

    def _get(self, key: ItemKey) -> Item | None:
        try:
            answer = self.client.get_item(TableName=self.table, Key=self._key(key), ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            unread(error)
        return self._plain(answer["Item"]) if "Item" in answer else None

    def _partition(self, pk: str, prefix: str = "", *, most: int | None = None) -> Iterator[Item]:
        """A partition's items in the order of their sort keys: those whose begins so, and no more than ``most``."""
        return self._query(
            "pk = :pk AND begins_with(sk, :prefix)" if prefix else "pk = :pk",
            {"pk": pk, "prefix": prefix} if prefix else {"pk": pk},
            most,
            ConsistentRead=True,
        )

    def _indexed(self, index: str, name: str, value: str, *, newest_first: bool = False) -> Iterator[Item]:
        """The items of one partition of an index, whose key is the attribute ``name``, page after page.

        The first pages are small, so that whoever looks at the first items waits for no others, and none is large, so
        that what is held at a time does not grow with the table.
        """
        asked: Any = {
            "TableName": self.table,
            "IndexName": index,
            "ScanIndexForward": not newest_first,
            **expressions({name: value}, KeyConditionExpression=f"#{name} = :{name}"),
        }
        for size in chain(_FIRST_PAGES, repeat(_LATER_PAGES)):
            try:
                page = self.client.query(**asked, Limit=size)
            except (ClientError, BotoCoreError) as error:
                unread(error)
            yield from map(self._plain, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _query(self, condition: str, values: Mapping[str, str], most: int | None = None, **how: Any) -> Iterator[Item]:
        asked = {"TableName": self.table, **expressions(values, KeyConditionExpression=condition), **how}
        limits: Any = {"MaxItems": most, "PageSize": most}
        try:
            for page in self.client.get_paginator("query").paginate(**asked, PaginationConfig=limits):
                yield from map(self._plain, page["Items"])
        except (ClientError, BotoCoreError) as error:
            unread(error)

    # Writing. In an expression #name is the attribute of that name, and :name a value that is given beside it.

    def _putting(self, record: Record, condition: str = "", /, **values: Value) -> Any:
        """The arguments of a write that puts a record in place of what is there, if the condition holds."""
        where = {"TableName": self.table, "Item": self._item(record)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def _putting_once(self, record: Record) -> Any:
        """The arguments of a write that puts a record that is not there yet."""
        return self._putting(record, _NOT_THERE)

    def _updating(self, key: ItemKey, update: str, condition: str = "", /, **values: Value) -> Any:
        """The arguments of a write that changes an item, if the condition holds."""
        where = {"TableName": self.table, "Key": self._key(key)}
        return {**where, **expressions(values, UpdateExpression=update, ConditionExpression=condition)}

    def _checking(self, key: ItemKey, condition: str, /, **values: Value) -> Any:
        """The arguments of a check in a transaction: an item is as the condition says."""
        where = {"TableName": self.table, "Key": self._key(key)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def _deleting(self, key: ItemKey, condition: str, /, **values: Value) -> Any:
        """The arguments of a write that removes an item, if the condition holds."""
        where = {"TableName": self.table, "Key": self._key(key)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def _do(self, write: Callable[..., Any], arguments: Any) -> Any | None:
        """Do one write, and return DynamoDB's answer. None: its condition does not hold."""
        try:
            return write(**arguments)
        except (ClientError, BotoCoreError) as error:
            if condition_failed(error):
                return None
            unwritten(error)

    def _put_if(self, record: Record, condition: str, /, **values: Value) -> bool:
        """Put a record in place of what is there, if the condition holds. False: it does not."""
        return self._do(self.client.put_item, self._putting(record, condition, **values)) is not None

    def _update_if(self, key: ItemKey, update: str, condition: str, /, **values: Value) -> bool:
        """Change an item, if the condition holds. False: it does not."""
        return self._do(self.client.update_item, self._updating(key, update, condition, **values)) is not None

    def _change(self, key: ItemKey, update: str, condition: str = "", /, **values: Value) -> Item | None:
        """Change an item, and return it as it then is. None: the condition does not hold."""
        arguments = self._updating(key, update, condition, **values)
        answer = self._do(self.client.update_item, {**arguments, "ReturnValues": "ALL_NEW"})
        return self._plain(answer["Attributes"]) if answer else None

    def _set_once(self, kind: type[R], key: ItemKey, condition: str, /, **values: Value) -> R | None:
        """Set attributes of an item that are not set yet, and return its record. None: the condition does not hold."""
        return self._read(kind, self._change(key, f"SET {unset(values)}", condition, **values))

    def _all_or_none(self, *writes: Mapping[str, Any]) -> list[bool]:
        """Do all of these writes, each {"Put": ...} or the like, or none of them: then which conditions do not hold.

        An empty list: they are done. Two transactions on one item at one moment conflict; that is tried again.
        """
        for _ in range(_CONFLICT_TRIES):
            try:
                self.client.transact_write_items(TransactItems=cast("Any", writes))
            except (ClientError, BotoCoreError) as error:
                codes = cancelled_by(error)
                if "TransactionConflict" in codes:
                    continue
                if "ConditionalCheckFailed" in codes:
                    return [code == "ConditionalCheckFailed" for code in codes]
                unwritten(error)
            return []
        raise StoreWriteError("TransactionConflict")

    def _key(self, key: ItemKey) -> Any:
        return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}

    def _item(self, record: Record) -> Any:
        return {name: typed(value) for name, value in record.to_item().items()}

    def _plain(self, item: Any) -> Item:
        return {name: untyped(value) for name, value in item.items()}


def expressions(values: Mapping[str, Value], **written: str) -> dict[str, Any]:
    """Expressions as DynamoDB wants them: with the name for each #name in them, and the value for each :name."""
    names = {f"#{name}": name for expression in written.values() for name in re.findall(r"#(\w+)", expression)}
    beside = {
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {f":{name}": typed(value) for name, value in values.items()},
    }
    return {name: value for name, value in {**written, **beside}.items() if value}  # it refuses an empty one


def unset(names: Iterable[str]) -> str:
    """What sets these attributes where they are not set yet, as a part of an update."""
    return ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in names)


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
        case Foreign():
            raise TypeError("what was not read can't be written")


def untyped(attribute: dict[str, Any]) -> Value:
    """What ``typed`` wrote, read back; a value of any other type is ``FOREIGN``."""
    [(kind, value)] = attribute.items()
    match kind:
        case "N":
            return int(value) if value.removeprefix("-").isdecimal() else FOREIGN
        case "S":
            return str(value)
        case "SS":
            return set(value)
        case "M":
            return {name: untyped(inner) for name, inner in value.items()}
        case _:
            return FOREIGN


def maybe(kind: type[R], item: Item | None) -> R | None:
    """The record that an item holds, or None where there is no item. Raises ``UnreadableError``."""
    return kind.from_item(item) if item else None


def condition_failed(error: Exception) -> bool:
    """Whether a write was refused by its own condition."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def cancelled_by(error: Exception) -> list[str]:
    """Why each item of a transaction could not be written, in their order: "None" where it could."""
    reasons = error.response.get("CancellationReasons", []) if isinstance(error, ClientError) else []
    return [str(reason.get("Code")) for reason in reasons]


def unread(error: Exception) -> NoReturn:
    """Raise ``StoreUnavailableError`` for a read that failed; its text is a code for why, and no value."""
    raise StoreUnavailableError(code_of(error)) from error


def unwritten(error: Exception) -> NoReturn:
    """Raise ``StoreWriteError`` for a write that failed; its text is a code for why, and no value."""
    refused = isinstance(error, ClientError) and error.response["Error"]["Code"] == "ValidationException"
    if refused or "ValidationError" in cancelled_by(error):
        raise StoreRefusedError(code_of(error)) from error
    raise StoreWriteError(code_of(error)) from error
