"""Connections to one address, kept between requests, with time limits.

None is opened before the first request, so that a snapshot holds none. An error is botocore's of the same failure.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from http.client import HTTPException
from select import POLLERR, POLLHUP, POLLIN, poll
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

from ivr.aws.environment import variables
from ivr.http import tls
from ivr.http.answer import AnswerReader
from ivr.http.request import written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPConnection

    from ivr.http.answer import Answer

_MOST_KEPT = 10
# While a container is frozen, a connection may be forgotten on the way without a word: a request over it would wait for
# its whole time limit. A new one takes a few milliseconds.
_KEPT_SECONDS = 60


class Connections:
    """Connections to an address such as https://sqs.eu-west-1.amazonaws.com; time limits in seconds."""

    def __init__(self, address: str, connect_timeout: float, read_timeout: float) -> None:
        self.address = address
        self._where = urlsplit(address)
        self._connect_timeout, self._read_timeout = connect_timeout, read_timeout
        self._kept: deque[tuple[HTTPConnection, float]] = deque()  # with the time of its last use; threads share them

    def prepare(self) -> None:
        """Read who may certify the other side. Nothing is opened."""
        if self._where.scheme == "https":
            tls.context(self._authorities())

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request once and read its answer. Raises botocore's error of a failed connection."""
        connection = self._open()
        try:
            connection.sock.sendall(written(method, path, self._where.netloc, headers, body))
            with AnswerReader(connection.sock, method=method) as reader:
                answer = reader.whole()
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=self.address, error=error) from error
        except (ConnectionError, HTTPException) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=self.address, error=error) from error
        except OSError as error:
            connection.close()
            raise HTTPClientError(error=error) from error
        except BaseException:
            connection.close()
            raise
        if reader.will_close or len(self._kept) >= _MOST_KEPT:
            connection.close()
        else:
            self._kept.append((connection, time.time()))
        return answer

    def _authorities(self) -> str:
        return variables().get("AWS_CA_BUNDLE") or tls.bundled()

    def close(self) -> None:
        """End all that are kept."""
        while self._kept:
            self._kept.pop()[0].close()

    def __del__(self) -> None:
        self.close()

    def _open(self) -> HTTPConnection:
        while self._kept:
            connection, used_at = self._kept.pop()
            if abs(time.time() - used_at) < _KEPT_SECONDS and not _has_ended(connection):
                return connection
            connection.close()
        connection = tls.connection(self._where, self._connect_timeout, self._authorities())
        try:
            connection.connect()  # which switches Nagle's algorithm off
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self.address, error=error) from error
        except OSError as error:
            if type(error).__module__ == "ssl":
                raise SSLError(endpoint_url=self.address, error=error) from error
            raise EndpointConnectionError(endpoint_url=self.address, error=error) from error
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.sock.settimeout(self._read_timeout)
        return connection


def _has_ended(connection: HTTPConnection) -> bool:
    """Whether the other side has closed a kept connection, or sent what nothing asks for: it would answer the next."""
    pending = getattr(connection.sock, "pending", None)  # of TLS: the rest of a record is not at the socket any more
    if pending and pending():
        return True
    asked = poll()
    asked.register(connection.sock, POLLIN | POLLERR | POLLHUP)
    return bool(asked.poll(0))
