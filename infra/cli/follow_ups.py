"""What a call sets off in the stack, off the caller's path: waits until it has happened."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import click
import requests

from infra.local.gateway import SETTLED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.carrier import Carrier
    from infra.local.stackfile import Running

_HTTP = 80  # the port of a URL that names none
_PATIENCE = 2.0  # real seconds for what failed and comes again by itself
_ANSWERS_WITHIN = 8.0  # real seconds, above those that the stack itself waits


class Settled(NamedTuple):
    """What the stack says: whether all is done that can be done now, and how much was put off."""

    settled: bool
    put_off: int


class Afterwards:
    """Asks the stack, after each webhook and at the end, whether all has happened that follows.

    In simulated time that takes none: what follows from a webhook happens before anything is said or pressed further,
    in every run of a script alike.
    """

    def __init__(self, running: Running) -> None:
        self._url = running.gateway + SETTLED
        self._session = requests.Session()
        self._session.trust_env = False
        self._in_time = True

    def of_webhook(self) -> None:
        """Wait for what follows from a webhook; no longer where that took too long once."""
        if self._in_time:
            self._in_time = self._settle().settled

    def of_call(self, carrier: Carrier) -> None:
        """Let happen what the calls set off, further calls too. Bounded by ``_PATIENCE`` where something fails."""
        until = time.monotonic() + _PATIENCE
        while True:
            told = self._settle()
            if carrier.network.commands:
                carrier.run()
                until = time.monotonic() + _PATIENCE
            elif told.settled and not told.put_off:
                return
            elif time.monotonic() >= until:
                click.echo("Something that was set off is not done yet: the stack's log says why.", err=True)
                return
            else:
                time.sleep(0.1)

    def _settle(self) -> Settled:
        try:
            answer: dict[str, Any] = self._session.get(self._url, timeout=_ANSWERS_WITHIN).json()
            return Settled(bool(answer["settled"]), int(answer["put_off"]))
        except (requests.RequestException, KeyError, TypeError, ValueError):  # it has gone, or another answers
            return Settled(settled=False, put_off=0)


@contextmanager
def reachable_over_rest(carrier: Carrier, running: Running) -> Iterator[str]:
    """Answer as Twilio's REST API meanwhile. Gives the address that each webhook is to tell the stack; or none."""
    url = running.settings.get("TWILIO_API_BASE_URL", "")
    if not url:
        click.echo("This stack asks Twilio itself: who is rung back or texted now is so really.", err=True)
        yield ""
        return
    shared = url == running.exchange
    try:
        server = carrier.rest(0 if shared else urlsplit(url).port or _HTTP)
    except OSError:
        click.echo(f"Something else answers at {url}: what this call sets off is not seen here.", err=True)
        yield ""
        return
    with server:
        yield server.base_url if shared else ""
