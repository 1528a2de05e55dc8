"""The guarded talk: both legs join a conference, and each learns from the call record what the other one did.

A move is known to have worked only when the moved leg requests its next document. So the caller's leg polls for some
seconds until the customer's leg has entered, then joins. Twilio's action after a conference doesn't say why it ended.
The caller's own requests do; until one arrives, the provider's API is asked.

Any webhook may be lost, status callbacks above all. So each of four webhooks (both legs' conference actions and both
legs' status callbacks) ends the talk: it releases the line and lets a trust take effect, once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from ivr.actions.declared import action
from ivr.flow.engine import ActionCall, ActionResult
from ivr.flow.page import Position
from ivr.flow.state import State
from ivr.flow.url_codec import to_url
from ivr.outbox.pending import WAITS
from ivr.reports import SCREENED
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.actions.moves import MoveActions
    from ivr.actions.ringing import RingingActions
    from ivr.calls.call_record import CallRecord
    from ivr.telephony.webhook import Webhook

_LOOKS = 3  # one second apart; a moved leg requests its document sooner
_HELD_SECONDS = 8  # alone in the conference before the check; the page ``wait`` pauses as long
_MOST_PAUSES = 2  # such pauses; the customer's prompts before the conference are much shorter
STATUS_SETTLES_SECONDS = 0.5  # Twilio may show a leg as in progress for this long after it hung up
_CALLER_GONE = Position("talk", "caller_gone")


class ConferenceActions:
    """The actions of one deployment on guarded talks."""

    def __init__(self, context: Context, moves: MoveActions, ringing: RingingActions) -> None:
        self.context = context
        self.moves = moves
        self.ringing = ringing

    # The customer's leg.

    @action("bridge", "Stores that the customer's leg was not moved.")
    def bridge(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["noted", "unknown_call"]]:
        """Store that the customer's leg was not moved, so that the caller's leg doesn't join the conference."""
        call = self.context.store.conferences.bridge(webhook.screened_sid, webhook.now)
        return ActionResult("noted" if call else "unknown_call")

    @action("enter_talk", "Stores that the customer joins the conference.")
    def enter_talk(
        self, _: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["entered", "caller_gone", "unknown_call"]]:
        """Store that the customer's leg enters the conference. The result says whether the caller is still there."""
        call = self.context.store.conferences.enter(webhook.screened_sid, webhook.now)
        if call is None:
            return ActionResult("unknown_call")
        return ActionResult("caller_gone" if call.ended_at else "entered")

    @action("judge_end", "Looks up who left the conference.")
    def judge_end(
        self, action: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["star", "caller_gone", "look_again", "over"]]:
        """Why the conference ended for the customer: by *, or because the caller left."""
        if webhook.leg_ended:  # the customer hung up
            self._talk_over(webhook.screened_sid, webhook.now, by="customer", leaves=True)
            return ActionResult("over")
        left = self._who_left(webhook)
        if left == "customer":
            over = self._talk_over(webhook.screened_sid, webhook.now, by=left, to_be_reported=True)
            # The first to end the talk stays: the caller's own webhook may have come while Twilio was asked.
            return ActionResult("caller_gone" if over and over.ended_by == "caller" else "star")
        looked = action.state.looked
        if left or looked >= _LOOKS:  # unknown: ask the customer instead of assuming a report
            self._talk_over(webhook.screened_sid, webhook.now, by="caller")
            return ActionResult("caller_gone")
        return ActionResult("look_again", sets={"looked": looked + 1})

    def _who_left(self, webhook: Webhook) -> str:
        """Either "caller" or "customer", or an empty string if it is unknown.

        Twilio must say twice that the caller's leg goes on, because a caller who has just hung up must not count as a
        report. Both checks are in this request, so that a customer who hangs up right after * has reported too.
        """
        call = self.moves.call(webhook)
        if call and call.ended_by:
            return call.ended_by
        for settles in (0, STATUS_SETTLES_SECONDS):
            time.sleep(settles)
            live = self.moves.is_live(webhook.screened_sid, webhook.now)
            if not live:
                return "" if live is None else "caller"
        return "customer"

    @action("withdraw_this_report", "Withdraws the report that was just made.")
    def withdraw_this_report(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["withdrawn", "none"]]:
        """Withdraw the report that this leg made by mistake."""
        if not webhook.is_dialled or action.state.report != SCREENED:
            return ActionResult("none")
        waits = action.state.recorded == WAITS
        return ActionResult("withdrawn" if self.context.outbox.revoke(webhook.screened_sid, waits=waits) else "none")

    # The caller's leg.

    @action("follow_customer", "Looks up whether the customer has joined the conference.")
    def follow_customer(
        self, action: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["join", "look_again", "apart"]]:
        """Let the caller join the conference if the customer has entered it."""
        if not action.state.guarded or webhook.leg_ended:
            return ActionResult("apart")
        looked = action.state.looked
        bridged = webhook.dial.bridged or action.state.bridged  # only the webhook of the Dial's end says so
        look_again: ActionResult[Literal["look_again"]] = ActionResult(
            "look_again", sets={"looked": looked + 1, "bridged": bridged}
        )
        try:
            call = self.context.store.conferences.join(webhook.call_sid, webhook.now)
        except StoreUnavailableError as error:  # the customer may be waiting there
            if looked >= _LOOKS:
                raise
            self.context.unreached(error)
            return look_again
        if call and call.is_in_talk:
            return ActionResult("join")
        return ActionResult("apart") if call is None or call.is_apart or looked >= _LOOKS else look_again

    @action("end_talk", "Stores that the talk is over, and frees the customer's line.")
    def end_talk(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["ended"]]:
        """The conference has ended for the caller: by the caller if that leg is over, else by the customer."""
        by = "caller" if webhook.leg_ended else "customer"
        freed = self.ringing.free_line(webhook)
        self._talk_over(webhook.call_sid, webhook.now, by=by, freed=freed)
        return ActionResult("ended")

    def _talk_over(
        self,
        call_sid: str,
        now: int,
        *,
        by: str,
        leaves: bool = False,
        freed: bool = False,
        to_be_reported: bool = False,
    ) -> CallRecord | None:
        """Store that a talk is over, release its line and let its trust take effect. None: there is no such talk.

        ``leaves``: the customer's leg is over too. ``freed``: the line was released just now. Safe to repeat: the first
        ``by`` stays.
        """
        try:
            call = self.context.store.conferences.end(call_sid, now, by=by, leaves=leaves, freed=freed)
            if call:
                if not freed:
                    self.context.store.line_locks.release(call.line, call_sid)
                if not to_be_reported:
                    self.ringing.settle_trust(call, now)
        except StoreUnavailableError as error:  # the talk is over even if the write failed
            self.context.unreached(error)
            return None
        return call

    # A leg alone in the conference.

    @action("judge_alone", "Looks up whether the other leg is about to join the conference.")
    def judge_alone(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["coming", "alone"]]:
        """Whether the other leg of a waiting one will not come.

        The call record's times decide or, if they can't, the provider's status of the other leg. This webhook may come
        twice, or so late that both legs are in the conference.
        """
        call, waited = self.context.calls.of(webhook), action.state.waited + 1
        is_customer = action.state.leg == "talk"
        if call and is_customer:
            comes = self._caller_comes(call, webhook.now)
        else:
            comes = bool(call and self._customer_comes(call, waited, webhook.now))
        if comes:
            return ActionResult("coming", sets={"waited": min(waited, _MOST_PAUSES)})
        self._talk_over(webhook.screened_sid, webhook.now, by="caller" if is_customer else "customer")
        return ActionResult("alone")

    def _caller_comes(self, call: CallRecord, now: int) -> bool:
        """Whether a waiting customer may stay: the caller is there or may still come, or the customer was moved."""
        if call.moved_to or now - (call.joined_at or call.entered_at) < _HELD_SECONDS:
            return True
        if not call.joined_at or call.ended_at:
            return False
        return self.moves.is_live(call.call_sid, now) is not False  # as far as is known, they talk

    def _customer_comes(self, call: CallRecord, waited: int, now: int) -> bool:
        """Whether a waiting caller may stay: the customer is there or will come."""
        if not call.entered_at or call.left_at or call.moved_to or call.ended_at:
            return False
        if now - call.joined_at < _HELD_SECONDS:
            return True
        return waited <= _MOST_PAUSES and self.moves.is_live(call.customer_sid, now) is not False

    # Status callbacks.

    def caller_left(self, call: CallRecord | None, webhook: Webhook) -> CallRecord | None:
        """A caller's leg has ended: move a customer who waits for it in the conference. Safe to repeat.

        ``call`` is the record as it was just read; None: it could not be read. Returns the record as it is now.
        """
        now = webhook.now
        try:
            if call is None or (call.customer_sid and not call.ended_at):
                call = self.context.store.conferences.end(webhook.call_sid, now, by="caller") or call
            if call and call.joined_at:
                self.ringing.settle_trust(call, now)
        except StoreUnavailableError as error:
            self.context.unreached(error)
            return call
        if call and call.entered_at and not (call.joined_at or call.left_at or call.moved_to):
            state = State(languages=tuple(call.languages.split("-")), leg="talk")
            self.moves.move_customer(call.call_sid, call.customer_sid, to_url(_CALLER_GONE, state), now)
        return call

    def customer_left(self, webhook: Webhook) -> CallRecord | None:
        """A customer's leg has ended. Safe to repeat. Returns the record as it is now; None: it is not known."""
        call = None
        try:
            call = self.context.store.conferences.leave(webhook.screened_sid, webhook.now)
            if call and call.customer_sid:
                self.ringing.settle_trust(call, webhook.now)
        except StoreUnavailableError as error:
            self.context.unreached(error)
        return call
