"""Reports. Conditional writes ensure that each is made once and withdrawn once."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ivr.records.base import DAY, day_of
from ivr.reports import REPORT_SHARDS, NumberDraft, Report, draft_key, report_key, reporter_key
from ivr.reputation.counting import OVER_THE_LIMIT, may_block, why_uncounted
from ivr.screening.desk_decision import decision_key
from ivr.store import caller_lists
from ivr.store.attributes import unset
from ivr.store.table import with_old_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.records.base import Item, ItemKey
    from ivr.store.table import Table

MOST_COUNTED_A_DAY = 20  # reports of one reporter; further ones are stored and don't count
_NUMBERED_SECONDS = 15 * DAY  # longer than SQS keeps a report, so that a late one finds its day's count


class Reports:
    """The reports, and typed numbers that wait for confirmation. Methods may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table, lists: caller_lists.CallerLists) -> None:
        self._table = table
        self._caller_lists = lists

    def put(self, report: Report) -> tuple[Report, bool]:
        """Store a report once. Returns the stored report, and False if it had been stored before.

        The same transaction adds 1 to the reporter's count of the day (a report over the limit is stored and doesn't
        count) and blocks the caller on the line, if the report says so: when the customer hears that the report is
        recorded, the caller can no longer ring. A number that the desk trusts is never blocked. A report without a
        block still removes the trust that the reported call earned.
        """
        uncounted = report.uncounted or why_uncounted(report)
        blocks_until = report.blocks_until if may_block(report) else 0
        stored = replace(report, counted=int(not uncounted), uncounted=uncounted, blocks_until=blocks_until)
        blocks, is_damaged = caller_lists.blocks(stored), False
        while True:
            more: dict[str, Any] = {}
            if stored.counted:
                more["number"] = {"Update": self._count_of_the_day(report)}
            if blocks:
                block = self._caller_lists.block_by(report, replace_damaged=is_damaged)
                more["block"] = {"Update": with_old_item(block)}
                more["trust"] = {"ConditionCheck": self._not_trusted_by_the_desk(report)}
            refused = self._put_with(stored, more)
            if not blocks and (not refused or "report" in refused):
                self._caller_lists.take_trust_back(stored)
            if not refused:
                return stored, True
            if "report" in refused:
                return self._table.read(Report, refused["report"]) or stored, False
            is_damaged = is_damaged or ("block" in refused and self._caller_lists.is_unreadable(refused["block"]))
            # A refused block, if readable, lasts longer than this one: it stays.
            blocks = blocks and "trust" not in refused and (is_damaged or "block" not in refused)
            if "trust" in refused:
                stored = replace(stored, blocks_until=0)
            if "number" in refused:
                stored = replace(stored, counted=0, uncounted=OVER_THE_LIMIT)

    def _put_with(self, report: Report, more: dict[str, Any]) -> dict[str, Item | None]:
        """Store a report with ``more`` writes, or none of them. Returns those whose condition failed."""
        if more:  # a single write costs half as much as a transaction
            return self._table.all_or_none(report={"Put": with_old_item(self._table.putting_once(report))}, **more)
        there = self._table.put_or_read(report)
        return {} if there is None else {"report": there}

    def _not_trusted_by_the_desk(self, report: Report) -> Any:
        """The check that the desk did not trust the caller at the time of the report."""
        return self._table.checking(
            decision_key(report.caller),
            "attribute_not_exists(pk) OR #verdict <> :trusted OR #until BETWEEN :one AND :now",
            trusted="trusted",
            one=1,
            now=report.reported_at,
        )

    def _count_of_the_day(self, report: Report) -> Any:
        return self._table.updating(
            reporter_key(report.reporter, day_of(report.reported_at)),
            "ADD reports :one SET expires = :expires",
            "attribute_not_exists(reports) OR reports < :most",
            one=1,
            most=MOST_COUNTED_A_DAY,
            expires=report.reported_at + _NUMBERED_SECONDS,
        )

    def note(self, call_sid: str, which: str, values: dict[str, str]) -> None:
        """Add the customer's answers to a report. The first answer to a question stays. No report: no effect."""
        self._revise(report_key(call_sid, which), dict(values))

    def withdraw(self, report: Report) -> None:
        """Remove the block that a report made, then mark it as withdrawn: a failure in between can be retried."""
        self._caller_lists.lift(report)
        self._revise(report.key, {"withdrawn": 1})

    def _revise(self, key: ItemKey, values: dict[str, str | int]) -> None:
        """Set attributes that a stored report lacks. The new revision lets the stream's reader order the images."""
        absent = " OR ".join(f"attribute_not_exists(#{name})" for name in values)
        condition = f"attribute_exists(pk) AND ({absent})"
        self._table.update_if(key, f"SET {unset(values)} ADD revision :one", condition, one=1, **values)

    def get(self, call_sid: str, which: str) -> Report | None:
        """A report, by its CallSid and its name within the call."""
        return self._table.read(Report, self._table.get(report_key(call_sid, which)))

    def by_reference(self, reference: str) -> list[Report]:
        """Every report with a spoken reference, oldest first. References are not unique."""
        return [*self._table.read_all(Report, self._table.indexed("references", "reference", reference))]

    def of_call(self, call_sid: str) -> list[Report]:
        """The reports of a call."""
        return [*self._table.read_all(Report, self._table.partition(*report_key(call_sid, "")))]

    def of_days(self, days: Iterable[str], *, newest_first: bool = False) -> Iterator[Report]:
        """The reports of ``days`` (UTC, as 2026-11-24), day by day in the given order, oldest first."""
        for day in days:
            shards = (
                self._table.indexed("reports", "report_day", f"{day}#{shard}", newest_first=newest_first)
                for shard in range(REPORT_SHARDS)
            )
            items = heapq.merge(*shards, key=lambda item: str(item["reported_key"]), reverse=newest_first)
            yield from self._table.read_all(Report, items)

    def page(self, day: str, first: str, last: str, size: int) -> tuple[list[Report], bool]:
        """The newest reports of a day (UTC, as 2026-11-24) with keys from ``first`` to ``last``, and if there are more.

        Eight requests, whatever is stored.
        """
        condition, found, more = "report_day = :pk AND reported_key BETWEEN :first AND :last", [], False
        for shard in range(REPORT_SHARDS):
            items, cut = self._table.page(
                "reports", condition, size, newest_first=True, pk=f"{day}#{shard}", first=first, last=last
            )
            found += items
            more = more or cut
        found.sort(key=lambda item: str(item["reported_key"]), reverse=True)
        return [*self._table.read_all(Report, found[:size])], more or len(found) > size

    def draft(self, call_sid: str, which: str) -> NumberDraft | None:
        """A typed number that waits for confirmation."""
        return self._table.read(NumberDraft, self._table.get(draft_key(call_sid, which)))
