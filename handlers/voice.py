"""Answers the telephony provider's webhooks: verify, act, answer. This module chooses the provider.

Objects are built at the first request, not at import. Secrets and open connections, which a SnapStart snapshot must not
contain, are made when a request first needs them.
"""

from __future__ import annotations

import base64
import gc
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from snapshot_restore_py import register_before_snapshot

gc.disable()  # collection during imports costs a cold start up to 37 ms and finds little

from ivr import settings, store  # noqa: E402
from ivr.actions.registry import Actions  # noqa: E402
from ivr.call_session import CallSession, apology_and_goodbye, leg_of  # noqa: E402
from ivr.flow.pages import BOOK  # noqa: E402
from ivr.flow.state import StateError  # noqa: E402
from ivr.flow.url_codec import AddressError  # noqa: E402
from ivr.numbers import phone_number  # noqa: E402
from ivr.observability import log  # noqa: E402
from ivr.observability.failures import code_of  # noqa: E402
from ivr.secrets import SecretUnavailableError, problems  # noqa: E402
from ivr.secrets.source import Secrets  # noqa: E402
from ivr.store.table_key import TableKey  # noqa: E402
from ivr.telephony import routes, troubles  # noqa: E402
from ivr.telephony.api import Api  # noqa: E402
from ivr.telephony.port import RefusedWebhookError  # noqa: E402
from ivr.telephony.twilio.provider import TwilioProvider  # noqa: E402
from ivr.telephony.webhook import Fetch  # noqa: E402

gc.freeze()
gc.enable()

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.settings import Settings
    from ivr.telephony.port import Document, Provider
    from ivr.telephony.webhook import Webhook

Answer = dict[str, Any]
_FAILED_DEPENDENCY = 424


