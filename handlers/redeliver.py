"""Stores what waits in the queue: reports, their details, call records and call-backs that DynamoDB refused.

Messages come in any order and more than once. Each is stored with the same condition as on the first attempt. One that
can't be stored yet is retried. One that never can is moved to the dead-letter queue at once, unchanged, because it is
the only copy.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ivr import settings, store
from ivr.calls.call_record import CallRecord
from ivr.care.call_backs import CallBack
from ivr.dead_letters import is_passing
from ivr.observability.log import Log, write_to
from ivr.outbox import queue
from ivr.outbox.pending import Details, DetailsByReference, ReportByCall
from ivr.reports import SCREENED, Report
from ivr.reputation.counting import NO_SPECIAL_NUMBERS, SpecialNumbers
from ivr.voicemail import RECORD_WAITS, Voicemail, word_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class NotYetError(Exception):
    """The record that a message needs (call, typed number or report) is not stored yet. Retry later."""


class Redelivery:
    """Stores messages of the queue."""

    def __init__(
        self, store: store.Store, log: Log, special: SpecialNumbers = NO_SPECIAL_NUMBERS, dead_letters: str = ""
    ) -> None:
        self.store = store
        self.log = log
        store.table.notice.count_in(log)
        self.special = special
        self.dead_letters = dead_letters  # that queue's URL; empty: SQS itself moves messages there after some attempts

    def take(self, body: str) -> None:
        """Store one message, once. Raises if it must be retried; the log has the reason."""
        self.log.begin("")
        try:
            message = queue.read(body)
            self.log.begin(message.call_sid)
            self._store(message)
        except NotYetError:
            self.log.count("redelivery_waits", kind=queue.kind_of(message))
            raise
        except Exception as error:
            self.log.failed("redelivery_failed", error)
            if is_passing(error) or (isinstance(error, queue.MessageError) and error.newer) or not self.dead_letters:
                raise
            queue.Queue(self.dead_letters).send_text(body)
            return
        self.log.count("redelivered", kind=queue.kind_of(message))

    def _store(self, message: queue.PendingWrite) -> None:
        match message:
            case CallRecord():
                self.store.put_once(message)  # the key is taken after a retry, or if the first write had succeeded
            case Report():
                self._store_report(message)
            case ReportByCall():
                self._store_report(self._joined(message))
            case Details():
                self._note(message)
            case DetailsByReference():
                self._note_by_reference(message)
            case CallBack():
                self._ask_call_back(message)
            case Voicemail():
                self._keep_message(message)

    def _store_report(self, report: Report) -> None:
        stored, is_new = self.store.reports.put(report)
        if is_new:
            self.log.count("report_recorded", verified=stored.verified, reference=stored.reference)

    def _ask_call_back(self, call_back: CallBack) -> None:
        if self.store.call_backs.ask(call_back, call_back.asked_at, most=0) is call_back:
            self.log.count("call_back_asked")

    def _keep_message(self, message: Voicemail) -> None:
        if message.undecided:
            call, reports = self.store.calls.with_reports(message.call_sid)
            if message.undecided == RECORD_WAITS and call is None:
                raise NotYetError
            if call and call.reported_at and not reports:
                raise NotYetError
            message = message.beside(reports)
        self.store.voicemails.keep(message, most=0)

    def _joined(self, report: ReportByCall) -> Report:
        if report.which == SCREENED:
            call = self.store.calls.get(report.call_sid)
            if call is None:
                raise NotYetError
            return report.of_call(call, self.special)
        draft = self.store.reports.draft(report.call_sid, report.which)
        if draft is None:
            raise NotYetError
        return report.of_number(draft)

    def _note_by_reference(self, said: DetailsByReference) -> None:
        located = self.store.reports.by_reference(said.reference)
        found = [one for one in located if word_of(one.call_sid) == said.word and one.reporter == said.reporter]
        if not found:
            raise NotYetError
        for report in found:
            self._note(Details(report.call_sid, report.which, said.category, said.loss))

    def _note(self, details: Details) -> None:
        _, reports = self.store.calls.with_reports(details.call_sid)
        told = next((report for report in reports if report.which == details.which), None)
        if told is None:
            raise NotYetError
        if details.said:
            self.store.reports.note(details.call_sid, details.which, details.said)
        if details.withdrawn:
            self.store.reports.withdraw(told)


@lru_cache(maxsize=1)
def redelivery() -> Redelivery:
    """The container's instance, made at its first batch."""
    write_to()
    current = settings.current()
    return Redelivery(
        store.Store(current.table_name, store.client()),
        Log.of(current),
        current.special_numbers,
        current.set_aside_queue_url,
    )


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Store one batch of the queue. Returns the messages that SQS must retry."""
    work, again = redelivery(), []
    for message in event["Records"]:
        try:
            work.take(message["body"])
        except Exception:  # noqa: BLE001  # it is logged, and one must not stop the others
            again.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": again}
