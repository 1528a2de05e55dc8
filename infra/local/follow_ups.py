"""Waits until the stack has done the work that follows a call."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import requests

from infra.local.gateway import SETTLED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.carrier import Carrier
    from infra.local.stackfile import Running

_HTTP = 80  # the port of a URL that names none
_PATIENCE = 2.0  # real seconds for the stack's own retries
_ANSWERS_WITHIN = 8.0  # real seconds, more than the stack itself waits


class FollowUpState(NamedTuple):
    """The stack's answer: whether all work is done that can be done now, and how much waits for a retry."""

    settled: bool
    put_off: int


class FollowUps:
    """Asks the stack, after each webhook and at the end, whether all follow-up work is done.

    It takes no simulated time: the work that follows a webhook is done before the call goes on, so that every run of a
    script is the same. ``say`` tells the person who placed the call what is wrong.
    """

    def __init__(self, running: Running, say: Callable[[str], None]) -> None:
        self._say = say
        self._url = running.gateway + SETTLED
        self._session = requests.Session()
        self._session.trust_env = False
        self._in_time = True

    def of_webhook(self) -> None:
        """Wait for the work that follows a webhook; not at all after one that took too long."""
        if self._in_time:
            self._in_time = self._settle().settled

    def of_call(self, carrier: Carrier, run: Callable[[], None] | None = None) -> None:
        """Wait for the work that follows the calls, further calls too. At most ``_PATIENCE`` if something fails.

        ``run`` lets the carrier's time go on; without it, as ``Carrier.run`` does.
        """
        until = time.monotonic() + _PATIENCE
        while True:
            told = self._settle()
            if carrier.network.has_orders:
                (run or carrier.run)()
                until = time.monotonic() + _PATIENCE
            elif told.settled and not told.put_off:
                return
            elif time.monotonic() >= until:
                self._say("Some follow-up work is not done yet: read the stack's log for the reason.")
                return
            else:
                time.sleep(0.1)

    def _settle(self) -> FollowUpState:
        try:
            answer: dict[str, Any] = self._session.get(self._url, timeout=_ANSWERS_WITHIN).json()
            return FollowUpState(bool(answer["settled"]), int(answer["put_off"]))
        except (requests.RequestException, KeyError, TypeError, ValueError):  # it has gone, or another answers
            return FollowUpState(settled=False, put_off=0)


@contextmanager
def reachable_over_rest(carrier: Carrier, running: Running, say: Callable[[str], None]) -> Iterator[str]:
    """Answer as Twilio's REST API during the block. Yields its address for the stack, or an empty string.

    ``say`` tells the person who placed the call why it is empty.
    """
    url = running.settings.get("TWILIO_API_BASE_URL", "")
    if not url:
        say("This stack uses the real Twilio API: ring-backs and SMS are real.")
        yield ""
        return
    shared = url == running.exchange
    try:
        server = carrier.rest(0 if shared else urlsplit(url).port or _HTTP)
    except OSError:
        say(f"Something else answers at {url}: what this call sets off is not seen here.")
        yield ""
        return
    with server:
        yield server.base_url if shared else ""
