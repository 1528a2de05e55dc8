"""Twilio's REST API: the one module that knows it. What it can't know, it says.

Neither a call nor a message has an idempotency key (FACTS 3), so what matters of a failure is whether Twilio may have
acted. It has not where no connection was made, and where it says 429: "never processed and always safe to retry" (its
error 20429). It has not where it refuses with another 4xx, which would be refused again. It may have for everything
else: a time-out, a lost connection, and any 5xx ("it is possible for a customer to receive multiple messages or calls",
its error 20500).
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ConnectionError as ConnectionFailedError
from requests.exceptions import ConnectTimeout, Timeout
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.settings import Settings

TIMEOUT_SECONDS = 10.0  # to connect, and between two bytes of the answer; Twilio's client itself has none
_TOO_MANY_REQUESTS, _REQUEST_TIMEOUT = 429, 408

logging.getLogger("twilio.http_client").setLevel(logging.WARNING)  # it would log every header of every request


class NotSentError(Exception):
    """Twilio did not get the request, or did not process it: it may be made again."""


class RefusedError(Exception):
    """Twilio refused the request, and would again; the text is its error code."""


class UnknownOutcomeError(Exception):
    """Twilio may or may not have acted: the request must not be made again. The text is a word for why."""


class Twilio:
    """Twilio's REST API for one account. ``auth_token`` is asked at each request, for it may be rotated."""

    def __init__(self, settings: Settings, auth_token: Callable[[], str]) -> None:
        self.settings = settings
        self.auth_token = auth_token

    def ring(self, *, number: str, line: str, url: str) -> str:
        """Ring a number from a line; who answers is at the URL. Returns the CallSid.

        Raises ``NotSentError``, ``RefusedError`` or ``UnknownOutcomeError``.
        """
        base = self.settings.public_base_url
        return self._sid(
            self._client().calls.create,
            to=number,
            from_=line,
            url=url,
            method="POST",
            fallback_url=f"{base}/voice/fallback",
            fallback_method="POST",
            status_callback=f"{base}/voice/status",
            status_callback_method="POST",
            timeout=self.settings.ring_seconds,
        )

    def send(self, *, number: str, body: str) -> str:
        """Send an SMS from SMS_FROM. Returns its Sid. Raises as ``ring`` does."""
        sender = self.settings.sms_from
        name = "messaging_service_sid" if sender.startswith("MG") else "from_"
        return self._sid(self._client().messages.create, to=number, body=body, **{name: sender})

    def _client(self) -> Any:
        settings = self.settings
        return _client(
            settings.twilio_account_sid,
            self.auth_token(),
            settings.twilio_edge,
            settings.twilio_region,
            settings.twilio_api_base_url,
        )

    def _sid(self, create: Callable[..., Any], **form: Any) -> str:
        try:
            return str(create(**form).sid)
        except TwilioException as error:
            raise _answered(error) from error
        except ConnectTimeout as error:
            raise NotSentError("no connection") from error
        except ConnectionFailedError as error:
            if _never_connected(error):
                raise NotSentError("no connection") from error
            raise UnknownOutcomeError("connection_lost") from error
        except Timeout as error:
            raise UnknownOutcomeError("timed_out") from error
        except Exception as error:  # an answer that can't be read, or a bug: the request may have left before it
            raise UnknownOutcomeError("answer_unread") from error


@lru_cache(maxsize=1)
def _client(account_sid: str, auth_token: str, edge: str, region: str, base_url: str) -> Client:
    http_client = _Http(base_url, TIMEOUT_SECONDS)
    return Client(account_sid, auth_token, http_client=http_client, edge=edge or None, region=region or None)


class _Http(TwilioHttpClient):  # type: ignore[misc]  # twilio is not typed
    """Makes a connection for each request, and to a stand-in where there is one.

    A connection that was kept while the function was frozen may be dead without our knowing, and what is written into
    it has an unknown outcome. requests itself retries nothing.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__(pool_connections=False, timeout=timeout)
        self._base_url = base_url

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        if self._base_url:
            url = self._base_url + urlsplit(url)._replace(scheme="", netloc="").geturl()
        with requests.Session() as self.session:
            self.session.trust_env = False  # neither a proxy nor another's credentials come in between
            return super().request(method, url, *arguments, **options)


def _answered(error: TwilioException) -> Exception:
    status = int(getattr(error, "status", 0) or 0)
    if status == _TOO_MANY_REQUESTS:
        return NotSentError(str(status))
    if 300 <= status < 500 and status != _REQUEST_TIMEOUT:
        return RefusedError(str(getattr(error, "code", None) or status))
    return UnknownOutcomeError(f"http_{status}")


def _never_connected(error: ConnectionFailedError) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
