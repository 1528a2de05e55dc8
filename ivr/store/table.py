"""The table itself: the one place that speaks DynamoDB's language, and how a record becomes an item and comes back.

Every write may come twice (Twilio retries, streams repeat, a captured request can be replayed), so each one sits behind
a condition of its own and the second answers as the first did.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from ivr.records.base import ItemKey
from ivr.records.decoding import UnreadableError
from ivr.store.attributes import expressions, typed, unset, untyped
from ivr.store.errors import (
    CONDITION_FAILED,
    StoreWriteError,
    cancelled_by,
    condition_failed,
    item_of,
    unread,
    unwritten,
)
from ivr.store.unreadable import Notice, Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.records.base import Item, Record
    from ivr.store.attributes import Value

R = TypeVar("R", bound="Readable")

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


class Table:
    """The table. ``client`` is injectable; nothing is read or opened before the first call."""

    def __init__(self, name: str, client: DynamoDBClient) -> None:
        self.name = name
        self.client = client
        self.notice = Notice()

    def put(self, record: Record) -> None:
        """Store a record, in place of what was there."""
        self.do(self.client.put_item, self.putting(record))

    def put_once(self, record: Record) -> bool:
        """Store a record that is not there yet. False: it is, and stays as it was."""
        return self.put_if(record, _NOT_THERE)

    def put_or_read(self, record: Record) -> Item | None:
        """Store a record that is not there yet. Returns the item that stands there instead; None: it was stored."""
        try:
            self.client.put_item(**shown(self.putting_once(record)))
        except (ClientError, BotoCoreError) as error:
            if condition_failed(error):
                return self.plain(item_of(error))
            unwritten(error)
        return None

    # Reading. What stands in the table and can't be read is told of, and is as if it had not been read.

    def read(self, kind: type[R], item: Item | None) -> R | None:
        """The record that an item holds. None: there is no item, or it can't be read."""
        if item is None:
            return None
        try:
            return kind.from_item(item)
        except UnreadableError as error:
            self.notice.tell(Unread(ItemKey(item["pk"], item["sk"]), error.kind, error.why))
            return None

    def read_all(self, kind: type[R], items: Iterable[Item]) -> Iterator[R]:
        """The records that items hold, in their order; those that can't be read are left out."""
        return (record for record in (self.read(kind, item) for item in items) if record is not None)

    def batch_get(self, keys: list[ItemKey]) -> tuple[dict[ItemKey, Item], set[ItemKey]]:
        """The items found, and the keys that stayed unprocessed after some tries."""
        wanted = [self.key(key) for key in keys]
        found: dict[ItemKey, Item] = {}
        for attempt in range(_BATCH_TRIES):
            try:
                answer = self.client.batch_get_item(RequestItems={self.name: {"Keys": wanted}})
            except (ClientError, BotoCoreError) as error:
                if attempt == 0:
                    unread(error)
                break
            for item in map(self.plain, answer.get("Responses", {}).get(self.name, [])):
                found[ItemKey(item["pk"], item["sk"])] = item
            unprocessed = answer.get("UnprocessedKeys", {})
            wanted = list(unprocessed[self.name]["Keys"]) if self.name in unprocessed else []
            if not wanted:
                break
        return found, {ItemKey(key["pk"]["S"], key["sk"]["S"]) for key in wanted}

    def get(self, key: ItemKey) -> Item | None:
        """The item at a key."""
        try:
            answer = self.client.get_item(TableName=self.name, Key=self.key(key), ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            unread(error)
        return self.plain(answer["Item"]) if "Item" in answer else None

    def partition(self, pk: str, prefix: str = "", *, most: int | None = None) -> Iterator[Item]:
        """A partition's items in the order of their sort keys: those whose begins so, and no more than ``most``."""
        return self._query(
            "pk = :pk AND begins_with(sk, :prefix)" if prefix else "pk = :pk",
            {"pk": pk, "prefix": prefix} if prefix else {"pk": pk},
            most,
            ConsistentRead=True,
        )

    def indexed(self, index: str, name: str, value: str, *, newest_first: bool = False) -> Iterator[Item]:
        """The items of one partition of an index, whose key is the attribute ``name``, page after page.

        The first pages are small, so that whoever looks at the first items waits for no others, and none is large, so
        that what is held at a time does not grow with the table.
        """
        asked: Any = {
            "TableName": self.name,
            "IndexName": index,
            "ScanIndexForward": not newest_first,
            **expressions({name: value}, KeyConditionExpression=f"#{name} = :{name}"),
        }
        for size in chain(_FIRST_PAGES, repeat(_LATER_PAGES)):
            try:
                page = self.client.query(**asked, Limit=size)
            except (ClientError, BotoCoreError) as error:
                unread(error)
            yield from map(self.plain, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _query(self, condition: str, values: Mapping[str, str], most: int | None = None, **how: Any) -> Iterator[Item]:
        asked = {"TableName": self.name, **expressions(values, KeyConditionExpression=condition), **how}
        limits: Any = {"MaxItems": most, "PageSize": most}
        try:
            for page in self.client.get_paginator("query").paginate(**asked, PaginationConfig=limits):
                yield from map(self.plain, page["Items"])
        except (ClientError, BotoCoreError) as error:
            unread(error)

    def scan(self) -> Iterator[Item]:
        """Every item: for people of the desk alone, since no function has the right to it."""
        try:
            for page in self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True):
                yield from map(self.plain, page["Items"])
        except (ClientError, BotoCoreError) as error:
            unread(error)

    # Writing. In an expression #name is the attribute of that name, and :name a value that is given beside it.

    def putting(self, record: Record, condition: str = "", /, **values: Value) -> Any:
        """The arguments of a write that puts a record in place of what is there, if the condition holds."""
        where = {"TableName": self.name, "Item": self.item(record)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def putting_once(self, record: Record) -> Any:
        """The arguments of a write that puts a record that is not there yet."""
        return self.putting(record, _NOT_THERE)

    def updating(self, key: ItemKey, update: str, condition: str = "", /, **values: Value) -> Any:
        """The arguments of a write that changes an item, if the condition holds."""
        where = {"TableName": self.name, "Key": self.key(key)}
        return {**where, **expressions(values, UpdateExpression=update, ConditionExpression=condition)}

    def checking(self, key: ItemKey, condition: str, /, **values: Value) -> Any:
        """The arguments of a check in a transaction: an item is as the condition says."""
        where = {"TableName": self.name, "Key": self.key(key)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def deleting(self, key: ItemKey, condition: str, /, **values: Value) -> Any:
        """The arguments of a write that removes an item, if the condition holds."""
        where = {"TableName": self.name, "Key": self.key(key)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def do(self, write: Callable[..., Any], arguments: Any) -> Any | None:
        """Do one write, and return DynamoDB's answer. None: its condition does not hold."""
        try:
            return write(**arguments)
        except (ClientError, BotoCoreError) as error:
            if condition_failed(error):
                return None
            unwritten(error)

    def delete(self, key: ItemKey) -> None:
        """Remove an item."""
        self.do(self.client.delete_item, {"TableName": self.name, "Key": self.key(key)})

    def put_if(self, record: Record, condition: str, /, **values: Value) -> bool:
        """Put a record in place of what is there, if the condition holds. False: it does not."""
        return self.do(self.client.put_item, self.putting(record, condition, **values)) is not None

    def update_if(self, key: ItemKey, update: str, condition: str, /, **values: Value) -> bool:
        """Change an item, if the condition holds. False: it does not."""
        return self.do(self.client.update_item, self.updating(key, update, condition, **values)) is not None

    def change(self, key: ItemKey, update: str, condition: str = "", /, **values: Value) -> Item | None:
        """Change an item, and return it as it then is. None: the condition does not hold."""
        arguments = self.updating(key, update, condition, **values)
        answer = self.do(self.client.update_item, {**arguments, "ReturnValues": "ALL_NEW"})
        return self.plain(answer["Attributes"]) if answer else None

    def set_once(self, kind: type[R], key: ItemKey, condition: str, /, **values: Value) -> R | None:
        """Set attributes of an item that are not set yet, and return its record. None: the condition does not hold."""
        return self.read(kind, self.change(key, f"SET {unset(values)}", condition, **values))

    def all_or_none(self, **writes: Mapping[str, Any]) -> dict[str, Item | None]:
        """Do all of these writes, each ``{"Put": ...}`` or the like, or none of them.

        Returns the names of those whose condition does not hold, each with its item if it was asked for (``shown``);
        nothing where the writes are done. Two transactions on one item at one moment conflict; that is tried again.
        """
        for _ in range(_CONFLICT_TRIES):
            try:
                self.client.transact_write_items(TransactItems=cast("Any", [*writes.values()]))
            except (ClientError, BotoCoreError) as error:
                reasons = dict(zip(writes, cancelled_by(error), strict=False))
                codes = {reason.code for reason in reasons.values()}
                if "TransactionConflict" in codes:
                    continue
                if CONDITION_FAILED in codes:
                    refused = {name: reason for name, reason in reasons.items() if reason.code == CONDITION_FAILED}
                    return {name: self.plain(reason.item) if reason.item else None for name, reason in refused.items()}
                unwritten(error)
            return {}
        raise StoreWriteError("TransactionConflict")

    def key(self, key: ItemKey) -> Any:
        """A key as DynamoDB's attributes."""
        return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}

    def item(self, record: Record) -> Any:
        """A record as DynamoDB's attributes."""
        return {name: typed(value) for name, value in record.to_item().items()}

    def plain(self, item: Any) -> Item:
        """DynamoDB's attributes as plain values."""
        return {name: untyped(value) for name, value in item.items()}


def shown(write: Mapping[str, Any]) -> dict[str, Any]:
    """A write that answers with its item as it stands, where its condition does not hold: a read is saved."""
    return {**write, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
