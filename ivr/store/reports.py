"""Reports: each is made once and withdrawn once, behind conditions of its own."""

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
from ivr.store.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.records.base import Item, ItemKey
    from ivr.store.table import Table

MOST_COUNTED_A_DAY = 20  # reports of one reporter; the rest are accepted and do not count
_NUMBERED_SECONDS = 15 * DAY  # longer than SQS keeps a report: late ones are numbered with their own day's


class Reports:
    """The reports, and the typed numbers that wait to be confirmed. Methods may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table, lists: caller_lists.CallerLists) -> None:
        self._table = table
        self._caller_lists = lists

    def put(self, report: Report) -> tuple[Report, bool]:
        """Store a report, once: a second delivery gets the report that the first one stored, and False.

        A report that counts is numbered among its reporter's of the day in the same write; those over the limit are
        accepted politely and do not count. The same write blocks its caller on its line, where the report says so:
        when the customer hears that the report is recorded, that caller no longer rings them. It blocks no number that
        the desk trusts, which the write makes sure of by itself. Where it blocks nobody, it still takes back the trust
        that the reported call has earned.
        """
        uncounted = report.uncounted or why_uncounted(report)
        blocks_until = report.blocks_until if may_block(report) else 0
        stored = replace(report, counted=int(not uncounted), uncounted=uncounted, blocks_until=blocks_until)
        blocks, over = caller_lists.blocks(stored), False
        while True:
            beside: dict[str, Any] = {}
            if stored.counted:
                beside["number"] = {"Update": self._number_of_the_day(report)}
            if blocks:
                beside["block"] = {"Update": shown(self._caller_lists.block_by(report, over=over))}
                beside["trust"] = {"ConditionCheck": self._not_trusted_by_the_desk(report)}
            refused = self._put_with(stored, beside)
            if not blocks and (not refused or "report" in refused):
                self._caller_lists.take_trust_back(stored)
            if not refused:
                return stored, True
            if "report" in refused:
                return self._table.read(Report, refused["report"]) or stored, False
            over = over or ("block" in refused and self._caller_lists.is_unreadable(refused["block"]))
            # A block that lasts longer stands.
            blocks = blocks and "trust" not in refused and (over or "block" not in refused)
            if "trust" in refused:
                stored = replace(stored, blocks_until=0)
            if "number" in refused:
                stored = replace(stored, counted=0, uncounted=OVER_THE_LIMIT)

    def _put_with(self, report: Report, beside: dict[str, Any]) -> dict[str, Item | None]:
        """Store a report and what goes with it, or nothing: then the writes that were refused by their conditions."""
        if beside:  # a single write costs half as much as a transaction
            return self._table.all_or_none(report={"Put": shown(self._table.putting_once(report))}, **beside)
        there = self._table.put_or_read(report)
        return {} if there is None else {"report": there}

    def _not_trusted_by_the_desk(self, report: Report) -> Any:
        """The condition that the desk does not trust a report's caller as it is made."""
        return self._table.checking(
            decision_key(report.caller),
            "attribute_not_exists(pk) OR #verdict <> :trusted OR #until BETWEEN :one AND :now",
            trusted="trusted",
            one=1,
            now=report.reported_at,
        )

    def _number_of_the_day(self, report: Report) -> Any:
        return self._table.updating(
            reporter_key(report.reporter, day_of(report.reported_at)),
            "ADD reports :one SET expires = :expires",
            "attribute_not_exists(reports) OR reports < :most",
            one=1,
            most=MOST_COUNTED_A_DAY,
            expires=report.reported_at + _NUMBERED_SECONDS,
        )

    def note(self, call_sid: str, which: str, values: dict[str, str]) -> None:
        """Add to a report what the customer said of it; the first answer stays, and an absent report stays absent."""
        self._revise(report_key(call_sid, which), dict(values))

    def withdraw(self, report: Report) -> None:
        """Mark a report as withdrawn, once, and lift the block that it made; first that, so that neither is left."""
        self._caller_lists.lift(report)
        self._revise(report.key, {"withdrawn": 1})

    def _revise(self, key: ItemKey, values: dict[str, str | int]) -> None:
        """Set what a report that is there has not yet; its revision tells the stream old from new."""
        absent = " OR ".join(f"attribute_not_exists(#{name})" for name in values)
        condition = f"attribute_exists(pk) AND ({absent})"
        self._table.update_if(key, f"SET {unset(values)} ADD revision :one", condition, one=1, **values)

    def get(self, call_sid: str, which: str) -> Report | None:
        """A report, by its call and which of that call's it is."""
        return self._table.read(Report, self._table.get(report_key(call_sid, which)))

    def by_reference(self, reference: str) -> list[Report]:
        """Every report that a spoken reference locates, oldest first: it does not identify one."""
        return [*self._table.read_all(Report, self._table.indexed("references", "reference", reference))]

    def of_call(self, call_sid: str) -> list[Report]:
        """What was reported in a call."""
        return [*self._table.read_all(Report, self._table.partition(*report_key(call_sid, "")))]

    def of_days(self, days: Iterable[str], *, newest_first: bool = False) -> Iterator[Report]:
        """The reports of days (UTC, as 2026-11-24, in the order in which they are wanted), oldest first."""
        for day in days:
            shards = (
                self._table.indexed("reports", "report_day", f"{day}#{shard}", newest_first=newest_first)
                for shard in range(REPORT_SHARDS)
            )
            items = heapq.merge(*shards, key=lambda item: str(item["reported_key"]), reverse=newest_first)
            yield from self._table.read_all(Report, items)

    def draft(self, call_sid: str, which: str) -> NumberDraft | None:
        """A number that was typed and not confirmed yet."""
        return self._table.read(NumberDraft, self._table.get(draft_key(call_sid, which)))
