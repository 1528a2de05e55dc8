"""Twilio's REST API: the one module that knows it. What it can't know, it says.

Neither a call nor a message has an idempotency key (Twilio's pages of both resources name none), so what matters of a
failure is whether Twilio may have acted. It has not where no connection was made, and where it says 429: "never
processed and always safe to retry" (its error 20429). It has not where it refuses with another 4xx, which would be
refused again. It may have for everything else: a time-out, a lost connection, and any 5xx ("it is possible for a
customer to receive multiple messages or calls", its error 20500).
"""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ivr.observability.failures import Why
from ivr.telephony import routes
from ivr.telephony.port import LockedOutError, NotSentError, RefusedError, UnknownOutcomeError
from ivr.telephony.twilio import http
from ivr.telephony.twilio.http import ConnectionLostError, Http, NotConnectedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.http.answer import Answer
    from ivr.secrets.source import Secrets
    from ivr.settings import Settings

TIMEOUT_SECONDS = 10.0  # to connect, and between two bytes of the answer; Twilio's client itself has none
IN_A_CALL_SECONDS = 3.0  # likewise, where somebody waits: Twilio gives a webhook 15 s in all (its error 11200)
_TOO_MANY_REQUESTS, _REQUEST_TIMEOUT = 429, 408
_NOT_THERE = frozenset({"404", "20404"})  # the status, or Twilio's code for it
_CREDENTIALS = frozenset({"20003", "401", "403"})  # refused: Twilio's code, or the status of an error without a code
_MAY_NOT_BE_SHOWN = frozenset({"21210", "21212"})  # the number to show is neither the account's nor verified


def prepare() -> None:
    """Make what every request needs and a snapshot may contain."""
    http.prepare()


class TwilioAccount:
    """Twilio's REST API for one account (``ivr.telephony.port.Account``). The token is asked for at each request.

    ``timeout`` is in seconds, to connect and between two bytes of the answer; None is ``TIMEOUT_SECONDS``.
    """

    def __init__(self, settings: Settings, secrets: Secrets, *, timeout: float | None = None) -> None:
        self.settings = settings
        self.secrets = secrets
        self.timeout = timeout or TIMEOUT_SECONDS

    def ring(self, *, number: str, line: str, to: str) -> str:
        """Ring a number from a line; who answers goes on at ``to``, a path of ours. Returns the CallSid.

        A line that reaches Twilio over SIP is no number of the account's: then SIP_CALLER_ID is shown, once Twilio has
        refused the line's own. Raises ``NotSentError``, ``RefusedError`` or ``UnknownOutcomeError``.
        """
        instead = self.settings.sip_caller_id
        try:
            return self._ring(number=number, line=line, to=to)
        except RefusedError as error:
            if not instead or str(error) not in _MAY_NOT_BE_SHOWN:
                raise
            return self._ring(number=number, line=instead, to=to)

    def _ring(self, *, number: str, line: str, to: str) -> str:
        base = self.settings.public_base_url
        form = {
            "To": number,
            "From": line,
            "Url": f"{base}{to}",
            "Method": "POST",
            "FallbackUrl": f"{base}{routes.FALLBACK}",
            "FallbackMethod": "POST",
            "StatusCallback": f"{base}{routes.STATUS}",
            "StatusCallbackMethod": "POST",
            "Timeout": str(self.settings.ring_seconds),
        }
        return self._create("Calls.json", form)

    def send(self, *, number: str, body: str) -> str:
        """Send an SMS from SMS_FROM. Returns its Sid. Raises as ``ring`` does."""
        sender = self.settings.sms_from
        name = "MessagingServiceSid" if sender.startswith("MG") else "From"
        return self._create("Messages.json", {"To": number, "Body": body, name: sender})

    def ready(self) -> None:
        """See that there is a token to make the next request with. Raises ``SecretUnavailableError``."""
        self.secrets.auth_token()

    def heard(self, ask: Callable[[Any], Any]) -> Any:
        """What Twilio answered to what ``ask`` asks of its client. Raises as ``ring`` does.

        While the auth token is rotated Twilio takes one of two, and for some time we can't know which. With the wrong
        one it does nothing, so that asking with the other is safe.
        """
        token = self.secrets.auth_token()
        client = self._client(token)
        try:
            return _heard(lambda: ask(client))
        except LockedOutError:
            other = self.secrets.auth_token_instead_of(token)
            if not other:
                raise
        client = self._client(other)
        return _heard(lambda: ask(client))

    def _client(self, auth_token: str) -> Any:
        settings = self.settings
        return _client(
            settings.twilio_account_sid,
            auth_token,
            settings.twilio_edge,
            settings.twilio_region,
            settings.twilio_api_base_url,
            self.timeout,
        )

    def move(self, call_sid: str, to: str) -> None:
        """Let a live leg go on with the document at ``to``, a path of ours. Raises as ``ring`` does."""
        base = self.settings.public_base_url
        form = {
            "Url": f"{base}{to}",
            "Method": "POST",
            "FallbackUrl": f"{base}{routes.FALLBACK}",
            "FallbackMethod": "POST",
        }
        self._ask("POST", _call(call_sid), form)

    def is_live(self, call_sid: str) -> bool:
        """Whether a leg is in progress. Raises as ``ring`` does."""
        answer = self._ask("GET", _call(call_sid))
        return bool(_heard(lambda: json.loads(answer)["status"]) == "in-progress")

    def delete_recording(self, recording: str) -> None:
        """Delete a recording; one that is not there counts as deleted. Raises as ``ring`` does, but may be repeated."""
        try:
            self._ask("DELETE", f"Recordings/{recording}.json")
        except RefusedError as error:
            if str(error) not in _NOT_THERE:
                raise

    def recording(self, recording: str) -> bytes:
        """A recording, as MP3. Raises as ``ring`` does."""
        path = self._path(f"Recordings/{recording}.mp3")

        def ask(client: Any) -> bytes:
            url = client.get_hostname(f"https://api.twilio.com{path}")
            answer: Answer = client.http_client.fetch(url, (client.username, client.password))
            if answer.status != HTTPStatus.OK:
                raise TwilioRestException(answer.status, url)
            return answer.body

        return bytes(self.heard(ask))

    def _create(self, resources: str, form: dict[str, str]) -> str:
        """Create one of some resources. Returns its Sid."""
        answer = self._ask("POST", resources, form)
        return str(_heard(lambda: json.loads(answer)["sid"]))

    def _ask(self, method: str, resource: str, form: dict[str, str] | None = None) -> str:
        """Ask about one resource, without Twilio's classes for them: the oldest API's alone are 8 MB of source."""
        path = self._path(resource)

        def ask(client: Any) -> str:
            response = client.request(method, f"https://api.twilio.com{path}", data=form or {})
            if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
                raise TwilioRestException(response.status_code, path, code=_error_code(response.text))
            return str(response.text)

        return str(self.heard(ask))

    def _path(self, resource: str) -> str:
        return f"/2010-04-01/Accounts/{self.settings.twilio_account_sid}/{resource}"


