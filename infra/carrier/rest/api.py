"""The REST API of one account: checks the credentials, finds the endpoint, and does what is asked."""

from __future__ import annotations

import hmac
import re
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.carrier.rest import messages, numbers, recordings, webhook_rules
from infra.carrier.rest.account import Asked
from infra.carrier.rest.answers import VERSION, RefusedError, Reply
from infra.carrier.rest.calls import Calls
from infra.carrier.rest.parameters import parse

if TYPE_CHECKING:
    from infra.carrier.rest.account import Account
    from infra.carrier.rest.faults import Endpoint
    from infra.carrier.switch import Switch

AUTHENTICATE, NOT_FOUND, NOT_ALLOWED = 20003, 20404, 20004
_PATH = re.compile(
    rf"/{VERSION}/Accounts/(?P<account>\w+)"
    r"(?:/(?P<resource>Calls|Messages|Recordings|IncomingPhoneNumbers)(?:/(?P<sid>\w+))?)?\.(?P<as>json|mp3)"
)

_CONFIGURATION = re.compile(r"/v1/Webhooks/(?P<resource>Rules|Settings)(?:/(?P<sid>\w+))?")


class Api:
    """Answers REST requests for an account. Its methods may be called from any thread."""

    def __init__(self, account: Account, switch: Switch, calls_per_second: float) -> None:
        self.account = account
        self._lock = Lock()
        self._calls = Calls(account, switch, calls_per_second)

    def read(self, method: str, target: str, credentials: tuple[str, str], body: bytes) -> Asked:
        """Authenticate a request and find its endpoint.

        Raises:
            RefusedError: wrong credentials, or an endpoint that the stand-in does not simulate.

        """
        sid, token = credentials
        account_sid = self.account.network.options.account_sid
        if sid != account_sid or not hmac.compare_digest(token.encode(), self.account.auth_token.encode()):
            self.account.turned_away += 1
            raise RefusedError(AUTHENTICATE, "Authenticate", 401)
        path, query = urlsplit(target).path, urlsplit(target).query
        if configuration := _CONFIGURATION.fullmatch(path):
            return self._asked(_endpoint_of(configuration, method, path), configuration["sid"], query.encode())
        found = _PATH.fullmatch(path)
        if not found or found["account"] != account_sid:
            raise RefusedError(NOT_FOUND, f"The requested resource {path} was not found", 404)
        endpoints: dict[tuple[str, str, bool], Endpoint] = {
            ("GET", "", False): "account.fetch",
            ("POST", "Calls", False): "calls.create",
            ("POST", "Calls", True): "calls.update",
            ("GET", "Calls", True): "calls.fetch",
            ("POST", "Messages", False): "messages.create",
            ("GET", "Recordings", False): "recordings.list",
            ("GET", "Recordings", True): "recordings.fetch",
            ("DELETE", "Recordings", True): "recordings.delete",
            ("GET", "IncomingPhoneNumbers", False): "numbers.list",
            ("GET", "IncomingPhoneNumbers", True): "numbers.fetch",
            ("POST", "IncomingPhoneNumbers", True): "numbers.update",
        }
        endpoint = endpoints.get((method, found["resource"] or "", bool(found["sid"])))
        if found["as"] == "mp3":
            endpoint = "recordings.sound" if endpoint == "recordings.fetch" else None
        if endpoint is None:
            raise RefusedError(NOT_ALLOWED, f"{method} {path}: this stand-in does not simulate it", 405)
        return self._asked(endpoint, found["sid"], query.encode() if method == "GET" else body)

    def _asked(self, endpoint: Endpoint, sid: str | None, given: bytes) -> Asked:
        asked = Asked(endpoint, sid or "", parse(given, self.account.record_mistake))
        self.account.requests.append(asked)
        return asked

    def do(self, asked: Asked, delay: float = 0.0) -> Reply:
        """Do what is asked. The create or update of a call takes effect after `delay` simulated seconds.

        Raises:
            RefusedError: Twilio would refuse it.

        """
        with self._lock:
            if asked.endpoint == "calls.create":
                return self._calls.create(asked.form, delay)
            if asked.endpoint == "calls.update":
                return self._calls.update(asked.sid, asked.form, delay)
            if asked.endpoint == "calls.fetch":
                return self._calls.fetch(asked.sid)
            if asked.endpoint.startswith("recordings."):
                return self._recordings(asked)
            if asked.endpoint.startswith(("numbers.", "account.", "webhooks.")):
                return self._owned(asked)
            return messages.create(self.account, asked.form)

    def _owned(self, asked: Asked) -> Reply:
        match asked.endpoint:
            case "account.fetch":
                return self.account.fetch()
            case "webhooks.rules":
                return webhook_rules.rules(self.account)
            case "webhooks.setting":
                return webhook_rules.setting(self.account, asked.sid)
            case "numbers.list":
                return numbers.listing(self.account, asked.form)
            case "numbers.fetch":
                return numbers.fetch(self.account, asked.sid)
            case _:
                return numbers.update(self.account, asked.sid, asked.form)

    def _recordings(self, asked: Asked) -> Reply:
        match asked.endpoint:
            case "recordings.list":
                return recordings.listing(self.account.network)
            case "recordings.fetch":
                return recordings.fetch(self.account.network, asked.sid)
            case "recordings.sound":
                return recordings.sound(self.account.network, asked.sid)
            case _:
                return recordings.delete(self.account.network, asked.sid)


def _endpoint_of(found: re.Match[str], method: str, path: str) -> Endpoint:
    """The endpoint of the Webhooks configuration API. It is only read."""
    if method == "GET" and found["resource"] == "Rules" and not found["sid"]:
        return "webhooks.rules"
    if method == "GET" and found["resource"] == "Settings" and found["sid"]:
        return "webhooks.setting"
    raise RefusedError(NOT_ALLOWED, f"{method} {path}: this stand-in does not simulate it", 405)
