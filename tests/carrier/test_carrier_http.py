"""Over real HTTP, with an application in a thread of this process."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
import requests

from infra.carrier import Carrier, Phone, http_post


class Application(BaseHTTPRequestHandler):
    forms: ClassVar = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.forms.append(parse_qs(body, keep_blank_values=True))
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", "/voice/incoming")
            self.end_headers()
            return
        answer = '<Response><Say voice="Polly.Zeina" language="arb">أهلا</Say></Response>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    server = HTTPServer(("127.0.0.1", 0), Application)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", ["/voice/incoming", "/moved"])
def test_a_call_over_http(address, path):
    carrier = Carrier(http_post(timeout=5), base_url=address, auth_token="12345", ring_url_path=path)
    call = carrier.place(from_="+96891234567", to="+12025550100", phone=Phone())
    carrier.run()
    assert call.transcript.said() == ["أهلا"]
    assert Application.forms[-1]["FromCity"] == [""]


def test_a_closed_port_is_a_failed_connection(address):
    carrier = Carrier(http_post(timeout=1), base_url="http://127.0.0.1:1", auth_token="12345", strict=False)
    carrier.place(from_="+96891234567", to="+12025550100", phone=Phone())
    carrier.run()
    assert {fault.code for fault in carrier.failures} == {"11205"}
    with pytest.raises(requests.ConnectionError):
        http_post(timeout=1)("http://127.0.0.1:1", [], {})
