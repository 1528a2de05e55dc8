"""What the pages have done in the world: each effect reads or writes the store and says which way it went.

What a store that can't be reached means for a call is the page's to say, except where a call goes on regardless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr import numbers, records
from ivr.flow.engine import STORE_DOWN, Effect, Outcome
from ivr.pseudonym import pseudonym, reference
from ivr.screening import rules
from ivr.screening.way_in import asks_nothing, way_in
from ivr.store import StoreUnavailableError, StoreWriteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.journal import Journal
    from ivr.records import Line
    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.webhook import Webhook

_DAY = 24 * 3600
_WHISPER_SECONDS = 150  # the longest whisper with a report in it; the line stays taken meanwhile
_LONGEST_CALL_SECONDS = 4 * 3600  # Twilio ends every call then
_TRUST_AFTER_SECONDS = 60  # "connect and trust" takes effect only after a talk of a minute (DESIGN 4)
_DRAFT_SECONDS = 3600
_RECORDING = frozenset({"record_report", "keep_number", "recall_number", "record_number"})  # lead to a confirmation


class Effects:
    """The effects of one deployment."""

    def __init__(self, settings: Settings, hmac_key: Callable[[], str], store: Store, journal: Journal) -> None:
        self.settings = settings
        self.hmac_key = hmac_key
        self.store = store
        self.journal = journal

    def perform(self, effect: Effect, webhook: Webhook) -> Outcome:
        """Perform an effect. A store that can't be reached is an outcome too, for which the page has a way."""
        try:
            outcome: Outcome = getattr(self, f"_{effect.name}")(effect, webhook)
        except StoreUnavailableError as error:
            self._unreached(error)
            outcome = Outcome(STORE_DOWN)
        if effect.name in _RECORDING and outcome.way in {STORE_DOWN, "unknown_call"}:
            self.journal.count("report_not_recorded")
        return outcome

    def _unreached(self, error: StoreUnavailableError) -> None:
        if isinstance(error, StoreWriteError):
            self.journal.failed("store_write_failed", error)
        else:
            self.journal.failed("store_read_failed", error)

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
        looked = self.store.look_up(line_number, caller, webhook.now)
        if not looked.complete:
            self.journal.count("store_read_failed")
        evidence = rules.Evidence(
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
                "quiet": "yes" if way == "ring" and asks_nothing(verdict, mode) else "",
            }
            if way != "report_line"
            else {},
        )

    def _open_ring(self, effect: Effect, webhook: Webhook) -> Outcome:
        line = self.store.line(self._read(webhook.called).text, webhook.now)
        if line is None:  # unregistered between the notice and the check
            return Outcome("engaged")
        caller, state = self._read(webhook.caller), effect.state
        rings = _LONGEST_CALL_SECONDS if state.quiet else self.settings.ring_seconds + _WHISPER_SECONDS
        ring = records.Ring(
            line=line.number,
            call_sid=webhook.call_sid,
            caller=caller.text,
            until=webhook.now + rings,
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
            caller=caller.text,
        )
        try:
            free = self.store.open_ring(ring, call, webhook.now)
        except (
            StoreUnavailableError
        ) as error:  # the customer is rung all the same: a call is worth more than its record
            self._unreached(error)
            free = True
        return Outcome("free" if free else "engaged", values=self._ring_values(line, webhook))

    def _ring_values(self, line: Line, webhook: Webhook) -> dict[str, str]:
        shown = webhook.caller if self.settings.caller_id_shown == "caller" else webhook.called
        return {"ring_to": line.ring_to, "line_languages": line.languages, "caller_id": shown}

    def _close_ring(self, effect: Effect, webhook: Webhook) -> Outcome:
        try:
            call, reports = self.store.call_with_reports(webhook.call_sid)
            self.store.close_ring(self._read(webhook.called).text, webhook.call_sid)
        except StoreUnavailableError as error:  # what Twilio says of the Dial has to do
            self._unreached(error)
            call, reports = None, []
        accepted = bool(call and call.accepted_at)
        talked = accepted or webhook.dial_bridged or (effect.state.quiet == "yes" and webhook.dial_answered)
        if (
            call
            and call.caller
            and call.wants_trust
            and not reports
            and webhook.now - call.accepted_at >= _TRUST_AFTER_SECONDS
        ):
            self.store.trust(call, webhook.now)
        return Outcome("talked" if talked else "not_taken")

    # The customer's leg.

    def _accept(self, _: Effect, webhook: Webhook, *, wants_trust: bool = False) -> Outcome:
        call = self.store.accept(webhook.screened_sid, webhook.now, wants_trust=wants_trust)
        if call is None:
            return Outcome("unknown_call")
        self.store.hold_ring(call.line, call.call_sid, webhook.now + _LONGEST_CALL_SECONDS, webhook.now)
        return Outcome("stored")

    def _accept_and_trust(self, effect: Effect, webhook: Webhook) -> Outcome:
        return self._accept(effect, webhook, wants_trust=True)

    # Reports.

    def _record_report(self, _: Effect, webhook: Webhook) -> Outcome:
        call = self.store.call(webhook.screened_sid)
        if call is None:
            return Outcome("unknown_call")
        return self._store_report(
            records.Report(
                call_sid=call.call_sid,
                which="screened",
                reference=reference(call.call_sid, "screened", self.hmac_key()),
                reported_at=webhook.now,
                reporter=call.customer,
                verified=1,
                expires=webhook.now + self.settings.retention_reports_days * _DAY,
                caller=call.caller,
                line=call.line,
                verdict=call.verdict,
                reason=call.reason,
            )
        )

    def _store_report(self, report: records.Report) -> Outcome:
        stored = self.store.put_report(report)
        if stored is report:  # not a second delivery
            self.journal.count("report_recorded", verified=stored.verified, reference=stored.reference)
        return Outcome("recorded", sets={"reference": stored.reference, "report": stored.which})

    def _note_report(self, effect: Effect, webhook: Webhook) -> Outcome:
        state = effect.state
        said = {name: value for name, value in (("category", state.category), ("loss", state.loss)) if value}
        self.store.note_report(webhook.screened_sid, state.report, said)
        return Outcome("noted")

    # A number typed on the report line. It waits in the store, for it may not ride in a URL.

    def _keep_number(self, effect: Effect, webhook: Webhook) -> Outcome:
        which = _next_typed(effect.state.report)
        number = self._read(effect.typed).text
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
        draft = self.store.draft(webhook.call_sid, effect.state.draft)
        if draft is None:
            return Outcome("gone")
        key = self.hmac_key()
        return self._store_report(
            records.Report(
                call_sid=webhook.call_sid,
                which=draft.which,
                reference=reference(webhook.call_sid, draft.which, key),
                reported_at=webhook.now,
                reporter=pseudonym(self._read(webhook.caller).text, key),
                expires=webhook.now + self.settings.retention_reports_days * _DAY,
                caller=draft.number,
            )
        )

    def _read(self, raw: str) -> numbers.Number:
        return numbers.read(raw, self.settings.home_region)


def _next_typed(report: str) -> str:
    """The next number of a call: typed-1, and typed-2 once typed-1 was reported."""
    word, _, nth = report.partition("-")
    return f"typed-{int(nth) + 1}" if word == "typed" else "typed-1"
