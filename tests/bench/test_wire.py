"""What is counted is what arrived, over TLS that only the run's own authority vouches for."""

import ssl
import threading
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.bench.authority import Authority
from tests.bench.wire import Wire, moved

MOVE = "/2010-04-01/Accounts/AC1/Calls/CA1.json"


class StandIn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200 if "refused" not in self.path else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def wire(authority):
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with Wire(authority.context(), address, address) as wire:
        yield wire
    server.shutdown()
    server.server_close()


@pytest.fixture
def connection(wire, authority):
    context = ssl.create_default_context(cadata=authority.root.decode())
    connection = HTTPSConnection(urlsplit(wire.address).netloc, context=context, timeout=30)
    yield connection
    connection.close()


def ask(connection, path="/", body=b"{}", **headers):
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def test_each_request_is_counted_by_its_name_with_its_bytes(wire, connection):
    ask(connection, **{"X-Amz-Target": "DynamoDB_20120810.UpdateItem"})
    ask(connection, body=b"{  }", **{"X-Amz-Target": "AmazonSSM.GetParameters"})
    first, second = wire.take()
    assert (first.name, second.name) == ("UpdateItem", "ssm:GetParameters")
    assert first.asked == first.answered == b"{}"
    assert second.sent == first.sent + 2 + len("AmazonSSM.GetParameters") - len("DynamoDB_20120810.UpdateItem")
    assert first.received > len("HTTP/1.1 200 OK")
    assert wire.take() == []
    assert wire.connections == 1


def test_a_move_counts_where_twilio_granted_it(wire, connection):
    ask(connection, MOVE, b"Url=https%3A%2F%2Fivr.example.com%2Fvoice")
    ask(connection, MOVE.replace("CA1", "refused"), b"Url=https%3A%2F%2Fivr.example.com%2Fvoice")
    ask(connection, MOVE, b"Status=completed")
    seen = wire.take()
    assert [one.name for one in seen] == ["twilio:Calls"] * 3
    assert moved(seen) == [b"Url=https%3A%2F%2Fivr.example.com%2Fvoice"]


def test_a_leg_is_there_that_can_be_moved_outside_of_a_call(wire, connection):
    wire.twilio = ""
    status, answer, _ = ask(connection, MOVE, b"Url=https%3A%2F%2Fivr.example.com%2Fvoice")
    assert status == 200
    assert b"in-progress" in answer


def test_a_dynamodb_answer_has_the_checksum_that_clients_check(connection):
    _, _, headers = ask(connection, **{"X-Amz-Target": "DynamoDB_20120810.GetItem"})
    assert headers["x-amz-crc32"] == "2745614147"


def test_nobody_else_vouches_for_it(wire):
    stranger = HTTPSConnection(urlsplit(wire.address).netloc, timeout=30)
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("POST", "/", b"{}")
    assert wire.take() == []
