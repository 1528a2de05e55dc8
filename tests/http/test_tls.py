"""TLS sessions: resumed with the same host alone, and never needed."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from ivr.http import tls
from tests.bench.authority import Authority


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def roots(authority, tmp_path):
    file = tmp_path / "roots.pem"
    file.write_bytes(authority.root)
    tls._sessions.clear()
    yield str(file)
    tls.context.cache_clear()
    tls._sessions.clear()


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def server(authority, request):
    context = authority.context()
    context.minimum_version = context.maximum_version = request.param
    made = _Server(context)
    yield made
    made.close()


class _Server:
    """A server whose context can be replaced: it then knows none of the sessions before."""

    def __init__(self, context):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        self.server.daemon_threads, self.server.handle_error = True, lambda *_: None
        self.plain = self.server.socket
        self.secure_with(context)
        self.address = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def secure_with(self, context):
        self.server.get_request = lambda: _secured(context, *self.plain.accept())

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def _secured(context, connection, address):
    return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def ask(address, roots):
    """Whether the session of an earlier connection was resumed."""
    connection = tls.connection(urlsplit(address), 30, roots)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
        return connection.sock.session_reused
    finally:
        connection.close()


def test_the_last_session_is_resumed_again_and_again(server, roots):
    assert [ask(server.address, roots) for _ in range(4)] == [False, True, True, True]


def test_a_server_that_knows_no_session_any_more_makes_a_full_handshake(server, roots, authority):
    ask(server.address, roots)
    server.secure_with(authority.context())
    assert [ask(server.address, roots) for _ in range(2)] == [False, True]


def test_a_session_is_offered_to_the_host_that_it_was_made_with_alone(server, roots, authority):
    ask(server.address, roots)
    other = _Server(authority.context())
    try:
        assert not ask(other.address, roots)
    finally:
        other.close()
    with pytest.raises(ssl.SSLCertVerificationError):  # the same server under a name that nobody vouches for
        ask(server.address.replace("127.0.0.1", "localhost"), roots)


def test_a_session_is_not_used_with_other_authorities(server, roots, tmp_path):
    ask(server.address, roots)
    others = tmp_path / "others.pem"
    others.write_bytes(Authority().root)
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(server.address, str(others))


def test_a_server_that_is_someone_else_now_is_refused(server, roots):
    ask(server.address, roots)
    server.secure_with(Authority().context())
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(server.address, roots)
    assert not tls._sessions


def test_no_more_sessions_are_kept_than_there_are_services(server, roots):
    tls._sessions.update({("a context", "a host", port): None for port in range(tls._MOST_SESSIONS)})
    assert [ask(server.address, roots) for _ in range(2)] == [False, False]
    assert len(tls._sessions) == tls._MOST_SESSIONS
