"""A request to Twilio: sent once over a connection of its own, and what is known of it when it fails."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ivr.telephony.twilio.http import ConnectionLostError, Http, NotConnectedError, ask

WITHIN = 30  # seconds
CREDENTIALS = ("AC1", "secret")


class Server(BaseHTTPRequestHandler):
    """Answers by what ``answers`` of the server says for a path: a status, headers and a body; None hangs up."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        told = self.server.answers.get(self.path.partition("?")[0])
        if told is None:
            self.close_connection = True
            return
        status, headers, said = told
        self.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    servers = []

    def started(answers):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
        server.daemon_threads, server.asked, server.answers = True, [], answers
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_form_is_sent_as_twilio_reads_it(serve):
    server = serve({"/Calls.json": (201, {}, '{"sid": "ع"}'.encode())})
    form = {"To": "+96891234567", "Body": "تحذير & more", "Event": ["a", "b"]}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Http(server.address, WITHIN).request(
        "POST", "https://api.twilio.com/Calls.json", params={"n": 1}, data=form, headers=headers, auth=CREDENTIALS
    )
    assert (answer.status_code, answer.text) == (201, '{"sid": "ع"}')
    [(method, path, told, body)] = server.asked
    assert (method, path) == ("POST", "/Calls.json?n=1")
    assert body == b"To=%2B96891234567&Body=%D8%AA%D8%AD%D8%B0%D9%8A%D8%B1+%26+more&Event=a&Event=b"
    assert told["Content-Type"] == headers["Content-Type"]
    assert base64.b64decode(told["Authorization"].removeprefix("Basic ")) == b"AC1:secret"


def test_an_answer_that_leads_elsewhere_is_not_followed(serve):
    server = serve({"/a": (307, {"Location": "/b"}, b""), "/b": (200, {}, b"there")})
    assert Http(server.address, WITHIN).request("POST", "https://api.twilio.com/a").status_code == 307
    assert len(server.asked) == 1


def test_a_recording_is_fetched_where_it_is_kept(serve):
    server = serve({"/a": (302, {"Location": "/b"}, b""), "/b": (200, {}, b"\xff\xfb")})
    assert Http(server.address, WITHIN).fetch("https://api.twilio.com/a", CREDENTIALS).body == b"\xff\xfb"
    assert ["Authorization" in headers for _, _, headers, _ in server.asked] == [True, True]


def test_no_other_host_is_asked_without_tls(serve):
    elsewhere = serve({"/b": (200, {}, b"there")})
    server = serve({"/a": (302, {"Location": f"{elsewhere.address}/b"}, b"")})
    assert Http(server.address, WITHIN).fetch("https://api.twilio.com/a", CREDENTIALS).status == 302
    assert elsewhere.asked == []


def test_another_host_gets_no_credentials(serve, monkeypatch):
    server = serve({"/a": (302, {"Location": "https://elsewhere.example.com/b"}, b"")})
    sent = []

    def asked(method, url, headers, body, timeout):
        sent.append((url, headers))
        return ask(method, url, headers, body, timeout) if url.startswith(server.address) else answer

    answer = ask("GET", f"{server.address}/a", {}, b"", WITHIN)._replace(status=200, body=b"there")
    monkeypatch.setattr("ivr.telephony.twilio.http.ask", asked)
    assert Http(server.address, WITHIN).fetch("https://api.twilio.com/a", CREDENTIALS).body == b"there"
    assert [("Authorization" in headers) for _, headers in sent] == [True, False]


def test_a_circle_of_answers_that_lead_elsewhere_ends(serve):
    server = serve({"/a": (302, {"Location": "/a"}, b"")})
    assert Http(server.address, WITHIN).fetch("https://api.twilio.com/a", CREDENTIALS).status == 302
    assert len(server.asked) == 4


def test_what_was_sent_may_have_arrived(serve):
    server = serve({})
    with pytest.raises(ConnectionLostError):
        ask("POST", f"{server.address}/a", {}, b"a=b", WITHIN)
    assert len(server.asked) == 1  # and it is not sent again


def test_an_interim_answer_is_none(serve):
    server = serve({"/a": (103, {}, b"")})
    with pytest.raises(ConnectionLostError):
        ask("POST", f"{server.address}/a", {}, b"a=b", WITHIN)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://127.0.0.1:9"])
def test_where_nobody_listens_nothing_was_sent(address):
    with pytest.raises(NotConnectedError):
        ask("POST", f"{address}/a", {}, b"a=b", WITHIN)
