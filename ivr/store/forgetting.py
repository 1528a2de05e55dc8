"""Forgetting a person: everything that the table holds under their number or their pseudonym, found and removed.

A scan, by a person of the desk with rights of their own; no function of the service may do this.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ivr.store.derived import Derived
from ivr.store.table import unread, unwritten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.records import Item

_KINDS = {
    "CALL": "calls",
    "REPORT": "reports",
    "DRAFT": "numbers typed",
    "EVIDENCE": "evidence",
    "REPUTATION": "reputation",
    "MEMBERS": "places in blocks of numbers",
    "CLEARING": "clearings",
    "DISPUTE": "disputes",
    "DECISION": "decisions of the desk",
    "CALLER": "entries in customers' lists",
    "FAMILIAR": "talks with a customer",
    "RING": "open rings",
    "RING_BACK": "ring-backs",
    "LATEST": "last calls and reports",
    "DAY": "counts of reports",
    "LINE": "registrations of lines",
}


class Forgetting(Derived):
    """The table, for removing what it holds about a person."""

    def held(self, number: str, person: str) -> list[Item]:
        """Every item that speaks of a number in clear or of its pseudonym; registrations of lines are among them."""
        return [item for item in self._scan() if _speaks_of(item, {number, person})]

    def remove(self, items: list[Item]) -> None:
        """Remove items, and reckon anew every caller whose evidence was among them."""
        for item in items:
            try:
                self.client.delete_item(TableName=self.table, Key=self._key_of(item))
            except (ClientError, BotoCoreError) as error:
                unwritten(error)
        for caller in sorted({str(item["caller"]) for item in items if str(item["sk"]).startswith("EVIDENCE#")}):
            if not any(str(item["pk"]) == f"CALLER#{caller}" and item["sk"] == "REPUTATION" for item in items):
                self.reckon(caller)

    def _scan(self) -> Iterator[Item]:
        try:
            for page in self.client.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True):
                yield from map(self._plain, page["Items"])
        except (ClientError, BotoCoreError) as error:
            unread(error)

    def _key_of(self, item: Item) -> Any:
        return {"pk": {"S": str(item["pk"])}, "sk": {"S": str(item["sk"])}}


def kinds(items: list[Item]) -> dict[str, int]:
    """How many items there are of each kind, in words."""
    return dict(Counter(_kind(item) for item in items))


def is_line(item: Item) -> bool:
    """Whether an item registers a line."""
    return str(item["sk"]) == "LINE"


def _kind(item: Item) -> str:
    word = str(item["sk"]).partition("#")[0]
    return "campaigns" if str(item["pk"]).startswith("CAMPAIGN#") else _KINDS.get(word, word)


def _speaks_of(item: Item, names: set[str]) -> bool:
    keys = {part for key in ("pk", "sk") for part in str(item[key]).split("#")}
    values = {value for value in item.values() if isinstance(value, str)}
    return bool(names & (keys | values))
