"""An HTTP server on 127.0.0.1 that twilio's real client talks to."""

from __future__ import annotations

import json
import socket
import struct
from base64 import b64decode
from binascii import Error as Base64Error
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self, cast

from infra.carrier.rest.answers import RefusedError, Reply
from infra.carrier.rest.faults import DoneButTimedOut, Late, Refused, Reset, Slow, TimedOut

if TYPE_CHECKING:
    from types import TracebackType

    from infra.carrier.rest.account import Asked
    from infra.carrier.rest.api import Api
    from infra.carrier.rest.faults import Faults

LOOPBACK = "127.0.0.1"
_IDLE_SECONDS = 5.0


class RestServer:
    """Answers Twilio's REST API for one account in a ``with`` block; at its end no thread or port is left.

    The application may call it during a webhook, while the simulation waits: the server answers in its own threads, and
    the simulation does what was asked after the webhook's answer.
    """

    def __init__(self, api: Api, port: int = 0) -> None:
        self.api = api
        """Another carrier may take the server over between calls: see Carrier.answers_on."""
        self._stopped = Event()
        self._server = _Server(self, port)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="carrier REST")

    @property
    def base_url(self) -> str:
        """Its base URL, in place of https://api.twilio.com."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    @property
    def faults(self) -> Faults:
        """The faults of the next requests."""
        return self.api.account.faults

    @property
    def requests(self) -> list[Asked]:
        """The requests so far that passed authentication."""
        return self.api.account.requests

    def hold(self, seconds: float) -> None:
        """Wait for real seconds, or until the server stops."""
        self._stopped.wait(seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        with suppress(OSError):  # on Linux it wakes the thread, which would else look up at the end of its poll
            self._server.socket.shutdown(socket.SHUT_RDWR)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the requests under way
    request_queue_size = 64

    def __init__(self, rest: RestServer, port: int) -> None:
        self.rest = rest
        super().__init__((LOOPBACK, port), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer would look up a host name too
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    timeout = _IDLE_SECONDS

    def do_POST(self) -> None:
        """Answer a create or an update."""
        self._serve()

    def do_GET(self) -> None:
        """Answer a fetch."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a deletion."""
        self._serve()

    def log_message(self, *_arguments: object) -> None:
        """Keep the terminal quiet."""

    @property
    def _rest(self) -> RestServer:
        return cast("_Server", self.server).rest

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        api = self._rest.api
        try:
            asked = api.read(self.command, self.path, _credentials(self.headers.get("Authorization", "")), body)
            reply = self._meet(api, asked)
        except RefusedError as refused:
            reply = refused.reply
        if reply is not None:
            self._answer(reply)

    def _meet(self, api: Api, asked: Asked) -> Reply | None:
        """Do what is asked unless a fault prevents it; None where no answer is given."""
        fault = api.account.faults.take(asked.endpoint, asked.form.get("To"))
        match fault:
            case Refused(status=status, code=None, message=message):
                return Reply(status, message)
            case Refused(status=status, code=int(code), message=message):
                raise RefusedError(code, message, status)
            case Reset():
                self._reset()
                return None
            case TimedOut(seconds=seconds):
                self._rest.hold(seconds)
                return None
            case DoneButTimedOut(seconds=seconds):
                api.do(asked)
                self._rest.hold(seconds)
                return None
            case Slow(seconds=seconds):
                self._rest.hold(seconds)
        return api.do(asked, delay=fault.after if isinstance(fault, Late) else 0.0)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _answer(self, reply: Reply) -> None:
        media_type, body = _encoded(reply.body)
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the client has given up
            self.close_connection = True


def _encoded(body: dict[str, Any] | str | bytes) -> tuple[str, bytes]:
    match body:
        case bytes():
            return "audio/mpeg", body
        case str():
            return "text/plain", body.encode()
        case _:
            return "application/json", json.dumps(body).encode()


def _credentials(header: str) -> tuple[str, str]:
    """Read Basic authentication; two empty strings where there is none."""
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, password = b64decode(encoded).decode().partition(":")
    except (Base64Error, UnicodeDecodeError):
        return "", ""
    return name, password
