"""The outbox: writes reports and call records to the table, and those that the table refuses to the queue.

Both are safe, so the customer may hear that the report is recorded: handlers/redeliver.py stores a queued record once,
with its original time and reference. While the table works a call does not use the queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ivr.outbox.pending import Details
from ivr.reports import SCREENED, Report
from ivr.store.errors import StoreUnavailableError, StoreWriteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.outbox.queue import PendingWrite, Queue
    from ivr.store import Store

M = TypeVar("M", bound="PendingWrite")
Kept = TypeVar("Kept")


class Outbox:
    """Writes records. An empty ``queue_url``: there is no queue."""

    def __init__(self, store: Store, queue_url: str, log: Log) -> None:
        self.store = store
        self.queue_url = queue_url
        self.log = log
        self.queue: Queue | None = None  # made for the first message, unless a caller has set it

    def report(self, report: Report) -> tuple[Report, bool]:
        """Record a report. Returns the stored report, and whether it waits in the queue instead.

        Raises ``StoreUnavailableError`` if neither accepted it: then it must not be confirmed.
        """
        kept = self.keep_or_send(report, self.store.reports.put)
        if kept is None:
            if report.which == SCREENED:
                self._mark(report)
            return report, True
        stored, is_new = kept
        if is_new:
            self.log.count("report_recorded", verified=stored.verified, reference=stored.reference)
        return stored, False

    def _mark(self, report: Report) -> None:
        """Mark the call whose report waits in the queue, for the call's end. The report is safe without the mark."""
        try:
            self.store.calls.report_waits(report.call_sid, report.reported_at)
        except StoreUnavailableError as error:
            unreached(self.log, error)

    def note(self, details: Details, *, report_waits: bool) -> None:
        """Add the reporter's answers to a report. If the report waits in the queue, so do they.

        Raises ``StoreUnavailableError`` if neither the table nor the queue accepted it.
        """
        if not (report_waits and self.send(details)):
            self.keep_or_send(details, lambda it: self.store.reports.note(it.call_sid, it.which, it.said))

    def revoke(self, call_sid: str, *, waits: bool) -> bool:
        """Withdraw the report on a screened call. If it waits in the queue, so does this. False: there is none.

        Raises ``StoreUnavailableError`` if neither the table nor the queue accepted it.
        """
        taken_back = Details(call_sid=call_sid, which=SCREENED, withdrawn=1)
        if waits and self.send(taken_back):
            return True
        return self.keep_or_send(taken_back, self._withdraw) is not False

    def _withdraw(self, taken_back: Details) -> bool:
        report = self.store.reports.get(taken_back.call_sid, taken_back.which)
        if report:
            self.store.reports.withdraw(report)
        return report is not None

    def keep_or_send(self, message: M, write: Callable[[M], Kept]) -> Kept | None:
        """Write a record to the table. If the table refuses it, send it to the queue and return None.

        Raises ``StoreUnavailableError`` if neither accepted it.
        """
        try:
            return write(message)
        except StoreUnavailableError as refused:
            if not self.send(message):
                raise
            unreached(self.log, refused)
            return None

    def send(self, message: PendingWrite) -> bool:
        """Send a record to the queue. False: the queue did not accept it, or there is none."""
        if not self.queue_url:
            return False
        from ivr.outbox.queue import Queue, QueueUnavailableError, kind_of

        self.queue = self.queue or Queue(self.queue_url)
        try:
            self.queue.send(message)
        except QueueUnavailableError as error:
            self.log.failed("queue_send_failed", error)
            return False
        self.log.count("sent_to_queue", kind=kind_of(message))
        return True


def unreached(log: Log, error: StoreUnavailableError) -> None:
    """Count a read or write that failed."""
    if isinstance(error, StoreWriteError):
        log.failed("store_write_failed", error)
    else:
        log.failed("store_read_failed", error)
