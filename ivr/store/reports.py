"""The table as reports are made and undone: once each, behind conditions of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ivr.records.base import DAY, day_of
from ivr.reports.report import NumberDraft, Report, draft_key, report_key, reporter_key
from ivr.reputation import latest
from ivr.reputation.counting import OVER_THE_LIMIT, may_block, why_uncounted
from ivr.screening.desk_decision import decision_key
from ivr.store import caller_lists
from ivr.store.counting import DISPUTES, RING_BACKS, TAKEN, Counting, counts_key
from ivr.store.table import unset

if TYPE_CHECKING:
    from ivr.jobs.job import RingBack
    from ivr.records.base import ItemKey
    from ivr.reputation.disputes import Dispute
    from ivr.reputation.latest import Latest

MOST_COUNTED_A_DAY = 20  # reports of one reporter; the rest are accepted politely (DESIGN 5)
_NUMBERED_SECONDS = 15 * DAY  # longer than SQS keeps a report: late ones are numbered with their own day's


class Reports(caller_lists.CallerLists, Counting):
    """The table, for reports and what a customer may ask about them."""

    def put_report(self, report: Report) -> tuple[Report, bool]:
        """Store a report, once: a second delivery gets the report that the first one stored, and False.

        A report that counts is numbered among its reporter's of the day in the same write; those over the limit are
        accepted politely and do not count (DESIGN 5). The same write blocks its caller on its line, where the report
        says so: whoever hears that the report is recorded is rung by that caller no more. It blocks no number that the
        desk trusts, which this write makes sure of by itself. Where it blocks nobody, it still takes back the trust
        that the reported call has earned.
        """
        uncounted = report.uncounted or why_uncounted(report)
        blocks_until = report.blocks_until if may_block(report) else 0
        stored = replace(report, counted=int(not uncounted), uncounted=uncounted, blocks_until=blocks_until)
        blocks, over = caller_lists.blocks(stored), False
        while True:
            beside = {"number": {"Update": self._number_of_the_day(report)}} if stored.counted else {}
            if blocks:
                beside["block"] = {"Update": self._block_by(report, over=over)}
                beside["trust"] = {"ConditionCheck": self._not_trusted_by_the_desk(report)}
            refused = self._put_with(stored, list(beside.values()))
            if not blocks and (not refused or refused[0]):
                self._take_trust_back(stored)
            if not refused:
                return stored, True
            if refused[0]:
                return self._read(Report, self._get(report.key)) or stored, False
            why = {name for name, is_refused in zip(beside, refused[1:], strict=True) if is_refused}
            over = over or ("block" in why and self._is_unreadable(report))
            blocks = blocks and "trust" not in why and (over or "block" not in why)  # a block that lasts longer stands
            if "trust" in why:
                stored = replace(stored, blocks_until=0)
            if "number" in why:
                stored = replace(stored, counted=0, uncounted=OVER_THE_LIMIT)

    def _put_with(self, report: Report, beside: list[Any]) -> list[bool]:
        """Store a report and what goes with it, or nothing: then which of these writes was refused by its condition."""
        if beside:  # half as dear without
            return self._all_or_none({"Put": self._putting_once(report)}, *beside)
        return [] if self.put_once(report) else [True]

    def _not_trusted_by_the_desk(self, report: Report) -> Any:
        """The condition that the desk does not trust a report's caller as it is made."""
        return self._checking(
            decision_key(report.caller),
            "attribute_not_exists(pk) OR #verdict <> :trusted OR #until BETWEEN :one AND :now",
            trusted="trusted",
            one=1,
            now=report.reported_at,
        )

    def _number_of_the_day(self, report: Report) -> Any:
        return self._updating(
            reporter_key(report.reporter, day_of(report.reported_at)),
            "ADD reports :one SET expires = :expires",
            "attribute_not_exists(reports) OR reports < :most",
            one=1,
            most=MOST_COUNTED_A_DAY,
            expires=report.reported_at + _NUMBERED_SECONDS,
        )

    def note_report(self, call_sid: str, which: str, values: dict[str, str]) -> None:
        """Add to a report what the customer said of it; the first answer stays, and an absent report stays absent."""
        self._revise(report_key(call_sid, which), dict(values))

    def withdraw(self, report: Report) -> None:
        """Mark a report as withdrawn, once, and lift the block that it made; first that, so that neither is left."""
        self._lift(report)
        self._revise(report.key, {"withdrawn": 1})

    def _revise(self, key: ItemKey, values: dict[str, str | int]) -> None:
        """Set what a report that is there has not yet; its revision tells the stream old from new."""
        absent = " OR ".join(f"attribute_not_exists(#{name})" for name in values)
        condition = f"attribute_exists(pk) AND ({absent})"
        self._update_if(key, f"SET {unset(values)} ADD revision :one", condition, one=1, **values)

    def report(self, call_sid: str, which: str) -> Report | None:
        """A report, by its call and which of that call's it is."""
        return self._read(Report, self._get(report_key(call_sid, which)))

    def reports_by_reference(self, reference: str) -> list[Report]:
        """Every report that a spoken reference locates, oldest first: it does not identify one."""
        return [*self._read_all(Report, self._indexed("references", "reference", reference))]

    def last_call(self, person: str) -> Latest | None:
        """The last screened call to a person."""
        return self._read(latest.Latest, self._get(latest.latest_key(person, latest.CALL)))

    def last_report(self, person: str) -> Latest | None:
        """A person's last report on a screened call."""
        return self._read(latest.Latest, self._get(latest.latest_key(person, latest.REPORT)))

    def ask_ring_back(self, ring_back: RingBack, *, most: int) -> bool:
        """Ask for a ring-back, once in a call. False: the person took one today, or ``most`` were asked for.

        Those that nobody took with a key count for ``most`` alone: a number that somebody else showed does not use up
        its owner's one of the day, and nobody's telephone rings all day.
        """
        day, now = counts_key(ring_back.person, ring_back.day), ring_back.asked_at
        refused = self._all_or_none(
            {"Put": self._for_the_first_time(ring_back.call_sid, RING_BACKS, now)},
            {"Update": self._one_more(day, RING_BACKS, now, most=most, unless=TAKEN)},
            {"Put": self._putting(ring_back)},
        )
        return not refused or refused[0]

    def take_ring_back(self, person: str, day: str, now: int) -> None:
        """Store that a person took a ring-back with a key, the first time that it was said of that day."""
        self._update_if(counts_key(person, day), f"SET {unset([TAKEN])}", "attribute_exists(pk)", **{TAKEN: now})

    def open_dispute(self, dispute: Dispute, person: str, *, most: int) -> str:
        """Store a dispute: "opened". "already": one is open, or this very call opened one. "capped": ``most`` today."""
        day, now = counts_key(person, day_of(dispute.opened_at)), dispute.opened_at
        refused = self._all_or_none(
            {"Put": self._for_the_first_time(dispute.source, DISPUTES, now)},
            {"Put": self._putting(dispute, "attribute_not_exists(pk) OR attribute_exists(#state)")},
            {"Update": self._one_more(day, DISPUTES, now, most=most)},
        )
        if not refused:
            return "opened"
        return "already" if refused[0] or refused[1] else "capped"

    def draft(self, call_sid: str, which: str) -> NumberDraft | None:
        """A number that was typed and not confirmed yet."""
        return self._read(NumberDraft, self._get(draft_key(call_sid, which)))
