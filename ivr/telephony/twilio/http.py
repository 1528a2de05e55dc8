"""How requests travel to Twilio: a new connection for each, by the TLS context and the session that are kept.

A connection that was kept while the function was frozen may be dead without our knowing, and what is written into it
has an unknown outcome. A new one costs less than 1 ms of CPU, and by a context of its own some 20.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from twilio.http import HttpClient
from twilio.http.response import Response

from ivr.http.answer import AnswerReader
from ivr.http.request import written
from ivr.http.tls import bundled, connection, context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.http.answer import Answer

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NotConnectedError(Exception):
    """No connection was made, so that the other side has not read a word of the request."""


class ConnectionLostError(Exception):
    """The connection ended before there was an answer: the request may have arrived."""


def prepare() -> None:
    """Read who may certify Twilio, which a snapshot may contain."""
    context(bundled())


class Http(HttpClient):  # type: ignore[misc]  # twilio is not typed
    """What Twilio's client asks by, and a stand-in for Twilio where ``base_url`` names one.

    ``timeout`` is in seconds, to connect and between two bytes of the answer. Neither a proxy nor another's credentials
    come in between, and nothing is sent again.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=timeout)
        self._base_url = base_url

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        *,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_: object,
    ) -> Response:
        """Make a request as Twilio's client describes it. Raises as ``ask`` does."""
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        form = urlencode(data, doseq=True).encode() if data else b""
        answer = ask(method, self._here(uri) + query, {**(headers or {}), **_basic(auth)}, form, self.timeout)
        return Response(answer.status, answer.body.decode("utf-8", errors="replace"), answer.headers)

    def fetch(self, url: str, credentials: tuple[str, str]) -> Answer:
        """Get what is not text, where it is kept. The credentials go to no other host. Raises as ``ask`` does."""
        here = self._here(url)
        answer = ask("GET", here, _basic(credentials), b"", self.timeout)
        for _ in range(_MOST_REDIRECTS):
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                break
            there = urljoin(here, answer.headers["location"])
            is_same = urlsplit(there)[:2] == urlsplit(here)[:2]
            if not is_same and urlsplit(there).scheme != "https":
                break
            credentials = credentials if is_same else ("", "")
            here, answer = there, ask("GET", there, _basic(credentials), b"", self.timeout)
        return answer

    def _here(self, url: str) -> str:
        return self._base_url + urlsplit(url)._replace(scheme="", netloc="").geturl() if self._base_url else url


def ask(method: str, url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
    """Send a request over a connection of its own.

    Raises ``NotConnectedError``, ``TimeoutError`` or ``ConnectionLostError``.
    """
    where = urlsplit(url)
    path = where._replace(scheme="", netloc="", fragment="").geturl() or "/"
    opened = connection(where, timeout, bundled())
    try:
        try:
            opened.connect()
        except OSError as error:
            raise NotConnectedError from error
        try:
            opened.sock.sendall(written(method, path, where.netloc, headers, body))
            with AnswerReader(opened.sock, method=method) as reader:
                return reader.whole()
        except TimeoutError:
            raise
        except (OSError, HTTPException) as error:
            raise ConnectionLostError from error
    finally:
        opened.close()


def _basic(credentials: tuple[str, str] | None) -> dict[str, str]:
    if not credentials or not credentials[0]:
        return {}
    return {"Authorization": "Basic " + b64encode(":".join(credentials).encode()).decode()}
