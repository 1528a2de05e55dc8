"""The table: DynamoDB requests, and the conversion between records and items.

Every write may be repeated (Twilio retries, streams repeat, a captured request can be replayed), so each one has a
condition, and the second has the same result as the first.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from ivr.records.base import ItemKey
from ivr.records.decoding import UnreadableError
from ivr.store.attributes import expressions, plain, typed, unset
from ivr.store.errors import (
    CONDITION_FAILED,
    CONFLICT,
    StoreWriteError,
    cancelled_by,
    condition_failed,
    in_conflict,
    item_of,
    raise_read_error,
    raise_write_error,
)
from ivr.store.unreadable import UnreadableItem, UnreadableNotice

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
    """A kind of record that can be read from an item."""

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read an item. Raises ``UnreadableError``."""
        ...


class Table:
    """The table. ``client`` is injectable; nothing is read or opened before the first call."""

    def __init__(self, name: str, client: DynamoDBClient) -> None:
        self.name = name
        self.client = client
        self.notice = UnreadableNotice()

    def put(self, record: Record) -> None:
        """Store a record, in place of what was there."""
        self.do(self.client.put_item, self.putting(record))

    def put_once(self, record: Record) -> bool:
        """Store a record if its key is free. False: it is not; the stored item stays."""
        return self.put_if(record, _NOT_THERE)

    def put_or_read(self, record: Record) -> Item | None:
        """Store a record if its key is free. Returns the stored item if it is not; None: the record was stored."""
        answer, stored = self._do_or_read(self.client.put_item, with_old_item(self.putting_once(record)))
        return stored if answer is None else None

    # Reading. An item that can't be read is reported to ``notice`` and treated as missing.

    def read(self, kind: type[R], item: Item | None) -> R | None:
        """The record of an item. None: there is no item, or it can't be read."""
        if item is None:
            return None
        try:
            return kind.from_item(item)
        except UnreadableError as error:
            self.notice.notify(UnreadableItem(ItemKey(item["pk"], item["sk"]), error.kind, error.why))
            return None

    def read_all(self, kind: type[R], items: Iterable[Item]) -> Iterator[R]:
        """The records of items, in the same order, without those that can't be read."""
        return (record for record in (self.read(kind, item) for item in items) if record is not None)

    def batch_get(self, keys: list[ItemKey], *, consistent: bool = False) -> tuple[dict[ItemKey, Item], set[ItemKey]]:
        """The items found, and the keys that DynamoDB left unprocessed after three attempts."""
        wanted = [self.key(key) for key in keys]
        found: dict[ItemKey, Item] = {}
        for attempt in range(_BATCH_TRIES):
            try:
                asked: Any = {"Keys": wanted, **({"ConsistentRead": True} if consistent else {})}
                answer = self.client.batch_get_item(RequestItems={self.name: asked})
            except (ClientError, BotoCoreError) as error:
                if attempt == 0:
                    raise_read_error(error)
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
            raise_read_error(error)
        return self.plain(answer["Item"]) if "Item" in answer else None

    def partition(self, pk: str, prefix: str = "", *, most: int | None = None) -> Iterator[Item]:
        """The first ``most`` items of a partition, by sort key, whose sort key begins with ``prefix``."""
        return self._query(
            "pk = :pk AND begins_with(sk, :prefix)" if prefix else "pk = :pk",
            {"pk": pk, "prefix": prefix} if prefix else {"pk": pk},
            most,
            ConsistentRead=True,
        )

    def indexed(self, index: str, name: str, value: str, *, newest_first: bool = False) -> Iterator[Item]:
        """The items of one partition of an index, whose key is the attribute ``name``, page after page.

        The first pages are small, so that the first items come fast, and later ones are limited, so that memory use
        doesn't grow with the table.
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
                raise_read_error(error)
            yield from map(self.plain, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def page(
        self, index: str, condition: str, size: int, *, newest_first: bool = False, **values: Value
    ) -> tuple[list[Item], bool]:
        """The first ``size`` items of an index that meet a key condition, in one request, and whether there are more.

        In the condition, ``:pk`` is the index's partition.
        """
        items, more = self.query(
            {
                "IndexName": index,
                "ScanIndexForward": not newest_first,
                "Limit": size + 1,
                **expressions(values, KeyConditionExpression=condition),
            }
        )
        return items[:size], len(items) > size or more

    def query(self, asked: Mapping[str, Any]) -> tuple[list[Item], bool]:
        """The items that one request finds, and whether DynamoDB has more of them."""
        try:
            page = self.client.query(TableName=self.name, **asked)
        except (ClientError, BotoCoreError) as error:
            raise_read_error(error)
        return [*map(self.plain, page["Items"])], "LastEvaluatedKey" in page

    def _query(self, condition: str, values: Mapping[str, str], most: int | None = None, **how: Any) -> Iterator[Item]:
        asked = {"TableName": self.name, **expressions(values, KeyConditionExpression=condition), **how}
        limits: Any = {"MaxItems": most, "PageSize": most}
        try:
            for page in self.client.get_paginator("query").paginate(**asked, PaginationConfig=limits):
                yield from map(self.plain, page["Items"])
        except (ClientError, BotoCoreError) as error:
            raise_read_error(error)

    def scan(self) -> Iterator[Item]:
        """Every item. Only for the desk's commands: no function has the IAM right to scan."""
        try:
            for page in self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True):
                yield from map(self.plain, page["Items"])
        except (ClientError, BotoCoreError) as error:
            raise_read_error(error)

    # Writing. In an expression, #name is the attribute of that name, and :name a value from the keyword arguments.

    def putting(self, record: Record, condition: str = "", /, **values: Value) -> Any:
        """The arguments of PutItem, with an optional condition."""
        where = {"TableName": self.name, "Item": self.item(record)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def putting_once(self, record: Record) -> Any:
        """The arguments of PutItem for a key that must be free."""
        return self.putting(record, _NOT_THERE)

    def updating(self, key: ItemKey, update: str, condition: str = "", /, **values: Value) -> Any:
        """The arguments of UpdateItem, with an optional condition."""
        where = {"TableName": self.name, "Key": self.key(key)}
        return {**where, **expressions(values, UpdateExpression=update, ConditionExpression=condition)}

    def checking(self, key: ItemKey, condition: str, /, **values: Value) -> Any:
        """The arguments of a transaction's ConditionCheck."""
        where = {"TableName": self.name, "Key": self.key(key)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def deleting(self, key: ItemKey, condition: str, /, **values: Value) -> Any:
        """The arguments of DeleteItem, with a condition."""
        where = {"TableName": self.name, "Key": self.key(key)}
        return {**where, **expressions(values, ConditionExpression=condition)}

    def do(self, write: Callable[..., Any], arguments: Any) -> Any | None:
        """Send one write and return DynamoDB's answer. None: its condition failed. May raise ``StoreWriteError``."""
        return self._do_or_read(write, arguments)[0]

    def _do_or_read(self, write: Callable[..., Any], arguments: Any) -> tuple[Any | None, Item]:
        """As ``do`` and, where the condition failed, the stored item if the write asked for it (``with_old_item``)."""
        try:
            return _past_conflicts(write, arguments), {}
        except (ClientError, BotoCoreError) as error:
            if condition_failed(error):
                return None, self.plain(item_of(error))
            raise_write_error(error)

    def delete(self, key: ItemKey) -> None:
        """Remove an item."""
        self.do(self.client.delete_item, {"TableName": self.name, "Key": self.key(key)})

    def put_if(self, record: Record, condition: str, /, **values: Value) -> bool:
        """Store a record over what is there. False: the condition failed."""
        return self.do(self.client.put_item, self.putting(record, condition, **values)) is not None

    def update_if(self, key: ItemKey, update: str, condition: str, /, **values: Value) -> bool:
        """Update an item. False: the condition failed."""
        return self.do(self.client.update_item, self.updating(key, update, condition, **values)) is not None

    def change(self, key: ItemKey, update: str, condition: str = "", /, **values: Value) -> Item | None:
        """Update an item and return its new state. None: the condition failed."""
        arguments = self.updating(key, update, condition, **values)
        answer = self.do(self.client.update_item, {**arguments, "ReturnValues": "ALL_NEW"})
        return self.plain(answer["Attributes"]) if answer else None

    def change_or_read(self, key: ItemKey, update: str, condition: str, /, **values: Value) -> Item | None:
        """Update an item and return its new state or, if the condition failed, its state. None: there is no item."""
        arguments = {**self.updating(key, update, condition, **values), "ReturnValues": "ALL_NEW"}
        answer, stored = self._do_or_read(self.client.update_item, with_old_item(arguments))
        return (stored or None) if answer is None else self.plain(answer["Attributes"])

    def set_once(self, kind: type[R], key: ItemKey, condition: str, /, **values: Value) -> R | None:
        """Set the attributes that an item lacks, and return its record. None: the condition failed."""
        return self.read(kind, self.change(key, f"SET {unset(values)}", condition, **values))

    def all_or_none(self, **writes: Mapping[str, Any]) -> dict[str, Item | None]:
        """Do all of these writes, each ``{"Put": ...}`` or the like, or none of them.

        Returns the names of the writes whose condition failed, each with its item if it was requested
        (``with_old_item``); empty if all were done. A conflict with another transaction is retried.
        """
        for _ in range(_CONFLICT_TRIES):
            try:
                self.client.transact_write_items(TransactItems=cast("Any", [*writes.values()]))
            except (ClientError, BotoCoreError) as error:
                reasons = dict(zip(writes, cancelled_by(error), strict=False))
                codes = {reason.code for reason in reasons.values()}
                if CONFLICT in codes:
                    continue
                if CONDITION_FAILED in codes:
                    refused = {name: reason for name, reason in reasons.items() if reason.code == CONDITION_FAILED}
                    return {name: self.plain(reason.item) if reason.item else None for name, reason in refused.items()}
                raise_write_error(error)
            return {}
        raise StoreWriteError(CONFLICT)

    def key(self, key: ItemKey) -> Any:
        """A key as DynamoDB's attributes."""
        return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}

    def item(self, record: Record) -> Any:
        """A record as DynamoDB's attributes."""
        return {name: typed(value) for name, value in record.to_item().items()}

    def plain(self, item: Any) -> Item:
        """DynamoDB's attributes as plain values."""
        return plain(item)


def _past_conflicts(write: Callable[..., Any], arguments: Any) -> Any:
    """Send one write, again while a transaction is at its item: until then it is refused."""
    for _ in range(_CONFLICT_TRIES - 1):
        try:
            return write(**arguments)
        except ClientError as error:
            if not in_conflict(error):
                raise
    return write(**arguments)


def with_old_item(write: Mapping[str, Any]) -> dict[str, Any]:
    """A write that returns the stored item if its condition fails, which saves a read."""
    return {**write, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
