"""A report is made: on a screened call, on the last one, or on a number that was typed; and a listing is disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.actions.call_history import LAST_CALL
from ivr.actions.voicemail import MESSAGE
from ivr.flow.engine import ActionCall, ActionResult
from ivr.observability.failures import Why
from ivr.pseudonym import reference, typed_report
from ivr.records.base import expiry
from ivr.reports.pending import WAITS, Details, DetailsByReference, ReportByCall
from ivr.reports.report import SCREENED, NumberDraft, Report
from ivr.store import StoreUnavailableError
from ivr.telephony.routes import step_path

if TYPE_CHECKING:
    from ivr.actions.call_history import CallHistoryActions
    from ivr.actions.context import ActionsByName, Context
    from ivr.actions.voicemail import VoicemailActions
    from ivr.calls.call_record import CallRecord
    from ivr.telephony.twilio.webhook import Webhook
    from ivr.voicemail import Voicemail

_DRAFT_DAYS = 15  # longer than SQS keeps a report on the number (14 days in template.yaml)


class ReportActions:
    """The actions of one deployment on reports."""

    def __init__(self, context: Context, own_calls: CallHistoryActions, messages: VoicemailActions) -> None:
        self.context = context
        self.own_calls = own_calls
        self.messages = messages

    @property
    def actions(self) -> ActionsByName:
        """Each action by the name that pages call it."""
        return {
            "record_report": self.record_report,
            "report_last_call": self.report_last_call,
            "report_message": self.report_message,
            "note_report": self.note_report,
            "keep_number": self.keep_number,
            "recall_number": self.recall_number,
            "record_number": self.record_number,
            "open_dispute": self.open_dispute,
        }

    def record_report(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """Record a report on the screened call that this leg belongs to."""
        pressed = self._pressed_now(webhook.screened_sid, SCREENED, action, webhook)
        try:
            call = self.context.store.call(webhook.screened_sid)
        except StoreUnavailableError as error:
            return self._record_unread(pressed, error)
        if call is None and action.state.recorded == WAITS:
            return self._record_unread(pressed)
        return (
            self._record(pressed.of_call(call, self.context.settings.numbers_apart))
            if call
            else ActionResult("unknown_call")
        )

    def report_last_call(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """Record a report on the call that was told to the customer whom we rang back."""
        call = self.own_calls.told_call(action.state, webhook)
        if call is None:
            return ActionResult("none")
        recorded = self._record(
            self._pressed_now(call.call_sid, SCREENED, action, webhook).of_call(
                call, self.context.settings.numbers_apart
            )
        )
        return recorded._replace(sets={**recorded.sets, "report": LAST_CALL})

    def report_message(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """Record a report on the call in which the message was left that was played last."""
        message = self.messages.played(action, webhook)
        if message is None:
            return ActionResult("none")
        pressed = self._pressed_now(message.call_sid, SCREENED, action, webhook)
        recorded = self._record(pressed.of_call(message.call(pressed.expires), self.context.settings.numbers_apart))
        return recorded._replace(sets={**recorded.sets, "report": MESSAGE})

    def note_report(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """Add to the report that this leg made what was said of it."""
        state = action.state
        try:
            made = self.made(action, webhook)
        except StoreUnavailableError as error:
            self._note_by_reference(action, webhook, error)
            return ActionResult("noted")
        if made:
            said = Details(*made, category=state.category, loss=state.loss)
            self.context.outbox.note(said, report_waits=state.recorded == WAITS)
        elif state.report and webhook.is_ring_back:  # others came in since, and nothing here knows that call any more
            self._note_by_reference(action, webhook, StoreUnavailableError("the report is not the last one now"))
        return ActionResult("noted")

    def _note_by_reference(self, action: ActionCall, webhook: Webhook, error: StoreUnavailableError) -> None:
        """Send what was said of a report on a ring-back to the queue, which finds it; its CallSid is not known here."""
        state = action.state
        said = DetailsByReference(
            call_sid=webhook.call_sid,
            reference=state.reference,
            word=state.message.partition("-")[2] if state.report == MESSAGE else state.call,
            reporter=self.context.pseudonym(self.context.read(webhook.person).text),
            category=state.category,
            loss=state.loss,
        )
        if not self.context.outbox.send(said):
            raise error
        self.context.unreached(error)

    def made(self, action: ActionCall, webhook: Webhook) -> tuple[str, str] | None:
        """The report that this leg made last: its call, and which of that call's it is. None: there is none now."""
        which = action.state.report
        if which not in {LAST_CALL, MESSAGE}:
            return (webhook.screened_sid, which) if which else None
        if which == LAST_CALL:
            about: CallRecord | Voicemail | None = self.own_calls.told_call(action.state, webhook)
        else:
            about = self.messages.played(action, webhook)
        return (about.call_sid, SCREENED) if about else None

    # A number typed on the report line. It waits in the store, for it may not ride in a URL.

    def keep_number(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """Keep a number that was typed, until it is confirmed."""
        number = self.context.read(action.typed).text
        which = typed_report(webhook.call_sid, number, self.context.hmac_key())
        self.context.store.put(
            NumberDraft(call_sid=webhook.call_sid, which=which, number=number, expires=expiry(webhook.now, _DRAFT_DAYS))
        )
        return ActionResult("kept", sets={"draft": which}, values={"number": number})

    def recall_number(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """The number that waits to be confirmed, to be read out once more."""
        draft = self.context.store.draft(webhook.call_sid, action.state.draft)
        return ActionResult("kept", values={"number": draft.number}) if draft else ActionResult("gone")

    def record_number(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """Record a report on the number that was typed and confirmed."""
        reporter = self.context.person(webhook)
        pressed = self._pressed_now(webhook.call_sid, action.state.draft, action, webhook, reporter)
        try:
            draft = self.context.store.draft(webhook.call_sid, action.state.draft)
        except StoreUnavailableError as error:
            return self._record_unread(pressed, error)
        return self._record(pressed.of_number(draft)) if draft else ActionResult("gone")

    def open_dispute(self, _: ActionCall, webhook: Webhook) -> ActionResult:
        """Open a dispute on the number of whoever is on this leg."""
        from ivr.reputation.disputes import Dispute  # no screened call needs it

        number = self.context.read(webhook.person)
        if not number.text:
            return ActionResult("no_number")
        expires = expiry(webhook.now, self.context.settings.retention_disputes_days)
        dispute = Dispute(caller=number.text, opened_at=webhook.now, source=webhook.call_sid, expires=expires)
        settings, person = self.context.settings, self.context.pseudonym(number.text)
        match self.context.store.open_dispute(dispute, person, most=settings.disputes_a_day):
            case "opened":
                self.context.log.count("dispute_opened", caller=number)
            case "capped":
                self.context.log.count("capped", what="disputes")
                return ActionResult("had_today")
        return ActionResult("opened")

    def _pressed_now(
        self, call_sid: str, which: str, action: ActionCall, webhook: Webhook, reporter: str = ""
    ) -> ReportByCall:
        languages = action.state.languages
        block_days = self.context.settings.personal_block_days if which == SCREENED else 0
        return ReportByCall(
            call_sid=call_sid,
            which=which,
            reference=reference(call_sid, which, self.context.hmac_key()),
            reported_at=webhook.now,
            expires=expiry(webhook.now, self.context.settings.retention_reports_days),
            reporter=reporter,
            language=languages[0] if len(languages) == 1 else "",
            blocks_until=expiry(webhook.now, block_days) if block_days else 0,
            pressed=_pressed(action, webhook),
        )

    def _record(self, report: Report) -> ActionResult:
        stored, waits = self.context.outbox.report(report)
        return _recorded(stored, waits=waits)

    def _record_unread(self, report: ReportByCall, error: StoreUnavailableError | None = None) -> ActionResult:
        """Record a report by its CallSid alone, where what it is about can't be read now, or waits in the queue too."""
        if not self.context.outbox.send(report):
            raise error or StoreUnavailableError(Why.NOWHERE)
        if error:
            self.context.unreached(error)
        return _recorded(report, waits=True)


def _recorded(report: Report | ReportByCall, *, waits: bool) -> ActionResult:
    # What was said of a report before this one, in the same call, is not said of this one.
    sets = {"reference": report.reference, "report": report.which, "category": "", "loss": ""}
    return ActionResult("recorded", sets={**sets, "recorded": WAITS if waits else ""})


def _pressed(action: ActionCall, webhook: Webhook) -> str:
    """The step and the key that made a report. The star ends a room, of which Twilio tells by the end of the Dial."""
    in_talk = webhook.path.startswith(step_path("talk", ""))
    return action.pressed or ("talk.room=star" if in_talk else "")
