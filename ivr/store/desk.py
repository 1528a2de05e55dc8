"""The table as the fraud desk's command line uses it: lists, references, disputes and clearings."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.records.base import DAY
from ivr.reports.report import REPORT_SHARDS, Report
from ivr.reputation import disputes
from ivr.reputation import items as kept
from ivr.reputation.evidence import Clearing, clearing_key
from ivr.screening.desk_decision import DeskDecision, decision_key
from ivr.screening.line import Line
from ivr.settings import LONGEST_RETENTION_DAYS
from ivr.store.calls import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.reputation.disputes import Dispute
    from ivr.reputation.items import Reputation

# Whatever the settings are or were, the evidence that it voids is gone by then; TTL takes some days for it.
_CLEARING_KEPT_SECONDS = (LONGEST_RETENTION_DAYS + 30) * DAY


class Desk(Store):
    """The table, for people: everything that the calls use, and what only the desk asks and decides."""

    # Lists are read as they are asked for, and may be long: whoever has seen enough stops.

    def lines(self) -> Iterator[Line]:
        """Every registered line, by number."""
        return self._read_all(Line, self._indexed("listing", "list_kind", "lines"))

    def decisions(self) -> Iterator[DeskDecision]:
        """Every decision of the desk on a number, by number."""
        return self._read_all(DeskDecision, self._indexed("listing", "list_kind", "callers"))

    def reports_of(self, days: Iterable[str], *, newest_first: bool = False) -> Iterator[Report]:
        """The reports of days (UTC, as 2026-11-24, in the order in which they are wanted), oldest first."""
        for day in days:
            shards = (
                self._indexed("reports", "report_day", f"{day}#{shard}", newest_first=newest_first)
                for shard in range(REPORT_SHARDS)
            )
            items = heapq.merge(*shards, key=lambda item: str(item["reported_key"]), reverse=newest_first)
            yield from self._read_all(Report, items)

    def decision(self, caller: str) -> DeskDecision | None:
        """The desk's decision on a number."""
        return self._read(DeskDecision, self._get(decision_key(caller)))

    def end_decision(self, caller: str, now: int, *, by: str, why: str, expires: int) -> DeskDecision | None:
        """End the desk's decision on a number, and keep who ended it and why. None: none is in force."""
        ended = self._change(
            decision_key(caller),
            "SET #until = :now, ended_by = :by, ended_because = :why, expires = :expires",
            "attribute_exists(pk) AND (attribute_not_exists(#until) OR #until = :for_ever OR #until > :now)",
            now=now,
            by=by,
            why=why,
            expires=expires,
            for_ever=0,
        )
        return self._read(DeskDecision, ended)

    def reputation(self, caller: str) -> Reputation | None:
        """A caller's reputation."""
        return self._read(kept.Reputation, self._get(kept.reputation_key(caller)))

    def clearing(self, caller: str) -> Clearing | None:
        """The desk's last clearing of a caller."""
        return self._read(Clearing, self._get(clearing_key(caller)))

    def disputes(self) -> Iterator[Dispute]:
        """Every dispute, open ones last."""
        return self._read_all(disputes.Dispute, self._indexed("listing", "list_kind", "disputes"))

    def dispute(self, caller: str) -> Dispute | None:
        """The dispute about a number."""
        return self._read(disputes.Dispute, self._get(disputes.dispute_key(caller)))

    def resolve(self, dispute: Dispute, now: int, *, cleared: bool, note: str, by: str = "") -> Dispute:
        """Decide a dispute. Cleared: all evidence so far counts no longer, once the stream has seen the clearing."""
        state = disputes.CLEARED if cleared else disputes.KEPT
        resolved = replace(dispute, state=state, resolved_at=now, resolved_by=by, resolution=note)
        if cleared:
            seen = self.reputation(dispute.caller)
            cleared_at = max(now, seen.as_of if seen else 0)
            expires = cleared_at + _CLEARING_KEPT_SECONDS
            self.put(Clearing(caller=dispute.caller, cleared_at=cleared_at, note=note, expires=expires))
        self.put(resolved)
        return resolved
