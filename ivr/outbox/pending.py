"""Writes that wait in the queue while DynamoDB does not answer: reports, and later answers about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from ivr.reports import Report
from ivr.reputation.counting import NO_SPECIAL_NUMBERS, UNVERIFIED, may_block, why_uncounted

if TYPE_CHECKING:
    from ivr.calls.call_record import CallRecord
    from ivr.reports import NumberDraft
    from ivr.reputation.counting import SpecialNumbers

WAITS: Final = "queued"  # State.recorded: the record of this call, or the report just made, waits in the queue


class ReportByCall(NamedTuple):
    """A report whose call record or typed number could not be read. Until it is stored, the CallSid identifies it."""

    call_sid: str
    which: str
    reference: str
    reported_at: int
    expires: int
    reporter: str = ""  # pseudonym; empty: the call record holds it
    language: str = ""  # the reporter's choice
    blocks_until: int = 0  # until when its caller is blocked on the customer's line; 0: not at all
    pressed: str = ""  # the step and the key that made it

    def of_call(self, call: CallRecord, special: SpecialNumbers = NO_SPECIAL_NUMBERS) -> Report:
        """The report once the call record is read: verified, since the record shows that this caller rang this line."""
        report = replace(
            self._report,
            reporter=call.customer,
            verified=1,
            caller=call.caller,
            line=call.line,
            verdict=call.verdict,
            reason=call.reason,
        )
        blocks_until = report.blocks_until if may_block(report, special) else 0
        return replace(report, uncounted=why_uncounted(report, special), blocks_until=blocks_until)

    def of_number(self, draft: NumberDraft) -> Report:
        """The report once the typed number is read: unverified."""
        return replace(self._report, caller=draft.number, uncounted=UNVERIFIED, blocks_until=0)

    @property
    def _report(self) -> Report:
        return Report(**self._asdict())


class Details(NamedTuple):
    """The customer's answers about a report that they have just made."""

    call_sid: str
    which: str
    category: str = ""
    loss: str = ""
    withdrawn: int = 0  # 1: it was made by mistake

    @property
    def said(self) -> dict[str, str]:
        """The given answers."""
        return {name: value for name, value in (("category", self.category), ("loss", self.loss)) if value}


class DetailsByReference(NamedTuple):
    """Answers about a report whose call can't be read now. The reference finds the report later.

    Two reports may have the same reference, so the word for the call and the reporter must match too.
    """

    call_sid: str  # of the leg with the answers
    reference: str
    word: str
    reporter: str  # pseudonym
    category: str = ""
    loss: str = ""
