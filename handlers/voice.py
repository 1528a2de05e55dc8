"""Answers Twilio's voice webhooks: verify, act, answer.

Everything is built at the first request, not at import, and what SnapStart must not freeze (secrets, open
connections) is made when a request first needs it.
"""

from __future__ import annotations

import base64
import gc
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from snapshot_restore_py import register_before_snapshot

gc.disable()  # imports make no garbage worth looking for, and looking costs a cold start up to 37 ms (FACTS 10)

from ivr import journal, secrets, settings, store, telling, twiml, webhook  # noqa: E402
from ivr.conversation import Conversation  # noqa: E402
from ivr.effects import Effects  # noqa: E402
from ivr.flow.address import AddressError, from_url  # noqa: E402
from ivr.flow.pages import BOOK  # noqa: E402
from ivr.flow.state import State, StateError  # noqa: E402
from ivr.left_messages import recording_at  # noqa: E402

gc.freeze()
gc.enable()

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.settings import Settings
    from ivr.webhook import Webhook

Answer = dict[str, Any]

FALLBACK = "/voice/fallback"
STATUS = "/voice/status"


class Voice:
    """The voice webhooks of one deployment."""

    def __init__(self, settings: Settings, store: store.Store) -> None:
        self.settings = settings
        self.journal = journal.Journal.of(settings)
        key, token = partial(secrets.hmac_key, settings), partial(secrets.auth_token, settings)
        self.effects = Effects(settings, key, token, store, self.journal)
        self.conversation = Conversation(BOOK, settings, self.effects)
        self.writer = twiml.Writer(settings)

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """Verify, act, answer."""
        self.journal.begin("")
        try:
            token = secrets.auth_token(self.settings)
        except secrets.SecretUnavailableError as error:  # nothing can be verified, so nothing is said or done
            self.journal.failed("secret_unavailable", error)
            return _empty(503)
        if webhook.is_get(event):
            return self._play(event, token)
        try:
            request = webhook.read(event, auth_token=token, public_base_url=self.settings.public_base_url)
        except webhook.RefusedError as refused:
            self.journal.count(refused.metric, why=refused.code, status=refused.status)
            return _empty(refused.status)
        self.journal.begin(request.screened_sid, leg=request.leg, leg_sid=request.leg_sid)
        if request.path == STATUS:
            self.effects.end_call(request)
            return _empty(204)
        return self._speak(request)

    def _play(self, event: Mapping[str, Any], token: str) -> Answer:
        """A message's recording, for a Play on a customer's leg."""
        try:
            path = webhook.read_get(event, auth_token=token, public_base_url=self.settings.public_base_url)
        except webhook.RefusedError as refused:
            self.journal.count(refused.metric, why=refused.code, status=refused.status)
            return _empty(refused.status)
        recording = recording_at(path)
        try:
            audio = self.effects.messages.audio(recording, webhook.arrived(event)) if recording else None
        except store.StoreUnavailableError as error:
            self.effects.means.unreached(error)
            return _empty(503)
        if audio is None:
            return _empty(404)
        headers = {"content-type": "audio/mpeg", "cache-control": "no-store"}  # a deleted one is heard nowhere
        body = base64.b64encode(audio).decode()
        return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": True}

    def _speak(self, request: Webhook) -> Answer:
        self._tell(request)
        try:
            turn = self._apologise(request) if request.path == FALLBACK else self.conversation.turn(request)
            document = self.writer.write(turn)
        except (AddressError, StateError) as error:
            why = "no_such_step" if isinstance(error, AddressError) else "not_our_state"
            self.journal.count("webhook_malformed", why=why, status=404)
            return _empty(404)
        except Exception as error:  # noqa: BLE001  # the one place that turns any bug into a spoken apology
            self.journal.failed("apology_spoken", error)
            document = self.writer.write(self._apologise(request))
        return {"statusCode": 200, "headers": {"content-type": twiml.CONTENT_TYPE}, "body": document}

    def _tell(self, request: Webhook) -> None:
        """Tell what Twilio says of its own troubles: the fallback was asked for, or a Dial has ended."""
        if request.path == FALLBACK:
            step = telling.failed_step(request, self.settings.public_base_url)
            self.journal.count("fallback_asked", why=telling.error_code(request), step=step)
        elif status := telling.dial_status(request):
            told = {
                "step": telling.step_at(request.path),
                "status": status,
                "why": telling.dial_error(request),
                "line": self.effects.means.read(request.called),
            }
            if status == "failed":  # a number that can't be reached: it never rings, whoever calls
                self.journal.count("dial_failed", **told)
            else:
                self.journal.tell("dial_ended", seconds=telling.seconds(request.form.get("DialCallDuration")), **told)

    def _apologise(self, request: Webhook) -> Any:
        """The apology for the leg that something broke on: this request's, or the one that Twilio names."""
        failed = urlsplit(
            request.form.get("ErrorUrl") if request.path == FALLBACK else f"{request.path}?{request.query}"
        )
        try:
            position, state = from_url(failed.path, failed.query, BOOK)
        except (AddressError, StateError):
            return self.conversation.apology(None, State(), request)
        return self.conversation.apology(position, state, request)


def _empty(status: int) -> Answer:
    return {"statusCode": status, "headers": {"content-type": "text/plain"}, "body": ""}


@lru_cache(maxsize=1)
def voice() -> Voice:
    """The container's one, built at its first request."""
    journal.write_to()
    gc.disable()  # a client is made of large JSON files
    current = settings.current()
    built = Voice(current, store.Store(current.table_name, store.client()))
    gc.freeze()
    gc.enable()
    return built


def _before_snapshot() -> None:
    """Make all that a snapshot may hold: clients and pages, but no secret and no open connection."""
    secrets.prepare(voice().settings)


register_before_snapshot(_before_snapshot)


def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Answer one API Gateway event (HTTP API, payload version 2)."""
    return voice().answer(event)
