"""A service on this machine that answers what a test has laid down, and keeps what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from ivr.aws import clients
from ivr.aws.connections import Connections
from ivr.aws.credentials import Credentials
from ivr.aws.dynamodb import PROTOCOL, DynamoDB
from ivr.aws.service import Service

REGION = "me-central-1"


class Asked(NamedTuple):
    """A request: its headers have names in lower case."""

    method: str
    path: str
    headers: dict
    body: bytes
    port: int  # of the connection that it came by

    @property
    def json(self):
        return json.loads(self.body)


class Recorder:
    """Answers each request with the next of ``answers``, the last one for ever; keeps ``asked``."""

    def __init__(self, tls=None):
        self.asked, self.answers = [], []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                recorder._answer(self)

            do_GET = do_POST  # noqa: N815  # the library's own name

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def will(self, *answers):
        """What the next requests get: (status, JSON or bytes, headers), or a function of the request's handler."""
        self.answers = list(answers)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def _answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(Asked(handler.command, handler.path, headers, body, handler.client_address[1]))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer(handler)
            return
        status, said, *more = answer
        text = said if isinstance(said, bytes) else json.dumps(said).encode()
        handler.send_response(status)
        for name, value in {"content-length": str(len(text)), **(more[0] if more else {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text)


def resets(handler):
    """End the connection as a peer does that has forgotten it."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()
    handler.close_connection = True
    handler.rfile = handler.wfile = open("/dev/null", "rb+", buffering=0)  # noqa: SIM115, PTH123  # whose end does not fail


def closes_afterwards(status, said):
    """Answer, and close the connection without having said so."""

    def answer(handler):
        text = json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("content-length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)
        handler.close_connection = True

    return answer


@pytest.fixture
def recorder():
    made = Recorder()
    made.will((200, {}))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _fresh_credentials():
    """No test holds those of another."""
    clients._credentials.cache_clear()
    yield
    clients._credentials.cache_clear()


@pytest.fixture
def pauses():
    """The seconds that were waited before a request was sent again."""
    return []


@pytest.fixture
def lean(recorder, pauses):
    """The road to the recorder, with time limits that no busy machine reaches."""
    service = Service(PROTOCOL, REGION, Connections(recorder.address, 30, 30), Credentials(), pause=pauses.append)
    made = DynamoDB(service)
    yield made
    service.connections.close()
