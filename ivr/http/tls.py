"""Connections to services over HTTP, and who may certify the other side: one context for all, made once.

A context takes some 20 ms of CPU, since it reads every certificate authority. A snapshot may contain it: no secret.
The sessions that are resumed are secret, and none is there before the first connection.
"""

from __future__ import annotations

from functools import lru_cache
from http.client import HTTPS_PORT, HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from urllib.parse import SplitResult


_MOST_SESSIONS = 16  # there are four services, and where Twilio keeps recordings
_sessions: dict[tuple[ssl.SSLContext, str, int], ssl.SSLSession | None] = {}


class SecureConnection(HTTPConnection):
    """A connection over TLS that resumes the last session with the same host, which a full handshake has verified.

    That spares the other side's certificates and, before TLS 1.3, a way there and back. A server that does not know the
    session any more makes a full handshake.
    """

    default_port = HTTPS_PORT

    def __init__(self, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=timeout)
        self._context = context
        self._session_key = (context, host, port)
        self._session: ssl.SSLSession | None = None

    def connect(self) -> None:
        """Connect and verify the other side. Raises ``OSError``; ``ssl.SSLError`` is one."""
        super().connect()
        self._session = _sessions.pop(self._session_key, None)  # of a handshake that fails, nothing is used again
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host, session=self._session)

    def close(self) -> None:
        """Close it, and keep its session: since TLS 1.3 the server sends one after the handshake.

        One that was resumed is resumed again, while the server takes it: to take a new one over costs Python as much
        as a request.
        """
        sock: Any = self.sock
        is_resumed = getattr(sock, "session_reused", None)  # None: not connected, or not over TLS
        if is_resumed is not None and len(_sessions) < _MOST_SESSIONS:
            _sessions[self._session_key] = self._session if is_resumed else sock.session
        super().close()


def connection(to: SplitResult, timeout: float, authorities: str) -> HTTPConnection:
    """A connection to where an address leads, not opened yet. ``timeout``: seconds, of each wait."""
    is_secure = to.scheme == "https"
    port = to.port or (443 if is_secure else 80)  # http.client would look for it at the end of an address of IPv6
    if is_secure:
        return SecureConnection(to.hostname or "", port, timeout=timeout, context=context(authorities))
    return HTTPConnection(to.hostname or "", port, timeout=timeout)


@lru_cache(maxsize=2)
def context(authorities: str) -> ssl.SSLContext:
    """The context of a file or a folder of authorities."""
    import ssl

    if Path(authorities).is_dir():
        return ssl.create_default_context(capath=authorities)
    return ssl.create_default_context(cafile=authorities)


@lru_cache(maxsize=1)
def bundled() -> str:
    """The file of the authorities that browsers trust: certifi's, else botocore's, which the Lambda runtime brings.

    botocore chooses it in the same way.
    """
    package = find_spec("certifi") or find_spec("botocore")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("neither certifi nor botocore is installed: no server can be verified")
    return f"{package.submodule_search_locations[0]}/cacert.pem"
