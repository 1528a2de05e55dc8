"""The wire between a handler and the outside: TLS as AWS and Twilio have it, with each request kept and counted.

Behind it are the stand-ins of `make run`: ministack for DynamoDB, SQS and Parameter Store, and the carrier for Twilio's
REST API. What is counted arrived here as bytes, whichever client sent it: no client is hooked.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl

_SERVICES = {b"DynamoDB_20120810": "", b"AmazonSSM": "ssm:", b"AmazonSQS": "sqs:"}
_LEG = b'{"sid": "CA00000000000000000000000000000000", "status": "in-progress", "direction": "inbound"}'
_A_LEG = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(_LEG), _LEG)
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


class Seen(NamedTuple):
    """One request: what was asked, and the bytes of head and body, before they are encrypted."""

    name: str  # of DynamoDB its operation; of others with the service before it; of Twilio "twilio:" and the resource
    sent: int
    received: int
    status: int
    asked: bytes  # the body
    answered: bytes


class Wire:
    """One TLS port of 127.0.0.1 for all that a handler reaches, from ``with`` to the end of it.

    ``aws`` is the stand-in's address; ``twilio``, which may change from call to call, the carrier's. ``connections``
    counts those that were opened so far.
    """

    def __init__(self, context: ssl.SSLContext, aws: str, twilio: str = "") -> None:
        self._context = context
        self.aws, self.twilio = aws, twilio
        self.connections = 0
        self._seen: list[Seen] = []
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"https://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # wakes the thread that accepts
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def take(self) -> list[Seen]:
        """The requests since this was last asked."""
        with self._lock:
            seen, self._seen = self._seen, []
        return seen

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as connection:
            with self._lock:
                self.connections += 1
            self._answer(connection)

    def _answer(self, connection: ssl.SSLSocket) -> None:
        behind: dict[str, http.client.HTTPConnection] = {}
        received = b""
        try:
            while True:
                while b"\r\n\r\n" not in received:
                    more = connection.recv(65536)
                    if not more:
                        return
                    received += more
                head, _, body = received.partition(b"\r\n\r\n")
                first, *lines = head.split(b"\r\n")
                headers = {name.decode().lower(): value.decode() for name, value in _split(lines)}
                length = int(headers.get("content-length", 0))
                while len(body) < length:
                    body += connection.recv(65536)
                received, body = body[length:], body[:length]
                method, path, _ = first.decode().split(" ", 2)
                answer, status = self._ask(behind, method, path, headers, body)
                name = _name_of(headers.get("x-amz-target", "").encode(), path)
                content = answer.partition(b"\r\n\r\n")[2]
                with self._lock:
                    self._seen.append(Seen(name, len(head) + 4 + length, len(answer), status, body, content))
                connection.sendall(answer)
                if headers.get("connection", "").lower() == "close":
                    return
        finally:
            for one in behind.values():
                one.close()

    def _ask(
        self,
        behind: dict[str, http.client.HTTPConnection],
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
    ) -> tuple[bytes, int]:
        """The whole answer of the stand-in that this is for, and its status."""
        is_aws = "x-amz-target" in headers
        if not is_aws and not self.twilio:  # nobody's call: any leg is there
            return _A_LEG, 200
        address = self.aws if is_aws else self.twilio
        if not is_aws and address not in behind:  # the carrier's server ends idle connections
            for one in behind.values():
                one.close()
            behind.clear()
        asks = behind.get(address) or http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        behind[address] = asks
        asks.request(method, path, body, {**headers, "connection": "keep-alive" if is_aws else "close"})
        reply = asks.getresponse()
        content = reply.read()
        if not is_aws:
            asks.close()
            del behind[address]
        lines = [f"HTTP/1.1 {reply.status} {reply.reason}", "Server: Server", "Date: Tue, 24 Nov 2026 08:00:00 GMT"]
        lines += [f"{name}: {value}" for name, value in reply.getheaders() if name.lower() not in _HOP]
        lines += [f"Content-Length: {len(content)}", "Connection: keep-alive"]
        if is_aws and headers["x-amz-target"].startswith("DynamoDB"):  # the real one sends it, and clients check it
            lines = [line for line in lines if not line.lower().startswith("x-amz-crc32")]
            lines.append(f"x-amz-crc32: {zlib.crc32(content)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content, reply.status


def _split(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    return [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]


def _name_of(target: bytes, path: str) -> str:
    """A request's name in the tables of the bench."""
    if target:
        service, _, operation = target.partition(b".")
        return _SERVICES.get(service, service.decode() + ":") + operation.decode()
    return "twilio:" + urlsplit(path).path.rpartition("/Accounts/")[2].split("/")[1].removesuffix(".json")


def moved(seen: list[Seen]) -> list[bytes]:
    """What was asked of Twilio: the forms of the moves among these requests that it granted."""
    return [one.asked for one in seen if one.name.startswith("twilio:") and one.status == 200 and b"Url=" in one.asked]


def table_says(answer: bytes) -> dict[str, object]:
    """A DynamoDB answer, read."""
    return dict(json.loads(answer or b"{}"))
