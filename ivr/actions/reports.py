"""Reports on a screened call, on the last one or on a typed number, and disputes of a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ivr.actions.call_history import LAST_CALL
from ivr.actions.declared import action
from ivr.actions.voicemail import MESSAGE
from ivr.flow.engine import ActionCall, ActionResult
from ivr.observability.failures import Why
from ivr.outbox.pending import WAITS, Details, DetailsByReference, ReportByCall
from ivr.pseudonym import reference, typed_report
from ivr.records.base import expiry
from ivr.reports import SCREENED, NumberDraft, Report
from ivr.store import StoreUnavailableError
from ivr.telephony.routes import step_path

if TYPE_CHECKING:
    from ivr.actions.call_history import CallHistoryActions
    from ivr.actions.context import Context
    from ivr.actions.voicemail import VoicemailActions
    from ivr.calls.call_record import CallRecord
    from ivr.flow.state import StateChanges
    from ivr.telephony.webhook import Webhook
    from ivr.voicemail import Voicemail

_NOT_RECORDED = "report_not_recorded"  # the metric of an alarm: these lead to a confirmation
_DRAFT_DAYS = 15  # longer than SQS keeps a report on the number (14 days in template.yaml)


class ReportActions:
    """The actions of one deployment on reports."""

    def __init__(self, context: Context, call_history: CallHistoryActions, voicemail: VoicemailActions) -> None:
        self.context = context
        self.call_history = call_history
        self.voicemail = voicemail

    @action("record_report", "Records the report.", alarm=_NOT_RECORDED)
    def record_report(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["recorded", "unknown_call"]]:
        """Record a report on the screened call that this leg belongs to."""
        pressed = self._pressed_now(webhook.screened_sid, SCREENED, action, webhook)
        try:
            call = self.context.calls.of(webhook)
        except StoreUnavailableError as error:
            return self._record_unread(pressed, error)
        if call is None and action.state.recorded == WAITS:
            return self._record_unread(pressed)
        if call is None:
            self.context.log.count(_NOT_RECORDED)
            return ActionResult("unknown_call")
        return self._record(pressed.of_call(call, self.context.settings.special_numbers))

    @action("report_last_call", "Records the report on that call.", alarm=_NOT_RECORDED)
    def report_last_call(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["recorded", "none"]]:
        """Record a report on the call that was read out to the customer on this ring-back."""
        call = self.call_history.call_read_out(action.state, webhook)
        if call is None:
            return ActionResult("none")
        recorded = self._record(
            self._pressed_now(call.call_sid, SCREENED, action, webhook).of_call(
                call, self.context.settings.special_numbers
            )
        )
        return recorded._replace(sets={**recorded.sets, "report": LAST_CALL})

    @action("report_message", "Records a report on the call in which the message was left.", alarm=_NOT_RECORDED)
    def report_message(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["recorded", "none"]]:
        """Record a report on the call that left the voicemail which was played last."""
        message = self.voicemail.played(action, webhook)
        if message is None:
            return ActionResult("none")
        pressed = self._pressed_now(message.call_sid, SCREENED, action, webhook)
        recorded = self._record(pressed.of_call(message.call(pressed.expires), self.context.settings.special_numbers))
        return recorded._replace(sets={**recorded.sets, "report": MESSAGE})

    @action("note_report", "Adds the answer to the report.")
    def note_report(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["noted"]]:
        """Add an answer to the report that this leg made."""
        state = action.state
        try:
            made = self.made(action, webhook)
        except StoreUnavailableError as error:
            self._note_by_reference(action, webhook, error)
            return ActionResult("noted")
        if made:
            said = Details(*made, category=state.category, loss=state.loss)
            self.context.outbox.note(said, report_waits=state.recorded == WAITS)
        elif state.report and webhook.is_ring_back:  # newer calls have come in, so the CallSid is no longer known here
            self._note_by_reference(action, webhook, StoreUnavailableError("the report is not the last one now"))
        return ActionResult("noted")

    def _note_by_reference(self, action: ActionCall, webhook: Webhook, error: StoreUnavailableError) -> None:
        """Send an answer about a report on a ring-back to the queue, with the reference instead of the CallSid."""
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
        """The report that this leg made last, as its CallSid and its name within the call. None: there is none."""
        which = action.state.report
        if which not in {LAST_CALL, MESSAGE}:
            return (webhook.screened_sid, which) if which else None
        if which == LAST_CALL:
            about: CallRecord | Voicemail | None = self.call_history.call_read_out(action.state, webhook)
        else:
            about = self.voicemail.played(action, webhook)
        return (about.call_sid, SCREENED) if about else None

    # A number typed on the report line. It waits in the store, because URLs hold no number.

    @action("keep_number", "Keeps the number until it is confirmed.", alarm=_NOT_RECORDED)
    def keep_number(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["kept"]]:
        """Keep a number that was typed, until it is confirmed."""
        number = self.context.read(action.typed).text
        which = typed_report(webhook.call_sid, number, self.context.hmac_key())
        self.context.store.put(
            NumberDraft(call_sid=webhook.call_sid, which=which, number=number, expires=expiry(webhook.now, _DRAFT_DAYS))
        )
        return ActionResult("kept", sets={"draft": which}, values={"number": number})

    @action("recall_number", "Fetches the number again.", alarm=_NOT_RECORDED)
    def recall_number(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["kept", "gone"]]:
        """The typed number that waits for confirmation, to read it out again."""
        draft = self.context.store.reports.draft(webhook.call_sid, action.state.draft)
        return ActionResult("kept", values={"number": draft.number}) if draft else ActionResult("gone")

    @action("record_number", "Records the report on this number.", alarm=_NOT_RECORDED)
    def record_number(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["recorded", "gone"]]:
        """Record a report on the number that was typed and confirmed."""
        reporter = self.context.person(webhook)
        pressed = self._pressed_now(webhook.call_sid, action.state.draft, action, webhook, reporter)
        try:
            draft = self.context.store.reports.draft(webhook.call_sid, action.state.draft)
        except StoreUnavailableError as error:
            return self._record_unread(pressed, error)
        return self._record(pressed.of_number(draft)) if draft else ActionResult("gone")

    @action("open_dispute", "Records that the caller objects to their own number being listed.")
    def open_dispute(
        self, _: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["opened", "had_today", "no_number"]]:
        """Open a dispute on the number of the person on this leg."""
        from ivr.reputation.disputes import Dispute  # no screened call needs it

        number = self.context.read(webhook.person)
        if not number.text:
            return ActionResult("no_number")
        expires = expiry(webhook.now, self.context.settings.retention_disputes_days)
        dispute = Dispute(caller=number.text, opened_at=webhook.now, source=webhook.call_sid, expires=expires)
        settings, person = self.context.settings, self.context.pseudonym(number.text)
        match self.context.store.disputes.open(dispute, person, most=settings.disputes_a_day):
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

    def _record(self, report: Report) -> ActionResult[Literal["recorded"]]:
        stored, waits = self.context.outbox.report(report)
        return _recorded(stored, waits=waits)

    def _record_unread(
        self, report: ReportByCall, error: StoreUnavailableError | None = None
    ) -> ActionResult[Literal["recorded"]]:
        """Record a report by its CallSid alone, if its call record or typed number can't be read now or is queued."""
        if not self.context.outbox.send(report):
            raise error or StoreUnavailableError(Why.NOWHERE)
        if error:
            self.context.unreached(error)
        return _recorded(report, waits=True)


def _recorded(report: Report | ReportByCall, *, waits: bool) -> ActionResult[Literal["recorded"]]:
    # Clear the answers about an earlier report of the same call.
    sets: StateChanges = {"reference": report.reference, "report": report.which, "category": "", "loss": ""}
    return ActionResult("recorded", sets={**sets, "recorded": WAITS if waits else ""})


def _pressed(action: ActionCall, webhook: Webhook) -> str:
    """The step and the key that made a report. A star ends the conference, so its webhook is the end of the Dial."""
    in_talk = webhook.path.startswith(step_path("talk", ""))
    return action.pressed or ("talk.room=star" if in_talk else "")
