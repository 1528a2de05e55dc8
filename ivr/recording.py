"""Recording: a report or a call record goes to the table, and where the table refuses it, to the queue.

What either of them took may be confirmed to the customer: handlers/redeliver.py stores what waits in the queue, once,
with its original time and reference (DESIGN 7). A call that goes well pays nothing for the queue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ivr.records import SCREENED, Report
from ivr.reputation.counting import NONE_APART, UNVERIFIED, may_block, why_uncounted
from ivr.store.table import StoreUnavailableError, StoreWriteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.journal import Journal
    from ivr.queue import Message, Queue
    from ivr.records import CallRecord, NumberDraft
    from ivr.reputation.counting import Apart
    from ivr.store import Store

M = TypeVar("M", bound="Message")
Kept = TypeVar("Kept")

WAITS = "queued"  # State.recorded: the record of this call, or the report just made, waits in the queue


class ReportByCall(NamedTuple):
    """A report whose call record, or typed number, could not be read: known by its CallSid until it is stored."""

    call_sid: str
    which: str
    reference: str
    reported_at: int
    expires: int
    reporter: str = ""  # pseudonym; empty where the call record knows it
    language: str = ""  # that the reporter had chosen
    blocks_until: int = 0  # until when its caller is blocked on the customer's line; 0: not at all
    pressed: str = ""  # the step and the key that made it

    def of_call(self, call: CallRecord, apart: Apart = NONE_APART) -> Report:
        """The report, now that the call record is known: verified, since that shows who rang whom."""
        report = Report(
            call_sid=self.call_sid,
            which=self.which,
            reference=self.reference,
            reported_at=self.reported_at,
            reporter=call.customer,
            verified=1,
            expires=self.expires,
            language=self.language,
            caller=call.caller,
            line=call.line,
            verdict=call.verdict,
            reason=call.reason,
            blocks_until=self.blocks_until,
            pressed=self.pressed,
        )
        blocks_until = report.blocks_until if may_block(report, apart) else 0
        return replace(report, uncounted=why_uncounted(report, apart), blocks_until=blocks_until)

    def of_number(self, draft: NumberDraft) -> Report:
        """The report, now that the typed number is known: unverified."""
        return Report(
            call_sid=self.call_sid,
            which=self.which,
            reference=self.reference,
            reported_at=self.reported_at,
            reporter=self.reporter,
            expires=self.expires,
            language=self.language,
            caller=draft.number,
            uncounted=UNVERIFIED,
            pressed=self.pressed,
        )


class Details(NamedTuple):
    """What the customer said of a report that they had just made."""

    call_sid: str
    which: str
    category: str = ""
    loss: str = ""
    withdrawn: int = 0  # 1: it was made by mistake

    @property
    def said(self) -> dict[str, str]:
        """The answers that were given."""
        return {name: value for name, value in (("category", self.category), ("loss", self.loss)) if value}


class DetailsByReference(NamedTuple):
    """What was said of a report whose call can't be read now: it is found again by its reference.

    A reference locates and does not identify, so the word for its call and the reporter must match too.
    """

    call_sid: str  # of the leg on which it was said
    reference: str
    word: str
    reporter: str  # pseudonym
    category: str = ""
    loss: str = ""


class Recorder:
    """Where records go. ``queue_url`` is empty where there is no queue."""

    def __init__(self, store: Store, queue_url: str, journal: Journal) -> None:
        self.store = store
        self.queue_url = queue_url
        self.journal = journal
        self.queue: Queue | None = None  # made by the first message, unless it was given

    def report(self, report: Report) -> tuple[Report, bool]:
        """Record a report. Returns it as it is stored, and whether it waits in the queue instead.

        Raises ``StoreUnavailableError`` where neither took it: then it must not be confirmed.
        """
        kept = self.keep_or_send(report, self.store.put_report)
        if kept is None:
            if report.which == SCREENED:
                self._mark(report)
            return report, True
        stored, is_new = kept
        if is_new:
            self.journal.count("report_recorded", verified=stored.verified, reference=stored.reference)
        return stored, False

    def _mark(self, report: Report) -> None:
        """Mark the call whose report waits, so that its end knows of it. The report is safe without."""
        try:
            self.store.report_waits(report.call_sid, report.reported_at)
        except StoreUnavailableError as error:
            unreached(self.journal, error)

    def note(self, details: Details, *, report_waits: bool) -> None:
        """Add to a report what was said of it; where the report waits in the queue, so does this.

        Raises ``StoreUnavailableError`` where neither the table nor the queue took it.
        """
        if not (report_waits and self.send(details)):
            self.keep_or_send(details, lambda it: self.store.note_report(it.call_sid, it.which, it.said))

    def revoke(self, call_sid: str, *, waits: bool) -> bool:
        """Take back the report on a screened call; where it waits in the queue, so does this. False: there is none.

        Raises ``StoreUnavailableError`` where neither the table nor the queue took it.
        """
        taken_back = Details(call_sid=call_sid, which=SCREENED, withdrawn=1)
        if waits and self.send(taken_back):
            return True
        return self.keep_or_send(taken_back, self._withdraw) is not False

    def _withdraw(self, taken_back: Details) -> bool:
        report = self.store.report(taken_back.call_sid, taken_back.which)
        if report:
            self.store.withdraw(report)
        return report is not None

    def keep_or_send(self, message: M, write: Callable[[M], Kept]) -> Kept | None:
        """Write a record to the table; where it is refused, send it to the queue instead, and return None.

        Raises ``StoreUnavailableError`` where neither took it.
        """
        try:
            return write(message)
        except StoreUnavailableError as refused:
            if not self.send(message):
                raise
            unreached(self.journal, refused)
            return None

    def send(self, message: Message) -> bool:
        """Send a record to the queue. False: the queue does not have it."""
        if not self.queue_url:
            return False
        from ivr.queue import Queue, QueueUnavailableError, kind_of

        self.queue = self.queue or Queue(self.queue_url)
        try:
            self.queue.send(message)
        except QueueUnavailableError as error:
            self.journal.failed("queue_send_failed", error)
            return False
        self.journal.count("sent_to_queue", kind=kind_of(message))
        return True


def unreached(journal: Journal, error: StoreUnavailableError) -> None:
    """Count a read or a write that the table did not answer."""
    if isinstance(error, StoreWriteError):
        journal.failed("store_write_failed", error)
    else:
        journal.failed("store_read_failed", error)
