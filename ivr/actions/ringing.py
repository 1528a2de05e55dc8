"""Ringing the customer: lock the line and record the call, accept or decline it by key, and end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ivr.actions.declared import action
from ivr.calls.call_record import LineLock
from ivr.calls.outcome import Outcome
from ivr.flow.engine import ActionCall, ActionResult
from ivr.outbox.pending import WAITS
from ivr.records.base import DAY
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from ivr.actions.call_outcome import CallOutcomeActions
    from ivr.actions.context import Context
    from ivr.calls.call_record import CallRecord
    from ivr.flow.facts import Facts
    from ivr.flow.state import State
    from ivr.screening.line import Line
    from ivr.telephony.webhook import Webhook

_RING_GRACE_SECONDS = 10  # between our answer and the first ring
_WHISPER_SECONDS = 420  # longer than any whisper with a report; the line stays locked for this time
_TALK_HELD_SECONDS = 3600  # the longest lock of a line if the webhooks of a call's end are lost
_DELIVERED_WITHIN_SECONDS = 20  # Twilio retries a key's webhook within this time; a later one is a replay
_TRUST_AFTER_SECONDS = 60  # "connect and trust" takes effect only after a talk of a minute


class RingingActions:
    """The actions of one deployment from the ring to the end of a screened call."""

    def __init__(self, context: Context, outcomes: CallOutcomeActions) -> None:
        self.context = context
        self.outcomes = outcomes

    @action("open_ring", "Takes the customer's line for this call.")
    def open_ring(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["free", "engaged"]]:
        """Lock the line for this call, record the call, and return whom to ring."""
        context = self.context
        line = context.store.lines.recent(context.read(webhook.called).text, webhook.now)
        if line is None:  # unregistered between the notice and the check
            return self._engaged(action.state, webhook)
        values: Facts = {
            "ring_to": line.ring_to,
            "line_languages": tuple(context.settings.spoken(line.languages).split("-")),
            "caller_id": context.caller_id(webhook),
        }
        # The customer is rung even if the record can't be stored.
        try:
            ring, call = self._ring_and_record(line, action.state, webhook)
        except SecretUnavailableError as error:
            context.log.failed("secret_unavailable", error)
            return ActionResult("free", sets={"recorded": "no"}, values=values)
        try:
            free = context.store.line_locks.take(ring, call, webhook.now)
        except StoreUnavailableError as error:
            context.unreached(error)
            return ActionResult("free", sets={"recorded": WAITS if context.outbox.send(call) else "no"}, values=values)
        return ActionResult("free", values=values) if free else self._engaged(action.state, webhook)

    def _engaged(self, state: State, webhook: Webhook) -> ActionResult[Literal["engaged"]]:
        self.outcomes.begin(Outcome.ENGAGED, webhook, verdict=state.verdict, reason=state.why)
        return ActionResult("engaged")

    def _ring_and_record(self, line: Line, state: State, webhook: Webhook) -> tuple[LineLock, CallRecord]:
        call = self.context.call_record(webhook, line, verdict=state.verdict, reason=state.why)
        rings_until = webhook.now + self.context.settings.ring_seconds + _RING_GRACE_SECONDS
        ring = LineLock(
            line=line.number,
            call_sid=webhook.call_sid,
            caller=call.caller,
            rings_until=rings_until,
            until=webhook.now + _TALK_HELD_SECONDS if state.quiet else rings_until + _WHISPER_SECONDS,
            expires=webhook.now + DAY,
        )
        return ring, call

    @action("accept", "Stores that the customer takes the call.")
    def accept(
        self, action: ActionCall, webhook: Webhook, *, wants_trust: bool = False
    ) -> ActionResult[Literal["stored", "already", "unknown_call"]]:
        """Store that the customer accepted the call with a key."""
        store, guarded = self.context.store, action.state.guarded
        call = store.calls.accept(
            webhook.screened_sid,
            webhook.now,
            wants_trust=wants_trust,
            customer_sid=webhook.call_sid if guarded else "",
            languages="-".join(action.state.languages) if guarded else "",
        )
        if call is None:
            return ActionResult("unknown_call")
        if _is_past(call, webhook.now):
            return ActionResult("already")
        store.line_locks.extend(call.line, call.call_sid, webhook.now + _TALK_HELD_SECONDS, webhook.now)
        return ActionResult("stored")

    @action("decline", "Stores that the customer declines the call.")
    def decline(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["noted", "unknown_call"]]:
        """Store that the customer declined the call with a key."""
        return ActionResult(
            "noted" if self.context.store.calls.decline(webhook.screened_sid, webhook.now) else "unknown_call"
        )

    @action("accept_and_trust", "Stores that the customer takes the call, and trusts the number from now on.")
    def accept_and_trust(
        self, action: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["stored", "already", "unknown_call"]]:
        """Store that the customer accepted the call and wants to trust the caller."""
        return self.accept(action, webhook, wants_trust=True)

    @action("close_ring", "Frees the customer's line.")
    def close_ring(
        self, action: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["talked", "not_taken", "not_read"]]:
        """Release the line, store the end of the call, and let an earned trust take effect."""
        context, reached = self.context, True
        bridged = webhook.dial.bridged or action.state.bridged
        try:
            context.store.line_locks.release(context.read(webhook.called).text, webhook.call_sid)
            call = self._end(webhook, talked=bridged)
        except StoreUnavailableError as error:  # use Twilio's fields of the Dial instead
            context.unreached(error)
            call, reached = None, False
        # In a guarded call the customer entered the conference and the caller did not come in time: they did not talk.
        accepted = bool(call and call.accepted_at and (call.bridged_at or not call.customer_sid))
        talked = accepted or bridged or (action.state.quiet and webhook.dial.answered)
        # A guarded talk ends in ``ivr.actions.conference``.
        if call and (bridged or not call.customer_sid):
            self.settle_trust(call, webhook.now)
        if talked:
            return ActionResult("talked")
        # A caller who was reported is offered the same: a message then is the desk's. A table that did not
        # answer just now is not asked for one.
        return ActionResult("not_taken" if reached else "not_read")

    def settle_trust(self, call: CallRecord, now: int) -> None:
        """Let a trust take effect that a call earned, once; ``call`` is its record, just read or written.

        The customer may still report the caller, which takes this trust back. Raises ``StoreUnavailableError``.
        """
        # The stored end counts: a replay must not lengthen the talk.
        if not call.trusted_at and _earned_trust(call, call.ended_at or call.left_at or now):
            self.context.store.calls.trust(call, now)

    def _end(self, webhook: Webhook, *, talked: bool) -> CallRecord | None:
        """Store that the ring is over, and keep the record, of which the offer of a message needs the customer."""
        by = "caller" if webhook.leg_ended and not talked else ""  # a Dial's end is about the caller's leg
        dial = {"dial_status": webhook.dial.status, "dial_error": webhook.dial.error}
        call = self.context.store.calls.end(webhook.call_sid, webhook.now, talked=talked, by=by, **dial)
        self.context.calls.keep(webhook, call)
        return call

    def free_line(self, webhook: Webhook) -> bool:
        """Release the line that a caller's leg has locked. Safe to repeat. False: the write failed, which is logged."""
        try:
            self.context.store.line_locks.release(self.context.read(webhook.called).text, webhook.call_sid)
        except StoreUnavailableError as error:
            self.context.unreached(error)
            return False
        return True


def _is_past(call: CallRecord, now: int) -> bool:
    """Whether a repeated acceptance would come too late and interrupt the talk."""
    later = call.entered_at or call.bridged_at or call.ended_at or call.left_at
    return bool(later) or now - call.accepted_at > _DELIVERED_WITHIN_SECONDS


def _earned_trust(call: CallRecord, ended_at: int) -> bool:
    """Whether "connect and trust" takes effect: only after a talk of a minute, and without a report.

    In a conference the talk begins when the caller joins. ``Calls.trust`` looks for a report that is not in the record.
    """
    met_at = call.joined_at if call.entered_at else call.accepted_at
    long_enough = met_at and ended_at - met_at >= _TRUST_AFTER_SECONDS
    return bool(call.caller and call.wants_trust and call.accepted_at and long_enough and not call.reported_at)
