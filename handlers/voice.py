"""Answers Twilio's voice webhooks: verify, act, answer.

Everything is built at the first request, not at import, and what SnapStart must not freeze (secrets, open
connections) is made when a request first needs it.
"""

from __future__ import annotations

import base64
import gc
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from snapshot_restore_py import register_before_snapshot

gc.disable()  # imports make no garbage worth looking for, and looking costs a cold start up to 37 ms

from ivr import settings, store  # noqa: E402
from ivr.actions.registry import Actions  # noqa: E402
from ivr.call_session import CallSession, apology_and_goodbye  # noqa: E402
from ivr.flow.pages import BOOK  # noqa: E402
from ivr.flow.state import State, StateError  # noqa: E402
from ivr.flow.urls import AddressError, from_url  # noqa: E402
from ivr.observability import log  # noqa: E402
from ivr.secrets import SecretUnavailableError, problems  # noqa: E402
from ivr.secrets.source import Secrets  # noqa: E402
from ivr.secrets.table_key import TableKey  # noqa: E402
from ivr.telephony import routes  # noqa: E402
from ivr.telephony.port import RefusedWebhookError  # noqa: E402
from ivr.telephony.twilio import twiml, webhook  # noqa: E402
from ivr.telephony.twilio.gate import Gate  # noqa: E402

gc.freeze()
gc.enable()

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.settings import Settings
    from ivr.telephony.webhook import Fetch, Webhook

Answer = dict[str, Any]


class Voice:
    """The voice webhooks of one deployment."""

    def __init__(self, settings: Settings, store: store.Store, secrets: Secrets | None = None) -> None:
        self.settings = settings
        self.log = log.Log.of(settings)
        store.notice.count_in(self.log)
        on_problem = problems.to_log(self.log)
        self.secrets = secrets or Secrets(settings, on_problem)
        self.gate = Gate(self.secrets)
        key = TableKey(self.secrets, store, on_problem, known=store.known_fingerprint)
        self.actions = Actions(settings, key, self.secrets, store, self.log)
        self.call_session = CallSession(BOOK, settings, self.actions)
        self.writer = twiml.Writer(settings)

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """Verify, act, answer."""
        self.log.begin("")
        self.secrets.begin()
        base = self.settings.public_base_url
        try:
            if webhook.is_get(event):
                return self._play(webhook.read_get(event, signed=self.gate.signed, public_base_url=base))
            request = webhook.read(event, signed=self.gate.signed, public_base_url=base)
        except RefusedWebhookError as refused:
            self.log.count(refused.metric, why=refused.code, status=refused.status)
            return _empty(refused.status)
        except SecretUnavailableError as error:  # nothing can be verified, so nothing is done
            self.log.failed("secret_unavailable", error)
            # The apology that leads nowhere tells a stranger nothing, and without it a caller would hear an error.
            return self._spoken(self._goodbye()) if event["rawPath"] == routes.FALLBACK else _empty(503)
        except Exception as error:  # noqa: BLE001  # the runtime would log its text, which may hold a number
            self.log.failed("apology_spoken", error)
            return self._spoken(self._goodbye())
        self.log.begin(request.screened_sid, leg=request.leg, leg_sid=request.leg_sid)
        if request.path == routes.STATUS:
            return self._end(request)
        return self._speak(request)

    def _end(self, request: Webhook) -> Answer:
        """A status callback: nobody hears its answer, and a second one would meet the same bug."""
        try:
            self.actions.end_call(request)
        except Exception as error:  # noqa: BLE001  # the runtime would log its message, which may hold a number
            self.log.failed("callback_failed", error)
        return _empty(204)

    def _play(self, fetch: Fetch) -> Answer:
        """A message's recording, for a Play on a customer's leg."""
        recording = routes.recording_at(fetch.path)
        try:
            audio = self.actions.voicemail.audio(recording, fetch.now) if recording else None
        except store.StoreUnavailableError as error:
            self.actions.context.unreached(error)
            return _empty(503)
        if audio is None:
            return _empty(404)
        headers = {"content-type": "audio/mpeg", "cache-control": "no-store"}  # a deleted one is heard nowhere
        body = base64.b64encode(audio).decode()
        return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": True}

    def _speak(self, request: Webhook) -> Answer:
        try:
            self._tell(request)
            turn = self._apologise(request) if request.path == routes.FALLBACK else self.call_session.turn(request)
            document = self.writer.write(turn)
        except (AddressError, StateError) as error:
            why = "no_such_step" if isinstance(error, AddressError) else "not_our_state"
            self.log.count("webhook_malformed", why=why, status=404)
            return _empty(404)
        except Exception as error:  # noqa: BLE001  # the one place that turns any bug into a spoken apology
            self.log.failed("apology_spoken", error)
            document = self._last_resort(request)
        return self._spoken(document)

    def _last_resort(self, request: Webhook) -> str:
        """The apology where something broke; and where it breaks too, the one that needs nothing but the settings."""
        try:
            return self.writer.write(self._apologise(request))
        except Exception as error:  # noqa: BLE001
            self.log.failed("apology_spoken", error)
            return self._goodbye()

    def _goodbye(self) -> str:
        return self.writer.write(apology_and_goodbye(BOOK, self.settings.spoken("")))

    def _spoken(self, document: str) -> Answer:
        return {"statusCode": 200, "headers": {"content-type": twiml.CONTENT_TYPE}, "body": document}

    def _tell(self, request: Webhook) -> None:
        """Tell of the provider's own troubles: the fallback was asked for, or a Dial has ended."""
        dial, failure = request.dial, request.failure
        if request.path == routes.FALLBACK:
            self.log.count("fallback_asked", why=failure.code, step=failure.step)
        elif dial.status:
            told = {
                "step": routes.name_of(request.path),
                "status": dial.status,
                "why": dial.error,
                "line": self.actions.context.read(request.called),
            }
            if dial.status == "failed":  # a number that can't be reached: it never rings, whoever calls
                self.log.count("dial_failed", **told)
            else:
                self.log.note("dial_ended", seconds=dial.seconds, **told)

    def _apologise(self, request: Webhook) -> Any:
        """The apology for the leg that something broke on: this request's, or the one that the provider names."""
        failed = request.failure if request.path == routes.FALLBACK else request
        position, state = None, State()
        with suppress(AddressError, StateError):
            position, state = from_url(failed.path, failed.query, BOOK)
        return self.call_session.apology(position, state, request)


def _empty(status: int) -> Answer:
    return {"statusCode": status, "headers": {"content-type": "text/plain"}, "body": ""}


@lru_cache(maxsize=1)
def voice() -> Voice:
    """The container's one, built at its first request."""
    log.write_to()
    gc.disable()  # a client is made of large JSON files
    current = settings.current()
    built = Voice(current, store.Store(current.table_name, store.client()))
    gc.freeze()
    gc.enable()
    return built


def _before_snapshot() -> None:
    """Make all that a snapshot may hold: clients and pages, but no secret and no open connection."""
    voice().secrets.prepare()


register_before_snapshot(_before_snapshot)


def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Answer one API Gateway event (HTTP API, payload version 2)."""
    return voice().answer(event)
