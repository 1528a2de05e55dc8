"""Moving legs and reading their status over the provider's API. After a failure, only a rescue calls it again at once.

A leg is moved out of a whisper once: that is stored before the provider is asked, and taken back where it refuses. A
customer is moved out of a conference first: nobody may be left alone there because a function ended in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import urlsplit

from ivr.actions.declared import action
from ivr.flow.engine import ActionCall, ActionResult
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError
from ivr.telephony.port import LockedOutError, NotSentError, RefusedError, UnknownOutcomeError
from ivr.telephony.routes import ROOT, step_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.actions.context import Context
    from ivr.calls.call_record import CallRecord
    from ivr.telephony.webhook import Webhook

    Moved = Literal["moved", "not_moved", "unknown"]

_T = TypeVar("_T")

_ROOM = step_path("talk", "enter")


class MoveActions:
    """The actions of one deployment that move legs."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def can_move(self, now: int) -> bool:
        """Whether legs can be moved: the provider has this capability, and its API did not fail just now."""
        return self.context.api.capabilities.moves and not self.context.api.is_avoided(now)

    @action("move", "Moves this leg out of what it is doing.")
    def move(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["moved", "not_moved", "unknown"]]:
        """Move this leg to the step that the action names: a customer's leg out of the whisper."""
        to, now = action.to, webhook.now
        if not self.can_move(now):
            return ActionResult("not_moved")
        if urlsplit(to).path == _ROOM:  # ``RingingActions.accept`` has checked whether they came there before
            return ActionResult(self._move(webhook.call_sid, to, now))
        begun = self._begin_move(webhook, to)
        if begun is False and self.call(webhook):  # a repeated webhook: they may have gone on to a report or to care
            return ActionResult("moved")
        way = self._move(webhook.call_sid, to, now)
        if begun and way == "not_moved":  # where it is not known, it may have been
            self._write(lambda: self.context.store.conferences.undo_move(webhook.screened_sid))
        return ActionResult(way)

    @action("rescue", "Moves this leg, even where Twilio's REST API failed just now.")
    def rescue(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["moved", "not_moved", "unknown"]]:
        """Move this leg out of the conference, even if the API failed just now: nothing else helps who waits there."""
        if not webhook.is_dialled:
            return ActionResult(self._move(webhook.call_sid, action.to, webhook.now))
        call = self.call(webhook)
        if call and call.moved_to:  # a repeated webhook: the customer may have gone on to a report or to care
            return ActionResult("moved")
        return ActionResult(self.move_customer(webhook.screened_sid, webhook.call_sid, action.to, webhook.now))

    def _begin_move(self, webhook: Webhook, to: str) -> bool | None:
        """Whether this is the first move of the leg. None: the store did not answer, and the leg is moved all the same.

        Also False where the call has no record, or none yet.
        """
        return self._write(lambda: self.context.store.conferences.begin_move(webhook.screened_sid, _name_of(to)))

    def move_customer(self, screened_sid: str, call_sid: str, to: str, now: int) -> Moved:
        """Move a customer's leg out of the conference, and store the move."""
        way = self._move(call_sid, to, now)
        if way == "moved":  # even if the write fails
            self._write(lambda: self.context.store.conferences.move(screened_sid, _name_of(to)))
        return way

    def _write(self, write: Callable[[], _T]) -> _T | None:
        """What a write returns. None: the store did not answer."""
        try:
            return write()
        except StoreUnavailableError as error:
            self.context.unreached(error)
            return None

    def _move(self, call_sid: str, to: str, now: int) -> Moved:
        api, log = self.context.api, self.context.log
        if not api.capabilities.moves:
            return "not_moved"
        try:
            with api.asking(now) as account:
                account.move(call_sid, to)
        except (NotSentError, LockedOutError, SecretUnavailableError) as error:
            log.failed("rest_failed", error)
            return "not_moved"
        except RefusedError as error:  # most likely the leg has ended
            log.failed("leg_not_moved", error)
            return "not_moved"
        except UnknownOutcomeError as error:
            log.failed("rest_failed", error)
            return "unknown"
        log.count("leg_moved", page=urlsplit(to).path)
        return "moved"

    def is_live(self, call_sid: str, now: int) -> bool | None:
        """Whether a leg is in progress. None: unknown, the API didn't answer."""
        if not self.can_move(now):
            return None
        try:
            with self.context.api.asking(now) as account:
                return account.is_live(call_sid)
        except (RefusedError, NotSentError, UnknownOutcomeError, SecretUnavailableError) as error:
            self.context.log.failed("rest_failed", error)
            return None

    def call(self, webhook: Webhook) -> CallRecord | None:
        """The record of this webhook's call. None: there is none, or it can't be read now."""
        try:
            return self.context.calls.of(webhook)
        except StoreUnavailableError as error:
            self.context.unreached(error)
            return None


def _name_of(to: str) -> str:
    return urlsplit(to).path.removeprefix(ROOT)
