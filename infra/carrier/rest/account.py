"""The account that REST requests act for: who may ask, which endpoint answers, and what is remembered."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.carrier.network import Fault
from infra.carrier.rest import messages, recordings
from infra.carrier.rest.answers import VERSION, RefusedError, Reply
from infra.carrier.rest.calls import Calls
from infra.carrier.rest.faults import Faults
from infra.carrier.rest.messages import Message
from infra.carrier.rest.parameters import parse

if TYPE_CHECKING:
    import random

    from infra.carrier.network import Network
    from infra.carrier.rest.faults import Endpoint
    from infra.carrier.rest.parameters import Parameters

AUTHENTICATE, NOT_FOUND, NOT_ALLOWED = 20003, 20404, 20004
TEST_FROM = "+15005550006"
"""The number that Twilio's test credentials may always show."""
_PATH = re.compile(
    rf"/{VERSION}/Accounts/(?P<account>\w+)/(?P<resource>Calls|Messages|Recordings)(?:/(?P<sid>\w+))?\.(?P<as>json|mp3)"
)

__all__ = ["Account", "Asked", "Message"]


@dataclass(frozen=True)
class Asked:
    """A REST request that passed authentication."""

    endpoint: Endpoint
    sid: str
    """Which call or recording; empty for a create and a list."""
    form: Parameters


class Account:
    """What one carrier knows as a REST account. Its methods may be called from any thread."""

    def __init__(
        self,
        *,
        network: Network,
        auth_token: str,
        calls_per_second: float,
        chance: random.Random,
    ) -> None:
        self.network = network
        self.faults = Faults()
        self.messages: list[Message] = []
        self.requests: list[Asked] = []
        """Every request that passed authentication, refused or not."""
        self.auth_token = auth_token
        """May be exchanged at any time: the account's token was rotated."""
        self.turned_away = 0
        """How many requests did not pass authentication."""
        self._chance = chance
        self._lock = Lock()
        self._calls = Calls(self, calls_per_second)

    def read(self, method: str, target: str, credentials: tuple[str, str], body: bytes) -> Asked:
        """Find out what is asked, and by whom.

        Raises:
            RefusedError: wrong credentials, or nothing that the stand-in answers.

        """
        sid, token = credentials
        account_sid = self.network.options.account_sid
        if sid != account_sid or not hmac.compare_digest(token.encode(), self.auth_token.encode()):
            self.turned_away += 1
            raise RefusedError(AUTHENTICATE, "Authenticate", 401)
        path = urlsplit(target).path
        found = _PATH.fullmatch(path)
        if not found or found["account"] != account_sid:
            raise RefusedError(NOT_FOUND, f"The requested resource {path} was not found", 404)
        endpoints: dict[tuple[str, str, bool], Endpoint] = {
            ("POST", "Calls", False): "calls.create",
            ("POST", "Calls", True): "calls.update",
            ("GET", "Calls", True): "calls.fetch",
            ("POST", "Messages", False): "messages.create",
            ("GET", "Recordings", False): "recordings.list",
            ("GET", "Recordings", True): "recordings.fetch",
            ("DELETE", "Recordings", True): "recordings.delete",
        }
        endpoint = endpoints.get((method, found["resource"], bool(found["sid"])))
        if found["as"] == "mp3":
            endpoint = "recordings.sound" if endpoint == "recordings.fetch" else None
        if endpoint is None:
            raise RefusedError(NOT_ALLOWED, f"{method} {path}: this stand-in does not simulate it", 405)
        asked = Asked(endpoint, found["sid"] or "", parse(body, self._blame))
        self.requests.append(asked)
        return asked

    def do(self, asked: Asked, delay: float = 0.0) -> Reply:
        """Do what is asked, `delay` simulated seconds from now where it is about a call.

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
            return messages.create(self, asked.form)

    def _recordings(self, asked: Asked) -> Reply:
        match asked.endpoint:
            case "recordings.list":
                return recordings.listing(self.network)
            case "recordings.fetch":
                return recordings.fetch(self.network, asked.sid)
            case "recordings.sound":
                return recordings.sound(self.network, asked.sid)
            case _:
                return recordings.delete(self.network, asked.sid)

    def new_sid(self, prefix: str) -> str:
        """Make an identifier; REST has its own source of chance, so that the calls' Sids stay as they were."""
        return f"{prefix}{self._chance.getrandbits(128):032x}"

    def may_show(self, number: str) -> bool:
        """Whether a call or message may come from this number."""
        options = self.network.options
        return options.own_numbers is None or number in {*options.own_numbers, *options.verified, TEST_FROM}

    def _blame(self, code: int, message: str) -> None:
        self.network.commands.append(lambda: self.network.errors.append(Fault(str(code), "rest", message)))
