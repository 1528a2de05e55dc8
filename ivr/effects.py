"""What the pages have done in the world: each effect reads or writes the store and says which way it went.

What a store that can't be reached means for a call is the page's to say, except where a call goes on regardless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr import numbers, records
from ivr.flow.engine import STORE_DOWN, Effect, Outcome
from ivr.own_calls import LAST_CALL, OwnCalls
from ivr.pseudonym import pseudonym, reference, typed_report
from ivr.recording import SCREENED, WAITS, Details, Recording, ReportByCall, unreached
from ivr.screening import rules
from ivr.screening.verdict import Reason
from ivr.screening.way_in import way_in
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.state import State
    from ivr.journal import Journal
    from ivr.records import CallRecord, Line
    from ivr.screening.verdict import Verdict
    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.webhook import Webhook

_DAY = 24 * 3600
_RING_GRACE_SECONDS = 10  # between our answer and the first ring
_WHISPER_SECONDS = 420  # longer than any whisper with a report in it; the line stays taken meanwhile
_TALK_HELD_SECONDS = 3600  # a line whose call's end never reached us is not closed for longer
_TRUST_AFTER_SECONDS = 60  # "connect and trust" takes effect only after a talk of a minute (DESIGN 4)
_DRAFT_SECONDS = 3600
_MOST_COUNTED_ALOUD = 200  # "more than 200" (DESIGN 5)
_RECORDING = frozenset({"record_report", "keep_number", "recall_number", "record_number"})  # lead to a confirmation


class Effects:
    """The effects of one deployment."""

    def __init__(self, settings: Settings, hmac_key: Callable[[], str], store: Store, journal: Journal) -> None:
        self.settings = settings
        self.hmac_key = hmac_key
        self.store = store
        self.journal = journal
        self.recording = Recording(store, settings.report_queue_url, journal)
        self.own_calls = OwnCalls(settings, hmac_key, store)

    def perform(self, effect: Effect, webhook: Webhook) -> Outcome:
        """Perform an effect. A store that can't be reached is an outcome too, for which the page has a way."""
        try:
            performer = getattr(self.own_calls, effect.name, None) or getattr(self, f"_{effect.name}")
            outcome: Outcome = performer(effect, webhook)
        except StoreUnavailableError as error:
            self._unreached(error)
            outcome = Outcome(STORE_DOWN)
        if effect.name in _RECORDING and outcome.way in {STORE_DOWN, "unknown_call"}:
            self.journal.count("report_not_recorded")
        return outcome

    def _unreached(self, error: StoreUnavailableError) -> None:
        unreached(self.journal, error)

    def end_call(self, webhook: Webhook) -> None:
        """A leg ended: free the line that it held. Safe to repeat, and it never troubles Twilio."""
        if not webhook.leg_ended:
            return
        try:
            self.store.close_ring(self._read(webhook.called).text, webhook.call_sid)
        except StoreUnavailableError as error:
            self._unreached(error)

    # The caller's leg.

    def _screen(self, _: Effect, webhook: Webhook) -> Outcome:
        caller, line_number = self._read(webhook.caller), self._read(webhook.called).text
        try:
            looked = self.store.look_up(line_number, caller, webhook.now)
        except StoreUnavailableError as error:
            if line_number != self.settings.report_number:
                raise
            self._unreached(error)
            return Outcome("hotline_down")  # the settings alone say that this is the report line
        if not looked.complete:
            self.journal.count("store_read_failed")
        evidence = rules.Case(
            caller=caller,
            looked=looked,
            now=webhook.now,
            own_numbers=self.settings.numbers_of_our_own,
            attestation=webhook.form.get("StirVerstat"),
            spam_score=webhook.spam_score,
        )
        verdict = rules.judge(evidence)
        way = way_in(
            looked,
            verdict,
            caller=caller,
            forwarded_from=self._read(webhook.form.get("ForwardedFrom")).text,
            call_sid=webhook.call_sid,
            now=webhook.now,
            always_ring=self.settings.normalised(self.settings.always_ring),
        )
        self.journal.count("call_screened", verdict=verdict.kind, reason=verdict.reason, way=way, caller=caller)
        mode = looked.line.mode if looked.line else ""
        return Outcome(
            way,
            sets={
                "verdict": verdict.kind,
                "why": verdict.reason,
                "digits": caller.last_digits,
                **_reputation_in_words(verdict, looked),
                "quiet": "yes" if mode == "off" else "",  # DESIGN 2: nothing is asked
            }
            if way != "report_line"
            else {},
        )

    def _open_ring(self, effect: Effect, webhook: Webhook) -> Outcome:
        line = self.store.line(self._read(webhook.called).text, webhook.now)
        if line is None:  # unregistered between the notice and the check
            return Outcome("engaged")
        values = {"ring_to": line.ring_to, "line_languages": line.languages, "caller_id": self.caller_id(webhook)}
        # The customer is rung in any case: a call is worth more than its record.
        try:
            ring, call = self._ring_and_record(line, effect.state, webhook)
        except SecretUnavailableError as error:
            self.journal.failed("secret_unavailable", error)
            return Outcome("free", sets={"recorded": "no"}, values=values)
        try:
            free = self.store.open_ring(ring, call, webhook.now)
        except StoreUnavailableError as error:
            self._unreached(error)
            return Outcome("free", sets={"recorded": WAITS if self.recording.send(call) else "no"}, values=values)
        return Outcome("free" if free else "engaged", values=values)

    def _ring_and_record(self, line: Line, state: State, webhook: Webhook) -> tuple[records.Ring, CallRecord]:
        caller = self._read(webhook.caller).text
        rings_until = webhook.now + self.settings.ring_seconds + _RING_GRACE_SECONDS
        ring = records.Ring(
            line=line.number,
            call_sid=webhook.call_sid,
            caller=caller,
            rings_until=rings_until,
            until=webhook.now + _TALK_HELD_SECONDS if state.quiet else rings_until + _WHISPER_SECONDS,
            expires=webhook.now + _DAY,
        )
        call = records.CallRecord(
            call_sid=webhook.call_sid,
            line=line.number,
            customer=pseudonym(line.ring_to, self.hmac_key()),
            verdict=state.verdict,
            reason=state.why,
            rang_at=webhook.now,
            expires=webhook.now + self.settings.retention_calls_days * _DAY,
            caller=caller,
        )
        return ring, call

    def caller_id(self, webhook: Webhook) -> str:
        """What a telephone that we ring shows: this call's To, or its From where the setting says so and it can be."""
        caller = self._read(webhook.caller)
        shown = self.settings.caller_id_shown == "caller" and caller.kind is numbers.Kind.E164
        return caller.text if shown else webhook.called

    def _close_ring(self, effect: Effect, webhook: Webhook) -> Outcome:
        try:
            call, reports = self.store.call_with_reports(webhook.call_sid)
            self.store.close_ring(self._read(webhook.called).text, webhook.call_sid)
        except StoreUnavailableError as error:  # what Twilio says of the Dial has to do
            self._unreached(error)
            call, reports = None, []
        ended_at = (call and call.ended_at) or webhook.now  # a replay a day later makes no talk longer
        if call and not call.ended_at:
            self._note_end(call, webhook)
        accepted = bool(call and call.accepted_at)
        talked = accepted or webhook.dial_bridged or (effect.state.quiet == "yes" and webhook.dial_answered)
        if call and _earned_trust(call, reports, ended_at):
            self.store.trust(call, webhook.now)
        return Outcome("talked" if talked else "not_taken")

    def _note_end(self, call: CallRecord, webhook: Webhook) -> None:
        try:
            self.store.end(call.call_sid, webhook.now, talked=webhook.dial_bridged)
        except StoreUnavailableError as error:  # the call is over all the same
            self._unreached(error)

    # The customer's leg.

    def _accept(self, _: Effect, webhook: Webhook, *, wants_trust: bool = False) -> Outcome:
        call = self.store.accept(webhook.screened_sid, webhook.now, wants_trust=wants_trust)
        if call is None:
            return Outcome("unknown_call")
        self.store.hold_ring(call.line, call.call_sid, webhook.now + _TALK_HELD_SECONDS, webhook.now)
        return Outcome("stored")

    def _accept_and_trust(self, effect: Effect, webhook: Webhook) -> Outcome:
        return self._accept(effect, webhook, wants_trust=True)

    # Reports.

    def _record_report(self, effect: Effect, webhook: Webhook) -> Outcome:
        pressed = self._pressed_now(webhook.screened_sid, SCREENED, webhook)
        try:
            call = self.store.call(webhook.screened_sid)
        except StoreUnavailableError as error:
            return self._record_unread(pressed, error)
        if call is None and effect.state.recorded == WAITS:
            return self._record_unread(pressed)
        return self._record(pressed.of_call(call)) if call else Outcome("unknown_call")

    def _report_last_call(self, _: Effect, webhook: Webhook) -> Outcome:
        call = self.own_calls.last_call(webhook)
        if call is None:
            return Outcome("none")
        recorded = self._record(self._pressed_now(call.call_sid, SCREENED, webhook).of_call(call))
        return recorded._replace(sets={**recorded.sets, "report": LAST_CALL})

    def _pressed_now(self, call_sid: str, which: str, webhook: Webhook, reporter: str = "") -> ReportByCall:
        return ReportByCall(
            call_sid=call_sid,
            which=which,
            reference=reference(call_sid, which, self.hmac_key()),
            reported_at=webhook.now,
            expires=webhook.now + self.settings.retention_reports_days * _DAY,
            reporter=reporter,
        )

    def _record(self, report: records.Report) -> Outcome:
        stored, waits = self.recording.report(report)
        return _recorded(stored, waits=waits)

    def _record_unread(self, report: ReportByCall, error: StoreUnavailableError | None = None) -> Outcome:
        """Record a report by its CallSid alone, where what it is about can't be read now, or waits in the queue too."""
        if not self.recording.send(report):
            raise error or StoreUnavailableError("neither the call's record nor a queue")
        if error:
            self._unreached(error)
        return _recorded(report, waits=True)

    def _note_report(self, effect: Effect, webhook: Webhook) -> Outcome:
        state = effect.state
        call_sid, which = webhook.screened_sid, state.report
        if which == LAST_CALL:
            call = self.own_calls.last_call(webhook)
            call_sid, which = call.call_sid if call else "", SCREENED
        said = Details(call_sid=call_sid, which=which, category=state.category, loss=state.loss)
        self.recording.note(said, report_waits=state.recorded == WAITS)
        return Outcome("noted")

    # A number typed on the report line. It waits in the store, for it may not ride in a URL.

    def _keep_number(self, effect: Effect, webhook: Webhook) -> Outcome:
        number = self._read(effect.typed).text
        which = typed_report(webhook.call_sid, number, self.hmac_key())
        self.store.put(
            records.NumberDraft(
                call_sid=webhook.call_sid, which=which, number=number, expires=webhook.now + _DRAFT_SECONDS
            )
        )
        return Outcome("kept", sets={"draft": which}, values={"number": number})

    def _recall_number(self, effect: Effect, webhook: Webhook) -> Outcome:
        draft = self.store.draft(webhook.call_sid, effect.state.draft)
        return Outcome("kept", values={"number": draft.number}) if draft else Outcome("gone")

    def _record_number(self, effect: Effect, webhook: Webhook) -> Outcome:
        reporter = pseudonym(self._read(webhook.person).text, self.hmac_key())
        pressed = self._pressed_now(webhook.call_sid, effect.state.draft, webhook, reporter)
        try:
            draft = self.store.draft(webhook.call_sid, effect.state.draft)
        except StoreUnavailableError as error:
            return self._record_unread(pressed, error)
        return self._record(pressed.of_number(draft)) if draft else Outcome("gone")

    def _open_dispute(self, _: Effect, webhook: Webhook) -> Outcome:
        from ivr.reputation.disputes import Dispute  # no screened call needs it

        caller = self._read(webhook.caller)
        if not caller.text:
            return Outcome("no_number")
        expires = webhook.now + self.settings.retention_reports_days * _DAY
        dispute = Dispute(caller=caller.text, opened_at=webhook.now, source=webhook.call_sid, expires=expires)
        if self.store.open_dispute(dispute):
            self.journal.count("dispute_opened", caller=caller)
        return Outcome("opened")

    def _read(self, raw: str) -> numbers.Number:
        return numbers.read(raw, self.settings.home_region)


def _recorded(report: records.Report | ReportByCall, *, waits: bool) -> Outcome:
    # What was said of a report before this one, in the same call, is not said of this one.
    sets = {"reference": report.reference, "report": report.which, "category": "", "loss": ""}
    return Outcome("recorded", sets={**sets, "recorded": WAITS if waits else ""})


def _reputation_in_words(verdict: Verdict, looked: rules.Looked) -> dict[str, str]:
    """How many people reported a caller who is flagged for it, and for what, as the state of the call."""
    if verdict.reason is not Reason.REPORTED or not looked.reputation:
        return {}
    many = looked.reputation.more or looked.reputation.live > _MOST_COUNTED_ALOUD
    return {"reports": "many" if many else str(looked.reputation.live), "about": verdict.category}


def _earned_trust(call: CallRecord, reports: list[records.Report], ended_at: int) -> bool:
    """Whether "connect and trust" takes effect: only after a talk of a minute without a report (DESIGN 4)."""
    long_enough = ended_at - call.accepted_at >= _TRUST_AFTER_SECONDS
    return bool(call.caller and call.wants_trust and call.accepted_at and long_enough and not reports)
