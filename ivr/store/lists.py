"""The table as customers' own lists use it: a report blocks its caller, and what was said last can be taken back.

Each word names the call or the report that it came from, so that whatever is taken back is that word and no other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ivr import records
from ivr.store.table import Table, condition_failed, maybe, typed, unread, unwritten

if TYPE_CHECKING:
    from ivr.records import Listed, Report

ALLOW, BLOCK, TAKEN_BACK = "allow", "block", "taken_back"
_NAMES = {f"#{name}": name for name in ("word", "until", "source", "before", "line", "caller", "at")}


class Lists(Table):
    """The table, for customers' own lists. Every method may raise ``StoreUnavailableError``."""

    def listed_on(self, line: str) -> list[Listed]:
        """All that the customer of a line said of callers, what no longer holds too."""
        found: list[Listed] = []
        arguments: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :caller)",
            "ExpressionAttributeValues": {
                ":pk": typed(records.listed_key(line, "").pk),
                ":caller": typed(records.listed_key(line, "").sk),
            },
            "ConsistentRead": True,
        }
        try:
            for page in self.client.get_paginator("query").paginate(**arguments):
                found += [records.Listed.from_item(self._plain(item)) for item in page["Items"]]
        except (ClientError, BotoCoreError) as error:
            unread(error)
        return found

    def take_back(self, listed: Listed, now: int) -> bool:
        """Take back one word on a caller; what it replaced holds again. False: another word stands there by now."""
        back = replace(
            listed,
            word=listed.before or TAKEN_BACK,
            until=listed.before_until if listed.before else now,
            expires=listed.before_until if listed.before else now,
            source=listed.before_source,
            at=0,
            undone_at=listed.at,
            before="",
            before_until=0,
            before_source="",
        )
        same = {f"#{name}": getattr(listed, name) for name in ("word", "source", "at")}
        try:
            self.client.put_item(
                TableName=self.table,
                Item=self._item(back),
                ConditionExpression=" AND ".join(
                    f"{name} = :{name[1:]}" if value else f"attribute_not_exists({name})"
                    for name, value in same.items()
                ),
                ExpressionAttributeNames={name: name[1:] for name in same},
                ExpressionAttributeValues={f":{name[1:]}": typed(value) for name, value in same.items() if value},
            )
        except (ClientError, BotoCoreError) as error:
            if not condition_failed(error):
                unwritten(error)
            return False
        return True

    def _lift(self, report: Report) -> None:
        """Take back the block that a report made, and no other."""
        if not blocks(report):
            return
        listed = maybe(records.Listed, self._get(records.listed_key(report.line, report.caller)))
        if listed and listed.word == BLOCK and listed.source == report.source:
            self.take_back(listed, report.reported_at)

    def _block_by(self, report: Report) -> dict[str, Any]:
        """The write by which a report blocks its caller; it is refused where a block that lasts longer stands.

        What stood there before is kept beside it: an update reads the item as it was (DynamoDB, "SET").
        """
        return {
            "TableName": self.table,
            "Key": self._key(records.listed_key(report.line, report.caller)),
            "UpdateExpression": (
                "SET #before = if_not_exists(#word, :none), before_until = if_not_exists(#until, :never), "
                "before_source = if_not_exists(#source, :none), "
                "#line = :line, #caller = :caller, #word = :block, #until = :until, expires = :until, "
                "#at = :at, #source = :source"
            ),
            "ConditionExpression": (
                "attribute_not_exists(pk) OR #word <> :block OR (attribute_exists(#until) AND #until < :until)"
            ),
            "ExpressionAttributeNames": _NAMES,
            "ExpressionAttributeValues": {
                ":none": typed(""),
                ":never": typed(0),
                ":block": typed(BLOCK),
                ":line": typed(report.line),
                ":caller": typed(report.caller),
                ":until": typed(report.blocks_until),
                ":at": typed(report.reported_at),
                ":source": typed(report.source),
            },
        }


def blocks(report: Report) -> bool:
    """Whether a report blocks its caller on its line: a verified one, of a caller who has a number."""
    return bool(report.verified and report.blocks_until and report.line and report.caller)


def holds(listed: Listed, now: int) -> bool:
    """Whether a customer's word on a caller is in force."""
    return listed.word in {ALLOW, BLOCK} and (listed.until == 0 or listed.until > now)
