"""The table as the fraud desk's command line uses it: lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr import records
from ivr.store.calls import Store

if TYPE_CHECKING:
    from ivr.records import Line, Report


class Desk(Store):
    """The table, for people: everything that the calls use, and lists."""

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