def _call(call_sid: str) -> str:
    return f"Calls/{call_sid}.json"


def _heard(ask: Callable[[], Any]) -> Any:
    """What Twilio answered, or an error that says whether it may have acted."""
    try:
        return ask()
    except TwilioException as error:
        raise _answered(error) from error
    except NotConnectedError as error:
        raise NotSentError(Why.NO_CONNECTION) from error
    except ConnectionLostError as error:
        raise UnknownOutcomeError(Why.CONNECTION_LOST) from error
    except TimeoutError as error:
        raise UnknownOutcomeError(Why.TIMED_OUT) from error
    except Exception as error:  # an answer that can't be read, or a bug: the request may have left before it
        raise UnknownOutcomeError("answer_unread") from error


@lru_cache(maxsize=1)
def _client(  # noqa: PLR0917  # what a cache can tell apart
    account_sid: str, auth_token: str, edge: str, region: str, base_url: str, timeout: float
) -> Client:
    return Client(
        account_sid, auth_token, http_client=Http(base_url, timeout), edge=edge or None, region=region or None
    )


def _error_code(text: str) -> int | None:
    try:
        return int(json.loads(text)["code"])
    except (ValueError, TypeError, KeyError):  # a proxy's page, or an error without a code
        return None


def _answered(error: TwilioException) -> Exception:
    page = next((one for one in error.args if hasattr(one, "status_code")), None)  # a list's: it has no other form
    status = int(getattr(error, "status", 0) or getattr(page, "status_code", 0))
    if status == _TOO_MANY_REQUESTS:
        return NotSentError(str(status))
    if 300 <= status < 500 and status != _REQUEST_TIMEOUT:
        code = str(getattr(error, "code", None) or (page and _error_code(page.text)) or status)
        return LockedOutError(code) if code in _CREDENTIALS else RefusedError(code)
    return UnknownOutcomeError(f"http_{status}")
