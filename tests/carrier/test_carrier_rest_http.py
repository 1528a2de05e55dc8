"""Everything over real HTTP: the application is a server too, and calls REST while the simulation waits for it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from infra.carrier import Carrier, Phone, http_post, rest_client

CUSTOMER, LINE = "+12025550111", "+12025550100"


class Application(ThreadingHTTPServer):
    daemon_threads = False
    client = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
        if self.path == "/voice/incoming":
            inner = f'<Dial action="/voice/done"><Number url="/voice/whisper">{CUSTOMER}</Number></Dial>'
        elif self.path == "/voice/whisper":
            self.server.client.calls(form["CallSid"][0]).update(url=self.server.address + "/voice/moved")
            inner = ""
        else:
            inner = f"<Say>{self.path}</Say>"
        body = f"<Response>{inner}</Response>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def application():
    server = Application(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_moves_its_own_leg(application):
    carrier = Carrier(
        http_post(timeout=5),
        base_url=application.address,
        auth_token="12345",
        pickups={CUSTOMER: Phone(name="customer")},
    )
    with carrier.rest() as rest:
        application.client = rest_client(rest.base_url, "AC" + "0" * 32, "12345", 5)
        call = carrier.place(from_="+96891234567", to=LINE, phone=Phone())
        carrier.run()
    assert call.transcript.said("customer") == ["/voice/moved"]
    assert call.transcript.said("caller") == ["/voice/done"]