class Voice:
    """The voice webhooks of one deployment."""

    def __init__(
        self,
        settings: Settings,
        store: store.Store,
        secrets: Secrets | None = None,
        *,
        provider: Callable[[Settings, Secrets], Provider] = TwilioProvider,
    ) -> None:
        self.settings = settings
        self.log = log.Log.of(settings)
        store.table.notice.count_in(self.log)
        on_problem = problems.to_log(self.log)
        self.secrets = secrets or Secrets(settings, on_problem)
        self.secrets.expect_call()
        self.provider = provider(settings, self.secrets)
        key = TableKey(self.secrets, store, on_problem, known=store.known_fingerprint)
        self.actions = Actions(settings, key, Api(self.provider.capabilities, self.provider.account), store, self.log)
        self.call_session = CallSession(BOOK, settings, self.actions)

    def prepare(self) -> None:
        """Make what every call needs, with no secret, no connection and no request: pages are walked through once."""
        phone_number.prepare()
        self.secrets.prepare()
        self.provider.prepare()
        self.actions.prepare()
        for turn in self.call_session.walk():
            self.provider.write(turn)

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """Verify, act, answer."""
        self.log.begin("")
        self.secrets.begin()
        try:
            request = self.provider.read(event)
            if isinstance(request, Fetch):
                return self._play(request)
        except RefusedWebhookError as refused:
            claims = {"claims": refused.claims} if refused.claims else {}
            self.log.count(refused.metric, why=refused.code, status=refused.status, **claims)
            return _empty(refused.status)
        except SecretUnavailableError as error:  # the signature can't be verified
            self.log.failed("secret_unavailable", error)
            # The plain apology reveals nothing to an unverified request, and a real caller hears no error.
            return _spoken(self._goodbye()) if event["rawPath"] == routes.FALLBACK else _empty(503)
        except Exception as error:  # noqa: BLE001  # the runtime would log its text, which may contain a number
            self.log.failed("apology_spoken", error)
            return _spoken(self._goodbye())
        if request.is_test:
            return self._rehearse(request)
        self.log.begin(request.screened_sid, leg=leg_of(request), leg_sid=request.leg_sid)
        return self._end(request) if request.path == routes.STATUS else self._speak(request)

    def _rehearse(self, request: Webhook) -> Answer:
        """Answer a test webhook as a call, and keep nothing of it: no item, no line of the log and no metric.

        It was signed as a call's, and the table and the key are read as for a call. If that fails, the answer says why:
        as an error of the request, for which no alarm is raised.
        """
        answer = _empty(204)
        try:
            with self.log.silence():
                if request.path == routes.INCOMING:
                    self.secrets.hmac_key()
                if request.path != routes.STATUS:
                    answer = _spoken(self.provider.write(self.call_session.rehearse(request)))
        except AddressError:
            answer = _empty(404)
        except SecretUnavailableError as error:
            answer = _failed(error.code or "secret_unavailable")
        except Exception as error:  # noqa: BLE001  # its text may hold a number
            answer = _failed(code_of(error))
        answer["headers"] |= {"x-ivr-release": self.settings.release}
        return answer

    def _end(self, request: Webhook) -> Answer:
        """Handle a status callback. A bug is logged and answered with success: a retry would fail too."""
        try:
            self.actions.end_call(request)
        except Exception as error:  # noqa: BLE001  # the runtime would log its message, which may hold a number
            self.log.failed("callback_failed", error)
        return _empty(204)

    def _play(self, fetch: Fetch) -> Answer:
        """A voicemail's recording, for Play on a customer's leg."""
        recording = routes.recording_at(fetch.path)
        try:
            audio = self.actions.voicemail.audio(recording, fetch.now) if recording else None
        except store.StoreUnavailableError as error:
            self.actions.context.unreached(error)
            return _empty(503)
        if audio is None:
            return _empty(404)
        headers = {"content-type": "audio/mpeg", "cache-control": "no-store"}  # a deleted one must not be cached
        body = base64.b64encode(audio).decode()
        return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": True}

    def _speak(self, request: Webhook) -> Answer:
        try:
            troubles.note(request, self.settings.number, self.log)
            document = self.provider.write(self.call_session.turn(request))
        except (AddressError, StateError) as error:
            why = "no_such_step" if isinstance(error, AddressError) else "not_our_state"
            self.log.count("webhook_malformed", why=why, status=404)
            return _empty(404)
        except Exception as error:  # noqa: BLE001  # the one place that turns any bug into a spoken apology
            self.log.failed("apology_spoken", error)
            document = self._last_resort(request)
        return _spoken(document)

    def _last_resort(self, request: Webhook) -> Document:
        """The apology of the pages; if that fails too, the plain one, which needs only the settings."""
        try:
            return self.provider.write(self.call_session.apologise(request))
        except Exception as error:  # noqa: BLE001
            self.log.failed("apology_spoken", error)
            return self._goodbye()

    def _goodbye(self) -> Document:
        return self.provider.write(apology_and_goodbye(BOOK, self.settings.spoken("")))


def _spoken(document: Document) -> Answer:
    return {"statusCode": 200, "headers": {"content-type": document.content_type}, "body": document.body}


def _empty(status: int) -> Answer:
    return {"statusCode": status, "headers": {"content-type": "text/plain"}, "body": ""}


def _failed(why: str) -> Answer:
    return {**_empty(_FAILED_DEPENDENCY), "body": why}


@lru_cache(maxsize=1)
def voice() -> Voice:
    """The container's instance, built at its first request."""
    log.write_to()
    gc.disable()  # a client loads large JSON files
    current = settings.current()
    built = Voice(current, store.Store(current.table_name, store.client()))
    gc.freeze()
    gc.enable()
    return built


def _before_snapshot() -> None:
    """Build what a snapshot may contain: clients and pages, but no secrets and no open connections."""
    voice().prepare()


register_before_snapshot(_before_snapshot)


def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Answer one API Gateway event (HTTP API, payload version 2)."""
    return voice().answer(event)
