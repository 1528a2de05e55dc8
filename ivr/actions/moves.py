"""Legs are moved over REST, and asked after; REST is avoided for a while where it fails, but by whoever needs rescue.

Every other action is stored before anything follows from it. A move is stored afterwards, for until then it may fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from ivr.actions.declared import action
from ivr.flow.engine import ActionCall, ActionResult
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError
from ivr.store.conferences import Conferences
from ivr.telephony.routes import ROOT, step_path

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.calls.call_record import CallRecord
    from ivr.secrets.source import Secrets
    from ivr.telephony.twilio.rest import Twilio
    from ivr.telephony.webhook import Webhook

    Moved = Literal["moved", "not_moved", "unknown"]

_REST_AVOIDED_SECONDS = 30  # after a failure; calls are bridged meanwhile, and nobody waits for the next one
_ROOM = step_path("talk", "enter")


class MoveActions:
    """The actions of one deployment that move legs."""

    def __init__(self, context: Context, secrets: Secrets) -> None:
        self.context = context
        self.secrets = secrets
        self.talks = Conferences.beside(context.store)
        self._twilio: Twilio | None = None  # made by the first leg that is moved
        self._avoided_until = 0

    def can_move(self, now: int) -> bool:
        """Whether legs can be moved: there is an account, and REST did not fail just now."""
        return bool(self.context.settings.twilio_account_sid) and now >= self._avoided_until

    @action("move", "This leg is moved out of what it is doing.")
    def move(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["moved", "not_moved", "unknown"]]:
        """Move this leg to the step that the action names."""
        return self.rescue(action, webhook) if self.can_move(webhook.now) else ActionResult("not_moved")

    @action("rescue", "This leg is moved, even where Twilio's REST API failed just now.")
    def rescue(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["moved", "not_moved", "unknown"]]:
        """Move this leg even where REST failed just now: there is no other way to help it."""
        to, now = action.to, webhook.now
        # The caller's leg has nowhere else to be, and whoever accepts anew is told by the record (``Ringing.accept``).
        if not webhook.is_dialled or urlsplit(to).path == _ROOM:
            return ActionResult(self._move(webhook.call_sid, to, now))
        call = self.call(webhook)
        if call and call.moved_to:  # this request again: by now its person may be in the report, or with care
            return ActionResult("moved")
        return ActionResult(self.move_customer(webhook.screened_sid, webhook.call_sid, to, now))

    def move_customer(self, screened_sid: str, call_sid: str, to: str, now: int) -> Moved:
        """Move a customer's leg past the room and store that it was."""
        way = self._move(call_sid, to, now)
        if way == "moved":
            try:
                self.talks.move(screened_sid, urlsplit(to).path.removeprefix(ROOT))
            except StoreUnavailableError as error:  # it is done all the same
                self.context.unreached(error)
        return way

    def _move(self, call_sid: str, to: str, now: int) -> Moved:
        if not self.context.settings.twilio_account_sid:
            return "not_moved"
        from ivr.telephony.twilio.rest import NotSentError, RefusedError, UnknownOutcomeError

        try:
            self._rest().move(call_sid, self.context.settings.public_base_url + to)
        except RefusedError as error:  # of this leg: it has ended, most likely
            self.context.log.failed("leg_not_moved", error)
            return "not_moved"
        except (NotSentError, SecretUnavailableError) as error:
            self._avoid(error, now)
            return "not_moved"
        except UnknownOutcomeError as error:
            self._avoid(error, now)
            return "unknown"
        self.context.log.count("leg_moved", page=urlsplit(to).path)
        return "moved"

    def status(self, call_sid: str, now: int) -> str:
        """CallStatus of a leg, or an empty string where it can't be known now."""
        if not self.can_move(now):
            return ""
        from ivr.telephony.twilio.rest import NotSentError, RefusedError, UnknownOutcomeError

        try:
            return self._rest().status(call_sid)
        except RefusedError as error:  # of this leg alone
            self.context.log.failed("rest_failed", error)
        except (NotSentError, UnknownOutcomeError, SecretUnavailableError) as error:
            self._avoid(error, now)
        return ""

    def call(self, webhook: Webhook, *, anew: bool = False) -> CallRecord | None:
        """The record of this webhook's call, or None where there is none or it can't be read now."""
        try:
            return self.context.calls.of(webhook, anew=anew)
        except StoreUnavailableError as error:
            self.context.unreached(error)
            return None

    def _avoid(self, error: Exception, now: int) -> None:
        self._avoided_until = now + _REST_AVOIDED_SECONDS
        self.context.log.failed("rest_failed", error)

    def _rest(self) -> Twilio:
        from ivr.telephony.twilio.rest import IN_A_CALL_SECONDS, Twilio

        self._twilio = self._twilio or Twilio(self.context.settings, self.secrets, timeout=IN_A_CALL_SECONDS)
        return self._twilio
