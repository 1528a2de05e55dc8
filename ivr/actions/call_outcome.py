"""The outcome of a screened call: one log line and one record, written once when its last leg has ended.

The status callbacks of both legs lead here, in any order and perhaps twice. Only a caller who failed the check waits
for a write. A call whose callbacks never come still has its record and the log lines of its steps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ivr.actions.declared import action
from ivr.calls.outcome import CallOutcome, Outcome, customer_goes_on, keys_of, outcome_by_route, outcome_of
from ivr.flow.engine import ActionResult
from ivr.records.base import expiry
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.actions.screening import ScreeningActions
    from ivr.calls.call_record import CallRecord
    from ivr.flow.engine import ActionCall
    from ivr.store.outcomes import CallDetails
    from ivr.telephony.webhook import Webhook

_NONE = "none"


class CallOutcomeActions:
    """The actions on outcomes of one deployment's screened calls."""

    def __init__(self, context: Context, screening: ScreeningActions) -> None:
        self.context = context
        self.screening = screening

    @action("check_failed", "Stores and counts that the caller failed the check.")
    def check_failed(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["noted"]]:
        """Store and count a failed check. Twilio's callbacks don't distinguish it from a caller who hangs up."""
        state = action.state
        ending = self._ending(Outcome.FAILED_CHECK, webhook, verdict=state.verdict, reason=state.why)
        self.context.store.outcomes.begin(ending)
        self.screening.count_failed_check(state.why, webhook)
        return ActionResult("noted")

    def begin(self, outcome: Outcome, webhook: Webhook, *, verdict: str, reason: str) -> None:
        """Store the expected outcome of a call that doesn't ring the customer. A failed write is only logged."""
        try:
            self.context.store.outcomes.begin(self._ending(outcome, webhook, verdict=verdict, reason=reason))
        except StoreUnavailableError as error:
            self.context.unreached(error)

    def known(self, webhook: Webhook) -> CallDetails | None:
        """What is stored of a leg's call. None: it can't be read now, which is logged."""
        try:
            return self.context.store.outcomes.details(webhook.screened_sid)
        except StoreUnavailableError as error:
            self.context.unreached(error)
            return None

    def caller_ended(self, details: CallDetails, webhook: Webhook) -> None:
        """The caller's leg has ended. Safe to repeat. A failed write is only logged."""
        try:
            if details.call and customer_goes_on(details.call):
                call = self.context.store.calls.hang_up(webhook.call_sid, webhook.now, webhook.call_seconds)
                if call is None or customer_goes_on(call):  # that leg's callback closes the outcome
                    return
                details = self.context.store.outcomes.details(webhook.call_sid)
            if ending := self._of_caller(details, webhook):
                self._close(details, ending, webhook.now)
        except StoreUnavailableError as error:
            self.context.unreached(error)

    def customer_ended(self, call: CallRecord | None, webhook: Webhook) -> None:
        """The customer's leg has ended, perhaps as the last one. Safe to repeat. A failed write is only logged.

        ``call`` is the record with the end of this leg. None: it is not known.
        """
        if call and not call.hung_up_at:  # the callback of the caller's leg closes the outcome, or has done so
            return
        details = self.known(webhook)
        if details is None or details.call is None or not details.call.hung_up_at:
            return
        try:
            self._close(details, details.ending or self._of_record(details.call, details.call.seconds), webhook.now)
        except StoreUnavailableError as error:
            self.context.unreached(error)

    def _of_caller(self, details: CallDetails, webhook: Webhook) -> CallOutcome | None:
        """The outcome as the caller's leg shows it. None: it was no call to a protected line."""
        if details.ending:
            lasted = details.ending.seconds or webhook.call_seconds
            return replace(details.ending, seconds=lasted)
        if details.call:
            return self._of_record(details.call, webhook.call_seconds)
        judged = self.screening.call_ended(webhook)
        verdict = judged.verdict
        if judged.route == "report_line":
            return None
        return self._ending(outcome_by_route(judged.route), webhook, verdict=verdict.kind, reason=verdict.reason)

    def _close(self, details: CallDetails, ending: CallOutcome, now: int) -> None:
        call = details.call
        outcome = outcome_of(call, details.reports) if call else Outcome(ending.outcome)
        closed = replace(ending, outcome=outcome)
        if self.context.store.outcomes.close(closed, now):
            self.context.log.count(
                "call_ended",
                outcome=outcome,
                verdict=closed.verdict or _NONE,
                reason=closed.reason or _NONE,
                status=(call.dial_status if call else "") or _NONE,
                why=(call.dial_error if call else "") or _NONE,
                keys=keys_of(call, details.reports) if call else {},
                seconds=closed.seconds,
                release=closed.release,
            )

    def _of_record(self, call: CallRecord, seconds: int) -> CallOutcome:
        """The outcome of a call that rang the customer, which ``_close`` names; its caller's leg lasted ``seconds``."""
        settings = self.context.settings
        return CallOutcome(
            call_sid=call.call_sid,
            line=call.line,
            outcome=outcome_of(call, []),
            rang_at=call.rang_at,
            expires=expiry(call.rang_at, settings.retention_calls_days),
            caller=call.caller,
            verdict=call.verdict,
            reason=call.reason,
            seconds=seconds,
            release=settings.release,
        )

    def _ending(self, outcome: Outcome, webhook: Webhook, *, verdict: str, reason: str) -> CallOutcome:
        """The outcome of a call that rang nobody, or whose record is not there."""
        settings, lasted = self.context.settings, webhook.call_seconds
        began = webhook.now - lasted
        return CallOutcome(
            call_sid=webhook.call_sid,
            line=self.context.read(webhook.called).text,
            outcome=outcome,
            rang_at=began,
            expires=expiry(began, settings.retention_calls_days),
            caller=self.context.read(webhook.caller).text,
            verdict=verdict,
            reason=reason,
            seconds=lasted,
            release=settings.release,
        )
