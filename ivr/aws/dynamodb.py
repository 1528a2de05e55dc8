"""DynamoDB, called as boto3's client is: each operation that the store uses, with the same arguments and answers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Literal

from ivr.aws.service import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ivr.aws.service import Service

PROTOCOL = Protocol("dynamodb", "DynamoDB_20120810", "1.0")


class DynamoDB:
    """A client of DynamoDB. What an attribute is, is said as in its API: {"S": "text"}."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def get_item(self, **arguments: Any) -> dict[str, Any]:
        """One item, by its key."""
        return self.service.ask("GetItem", arguments)

    def batch_get_item(self, **arguments: Any) -> dict[str, Any]:
        """Up to 100 items, by their keys."""
        return self.service.ask("BatchGetItem", arguments)

    def query(self, **arguments: Any) -> dict[str, Any]:
        """A page of one partition's items."""
        return self.service.ask("Query", arguments)

    def scan(self, **arguments: Any) -> dict[str, Any]:
        """A page of all items."""
        return self.service.ask("Scan", arguments)

    def put_item(self, **arguments: Any) -> dict[str, Any]:
        """Store an item."""
        return self.service.ask("PutItem", arguments)

    def update_item(self, **arguments: Any) -> dict[str, Any]:
        """Change an item."""
        return self.service.ask("UpdateItem", arguments)

    def delete_item(self, **arguments: Any) -> dict[str, Any]:
        """Remove an item."""
        return self.service.ask("DeleteItem", arguments)

    def transact_write_items(self, **arguments: Any) -> dict[str, Any]:
        """Do several writes or none. Sent again, it is done once: by its token, which boto3 gives it too."""
        return self.service.ask("TransactWriteItems", {"ClientRequestToken": str(uuid.uuid4()), **arguments})

    def get_paginator(self, operation: Literal["query", "scan"]) -> Pages:
        """All pages of an operation."""
        return Pages({"query": self.query, "scan": self.scan}[operation])


class Pages:
    """The pages of an operation, each asked for when it is needed."""

    def __init__(self, ask: Callable[..., dict[str, Any]]) -> None:
        self._ask = ask

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The pages of an operation with these arguments.

        Of ``PaginationConfig``, ``MaxItems`` ends them, and ``PageSize`` is how many items a request asks for.
        """
        limits: Mapping[str, int | None] = arguments.pop("PaginationConfig", {})
        most, size = limits.get("MaxItems"), limits.get("PageSize")
        if size is not None:
            arguments["Limit"] = size
        while True:
            page = self._ask(**arguments)
            if most is not None:
                page["Items"] = page["Items"][:most]
                most -= len(page["Items"])
            yield page
            if "LastEvaluatedKey" not in page or most == 0:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]
