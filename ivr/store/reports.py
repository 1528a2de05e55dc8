"""The table as reports are made and undone: once each, behind conditions of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ivr import records
from ivr.reputation import latest
from ivr.store import lists
from ivr.store.table import AlreadyThereError, cancelled_by, condition_failed, maybe, typed, unwritten

if TYPE_CHECKING:
    from ivr.follow_up.records import RingBack
    from ivr.records import ItemKey, NumberDraft, Report
    from ivr.reputation.disputes import Dispute
    from ivr.reputation.latest import Latest

MOST_COUNTED_A_DAY = 20  # reports of one reporter; the rest are accepted politely (DESIGN 5)
_NUMBERED_SECONDS = 15 * 24 * 3600  # longer than SQS keeps a report: late ones are numbered with their own day's


class Reports(lists.Lists):
    """The table, for reports and what a customer may ask about them."""

    def put_report(self, report: Report) -> tuple[Report, bool]:
        """Store a report, once: a second delivery gets the report that the first one stored, and False.

        A verified report is numbered among its reporter's of the day in the same write; those over the limit are
        accepted politely and do not count (DESIGN 5). The same write blocks its caller on its line, where the report
        says so: whoever hears that the report is recorded is rung by that caller no more.
        """
        counts, blocks = bool(report.verified), lists.blocks(report)
        while True:
            stored = replace(report, counted=int(counts))
            beside = [{"Update": self._number_of_the_day(report)}] if counts else []
            beside += [{"Update": self._block_by(report)}] if blocks else []
            refused = self._put_with(stored, beside)
            if not refused:
                return stored, True
            if refused[0]:
                item = self._get(report.key)
                return (records.Report.from_item(item) if item else report), False
            blocks = blocks and not refused[-1]  # a block that lasts longer stands
            counts = counts and not refused[1]

    def _put_with(self, report: Report, beside: list[Any]) -> list[bool]:
        """Store a report and what goes with it, or nothing: then which of these writes was refused by its condition."""
        if not beside:
            try:
                self.put_once(report)
            except AlreadyThereError:
                return [True]
            return []
        try:
            self.client.transact_write_items(TransactItems=[{"Put": self._once(report)}, *beside])
        except (ClientError, BotoCoreError) as error:
            refused = [code == "ConditionalCheckFailed" for code in cancelled_by(error)]
            if not any(refused):
                unwritten(error)
            return refused
        return []

    def _number_of_the_day(self, report: Report) -> Any:
        day = f"{datetime.fromtimestamp(report.reported_at, UTC):%Y-%m-%d}"
        return {
            "TableName": self.table,
            "Key": self._key(records.reporter_key(report.reporter, day)),
            "UpdateExpression": "ADD reports :one SET expires = :expires",
            "ConditionExpression": "attribute_not_exists(reports) OR reports < :most",
            "ExpressionAttributeValues": {
                ":one": typed(1),
                ":most": typed(MOST_COUNTED_A_DAY),
                ":expires": typed(report.reported_at + _NUMBERED_SECONDS),
            },
        }

    def note_report(self, call_sid: str, which: str, values: dict[str, str]) -> None:
        """Add to a report what the customer said of it; the first answer stays, and an absent report stays absent."""
        self._revise(records.report_key(call_sid, which), dict(values))

    def withdraw(self, report: Report) -> None:
        """Mark a report as withdrawn, once, and lift the block that it made; first that, so that neither is left."""
        self._lift(report)
        self._revise(report.key, {"withdrawn": 1})

    def _revise(self, key: ItemKey, values: dict[str, str | int]) -> None:
        """Set what a report that is there has not yet; its revision tells the stream old from new."""
        absent = " OR ".join(f"attribute_not_exists(#{name})" for name in values)
        sets = ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in values)
        try:
            self.client.update_item(
                TableName=self.table,
                Key=self._key(key),
                UpdateExpression=f"SET {sets} ADD revision :one",
                ConditionExpression=f"attribute_exists(pk) AND ({absent})",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={":one": typed(1), **{f":{name}": typed(values[name]) for name in values}},
            )
        except (ClientError, BotoCoreError) as error:
            if not condition_failed(error):
                unwritten(error)

    def report(self, call_sid: str, which: str) -> Report | None:
        """A report, by its call and which of that call's it is."""
        return maybe(records.Report, self._get(records.report_key(call_sid, which)))

    def last_call(self, person: str) -> Latest | None:
        """The last screened call to a person."""
        return maybe(latest.Latest, self._get(latest.latest_key(person, latest.CALL)))

    def last_report(self, person: str) -> Latest | None:
        """A person's last report on a screened call."""
        return maybe(latest.Latest, self._get(latest.latest_key(person, latest.REPORT)))

    def ask_ring_back(self, ring_back: RingBack) -> bool:
        """Ask for a ring-back, the first of its day. False: one was asked for already."""
        try:
            self.put_once(ring_back)
        except AlreadyThereError:
            return False
        return True

    def open_dispute(self, dispute: Dispute) -> bool:
        """Store a dispute, unless one is open already, or this very call opened the one that was decided."""
        try:
            self.client.put_item(
                TableName=self.table,
                Item=self._item(dispute),
                ConditionExpression="attribute_not_exists(pk) OR (attribute_exists(#state) AND #source <> :source)",
                ExpressionAttributeNames={"#state": "state", "#source": "source"},
                ExpressionAttributeValues={":source": typed(dispute.source)},
            )
        except (ClientError, BotoCoreError) as error:
            if not condition_failed(error):
                unwritten(error)
            return False
        return True

    def draft(self, call_sid: str, which: str) -> NumberDraft | None:
        """A number that was typed and not confirmed yet."""
        return maybe(records.NumberDraft, self._get(records.draft_key(call_sid, which)))
