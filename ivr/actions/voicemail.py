"""Voicemails: an unknown caller leaves one if the customer didn't answer, and the customer hears and deletes it.

Twilio has the recording as soon as the caller stops talking. The caller hears that the message is kept only after it is
stored. The customer hears and deletes it only on a leg that the service dialled to the registered number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ivr.actions.call_history import told
from ivr.actions.declared import action
from ivr.flow.engine import STORE_DOWN, ActionCall, ActionResult
from ivr.outbox.pending import WAITS
from ivr.records.base import expiry
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError
from ivr.store.counters import MESSAGES
from ivr.telephony.port import NotSentError, RefusedError, UnknownOutcomeError
from ivr.voicemail import NOT_READ, RECORD_WAITS, Voicemail, erasure, is_recording

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.flow.state import State
    from ivr.telephony.webhook import Webhook

MESSAGE = "message"  # the report on the message played last; URLs hold no CallSid of another call


class VoicemailActions:
    """The actions of one deployment on voicemails."""

    def __init__(self, context: Context) -> None:
        self.context = context

    # The caller's leg.

    @action("offer_message", "Looks up whether the customer has room for a message.")
    def offer(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["offered", "full"]]:
        """Whether a message can be kept: the table answers, and neither caller nor customer has too many.

        It doesn't depend on the customer's keys: a caller must not learn about a report.
        """
        context = self.context
        person, line, caller = (
            self._called_person(webhook, webhook.now),
            *map(context.read, (webhook.called, webhook.caller)),
        )
        if person and self.context.store.voicemails.has_room(
            person, line.text, caller.text, webhook.now, most=context.settings.messages_a_day
        ):
            return ActionResult("offered")
        context.log.count("capped", what=MESSAGES)
        return ActionResult("full")

    @action("keep_message", "Keeps the message, if something was said.")
    def keep(
        self, action: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["kept", "empty", "full", "store_down"]]:
        """Store the message that was just left, or send it to the queue if the table refuses it."""
        context, recording = self.context, webhook.recording
        # The line from this container's cache: no further read before the write, which may fail.
        person = self._called_person(webhook, webhook.now - webhook.recorded_seconds)
        if not person:
            context.log.count("message_not_kept", recording=recording)
            self._erase(recording, webhook.now)
            return ActionResult(STORE_DOWN)
        if webhook.recorded_seconds < context.settings.message_shortest_seconds or not is_recording(recording):
            self._erase(recording, webhook.now)
            return ActionResult("empty")
        message = Voicemail(
            person=person,
            call_sid=webhook.call_sid,
            recording=recording,
            line=context.read(webhook.called).text,
            at=webhook.now,
            seconds=webhook.recorded_seconds,
            expires=expiry(webhook.now, context.settings.retention_messages_days),
            caller=context.read(webhook.caller).text,
            verdict=action.state.verdict,
            reason=action.state.why,
        )
        try:
            message = self._beside_reports(message, action.state, webhook)
            if message.undecided and context.outbox.send(message):
                return ActionResult("kept")
            message = replace(message, undecided=0)
            stored = context.outbox.keep_or_send(message, self._keep)
        except StoreUnavailableError:
            context.log.count("message_not_kept", recording=recording)
            raise
        if stored is None:
            return ActionResult("kept")
        kept, is_new = stored
        if is_new:
            context.log.count("message_kept", seconds=message.seconds)
        elif kept is None or kept.recording != recording:
            self._erase(recording, webhook.now)
        return ActionResult("kept" if kept else "full")

    def _keep(self, message: Voicemail) -> tuple[Voicemail | None, bool]:
        return self.context.store.voicemails.keep(message, most=self.context.settings.messages_a_day) or (None, False)

    def _beside_reports(self, message: Voicemail, state: State, webhook: Webhook) -> Voicemail:
        """The message for the customer, or for the desk if its call was reported, or undecided."""
        try:
            call, reports = self.context.store.calls.with_reports(webhook.call_sid)
        except StoreUnavailableError as error:
            self.context.unreached(error)
            return replace(message, undecided=RECORD_WAITS if state.recorded == WAITS else NOT_READ)
        if call is None and state.recorded == WAITS:
            return replace(message, undecided=RECORD_WAITS)
        reported_late = call and call.reported_at and not reports
        days = self.context.settings.retention_reports_days
        return message.beside(reports, expires=expiry(webhook.now, days) if reported_late else 0)

    def _called_person(self, webhook: Webhook, at: int) -> str:
        """The pseudonym of the customer whose line was called, or an empty string if unknown."""
        if call := self.context.calls.seen(webhook):
            return call.customer
        line = self.context.store.lines.recent(self.context.read(webhook.called).text, at)
        if line is None or not line.ring_to:
            return ""
        try:
            return self.context.pseudonym(line.ring_to)
        except SecretUnavailableError as error:
            self.context.log.failed("secret_unavailable", error)
            return ""

    def _erase(self, recording: str, now: int) -> None:
        """Request the erasure of a recording that nobody will hear. A failed write is only logged."""
        try:
            if is_recording(recording):
                self.context.store.voicemails.erase(erasure(recording, now))
        except StoreUnavailableError as error:
            self.context.unreached(error)

    # The customer's leg.

    @action("count_messages", "Counts the customer's messages.")
    def count(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["some", "none"]]:
        """Count the messages of the customer on this ring-back."""
        held = self._held(webhook)
        return ActionResult("some" if held else "none", sets={"messages": len(held), "message": ""})

    @action("first_message", "Looks up the oldest message.")
    def first(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["found", "none"]]:
        """Find the oldest message."""
        return self._tell(self._held(webhook), after="")

    @action("next_message", "Looks up the next message.")
    def next(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["found", "none"]]:
        """Find the message after the one that was played last, even if that is deleted."""
        return self._tell(self._held(webhook), after=action.state.message)

    @action("same_message", "Looks up the message again.")
    def same(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["found", "none"]]:
        """Find the message that was played last."""
        held = self._held(webhook)
        return self._tell([one for one in held if one.name == action.state.message], after="", count=len(held))

    @action("delete_message", "Deletes the message, and its recording with it.")
    def delete(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["deleted", "none"]]:
        """Delete the message that was played last, and have its recording erased."""
        person = self._person(webhook)
        word = action.state.message.partition("-")[2]
        message = self.context.store.voicemails.get(person, word) if person and word else None
        if message is None:
            return ActionResult("none")
        if not message.deleted_at:
            self.context.store.voicemails.delete(message, webhook.now)
        return ActionResult("deleted")

    def played(self, action: ActionCall, webhook: Webhook) -> Voicemail | None:
        """The message that was played last on this ring-back, if it still exists."""
        return next((one for one in self._held(webhook) if one.name == action.state.message), None)

    def _held(self, webhook: Webhook) -> list[Voicemail]:
        person = self._person(webhook)
        can_play = self.context.api.capabilities.records
        return self.context.store.voicemails.of_person(person, webhook.now) if person and can_play else []

    def _person(self, webhook: Webhook) -> str:
        return self.context.person(webhook) if webhook.is_ring_back else ""

    def _tell(
        self, held: list[Voicemail], *, after: str, count: int | None = None
    ) -> ActionResult[Literal["found", "none"]]:
        """Announce and play the first message after another: day, time and the last digits of the caller's number."""
        counted = len(held) if count is None else count
        message = next((one for one in held if one.name > after), None)
        if message is None:
            return ActionResult("none", sets={"messages": counted})
        values = told(message.at, message.caller, self.context.settings.timezone)
        return ActionResult(
            "found",
            sets={"messages": counted, "message": message.name},
            values={**values, "recording": message.recording},
        )

    # The audio, which the provider fetches.

    def audio(self, recording: str, now: int) -> bytes | None:
        """A recording as MP3. None: it is unknown or deleted, or the provider doesn't return it.

        Raises ``StoreUnavailableError``.
        """
        if not is_recording(recording) or not self.context.store.voicemails.is_playable(recording, now):
            return None
        try:
            return self.context.api.account.recording(recording)
        except (NotSentError, RefusedError, UnknownOutcomeError, SecretUnavailableError) as error:
            self.context.log.failed("recording_not_played", error)
            return None
