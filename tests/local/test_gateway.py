"""Any HTTP request becomes the event that API Gateway sends."""

import base64
import http.client
import json
import socket
from datetime import UTC, datetime

import pytest
import requests
from aws_lambda_powertools.utilities.parser.models import APIGatewayProxyEventV2Model

from infra.local.gateway import MOST_BODY_BYTES, create_app
from infra.local.http_server import LoopbackServer


@pytest.fixture
def events():
    return []


@pytest.fixture
def handler(events):
    def handler(event):
        events.append(event)
        return {"statusCode": 201, "headers": {"content-type": "text/xml; charset=utf-8"}, "body": "<Response/>é"}

    return handler


@pytest.fixture
def log():
    return []


@pytest.fixture
def server(handler, log):
    with LoopbackServer(create_app(handler, log.append, lambda: {"settled": True})) as server:
        yield server


@pytest.fixture
def ask(server):
    """Send a request as it is written, and return the answer's status line and body."""

    def ask(raw):
        with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    return ask


def test_a_base64_answer_is_decoded():
    sound = bytes(range(256))
    answer = {
        "statusCode": 200,
        "headers": {"content-type": "audio/mpeg"},
        "body": base64.b64encode(sound).decode(),
        "isBase64Encoded": True,
    }
    with LoopbackServer(create_app(lambda _: answer, lambda _: None, dict)) as server:
        heard = requests.get(f"http://127.0.0.1:{server.port}/voice/recordings/x.mp3", timeout=5)
    assert (heard.content, heard.headers["content-type"]) == (sound, "audio/mpeg")


def test_the_event_is_what_api_gateway_sends_and_the_answer_comes_back_as_it_is(server, events):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(
        "POST",
        "/voice/a%20b//c?x=%2B1&x=",
        body="CallSid=CA1",
        headers={"X-Carrier-Time": "1795000000123", "Content-Type": "application/x-www-form-urlencoded"},
    )
    answer = connection.getresponse()
    assert (answer.status, answer.headers["content-type"]) == (201, "text/xml; charset=utf-8")
    assert answer.read().decode() == "<Response/>é"
    connection.close()
    [event] = events
    assert event["rawPath"] == "/voice/a%20b//c"
    assert event["rawQueryString"] == "x=%2B1&x="
    assert event["headers"]["content-type"] == "application/x-www-form-urlencoded"
    assert event["requestContext"]["timeEpoch"] == 1_795_000_000_123
    assert event["requestContext"]["http"]["method"] == "POST"
    assert base64.b64decode(event["body"]) == b"CallSid=CA1"


NOT_FOUND = {"message": "Not Found"}


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("POST", "/voice/incoming", "POST /voice/incoming", None),
        ("POST", "/voice/status", "POST /voice/status", None),
        ("POST", "/voice/whisper/offer", "POST /voice/{proxy+}", {"proxy": "whisper/offer"}),
        ("POST", "/voice/incoming/", "POST /voice/{proxy+}", {"proxy": "incoming/"}),
        ("GET", "/voice/recordings/RE1.mp3", "GET /voice/recordings/{recording}", {"recording": "RE1.mp3"}),
    ],
)
def test_a_route_of_the_template_reaches_the_handler_under_its_key(ask, events, method, path, key, parameters):
    status, _ = ask(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert status == 201
    assert events[0]["routeKey"] == events[0]["requestContext"]["routeKey"] == key
    assert events[0].get("pathParameters") == parameters


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "DELETE", "HEAD", "BREW"])
@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/whisper/offer"])
def test_a_method_that_the_template_does_not_route_is_not_found(ask, events, method, path):
    status, body = ask(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert status == 404
    assert not events
    assert method == "HEAD" or json.loads(body) == NOT_FOUND


@pytest.mark.parametrize("path", ["/voice/recordings/", "/voice/recordings/a/b", "/voice/x", "/favicon.ico", "/desks"])
def test_a_get_of_anything_but_a_recording_is_not_found(ask, events, path):
    status, body = ask(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (status, json.loads(body)) == (404, NOT_FOUND)
    assert not events


@pytest.mark.parametrize(
    "head",
    [
        b"POST /voice/incoming HTTP/1.1\r\nHost: ivr.example.com\r\nUser-Agent: TwilioProxy/1.1\r\n",
        b"POST /voice/whisper/offer?a=1&a=2&b=%2B HTTP/1.1\r\nHost: x\r\nCookie: a=1; b=2\r\n",
        b"GET /voice/recordings/RE1.mp3 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n",
    ],
)
def test_the_event_is_one_that_powertools_model_of_api_gateway_accepts(ask, events, head):
    status, _ = ask(head + b"Content-Length: 3\r\n\r\na=b")
    assert status == 201
    parsed = APIGatewayProxyEventV2Model.model_validate(events[0])
    context = parsed.requestContext
    assert context.domainName.startswith(context.domainPrefix)
    written = datetime.strptime(context.time, "%d/%b/%Y:%H:%M:%S %z")
    assert abs((written - datetime.now(UTC)).total_seconds()) < 60
    assert context.timeEpoch.replace(microsecond=0) == written
    assert context.requestId
    assert parsed.headers["x-forwarded-for"] == "127.0.0.1"


def test_an_event_has_its_query_its_cookies_and_an_id_of_its_own(ask, events):
    request = b"POST /voice/x?a=1&a=2&b=%2B HTTP/1.1\r\nHost: x\r\nCookie: a=1; b=2\r\nUser-Agent: u\r\n\r\n"
    ask(request)
    ask(request)
    first, second = events
    assert first["queryStringParameters"] == {"a": "1,2", "b": "+"}
    assert first["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in first["headers"]
    assert first["requestContext"]["http"]["userAgent"] == "u"
    assert first["requestContext"]["requestId"] != second["requestContext"]["requestId"]


def test_head_gets_no_body(ask):
    assert ask(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") == (200, b"")


def test_a_chunked_body_arrives_whole(ask, events):
    status, _ = ask(
        b"POST /voice/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert status == 201
    assert base64.b64decode(events[0]["body"]) == b"abcde"


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /voice/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        b"POST /voice/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        b"POST /voice/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_body_that_contradicts_its_headers_is_a_bad_request(ask, events, raw, capfd):
    status, body = ask(raw)
    assert (status, json.loads(body)) == (400, {"message": "Bad Request"})
    assert not events
    assert "Traceback" not in capfd.readouterr().err


def test_a_body_that_api_gateway_would_not_take_is_refused_unread(ask, events):
    status, _ = ask(f"POST /voice/x HTTP/1.1\r\nHost: x\r\nContent-Length: {MOST_BODY_BYTES + 1}\r\n\r\n".encode())
    assert status == 413
    assert not events


@pytest.mark.parametrize("path", ["/", "/voice", "/voice/", "/voices/x", "/%76oice/x", "/favicon.ico", "/../voice/x"])
def test_a_path_outside_voice_is_not_found(ask, events, path):
    status, _ = ask(f"POST {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert status == 404
    assert not events


@pytest.mark.parametrize("path", ["/voice/%00%ff", "/voice/../x", "/voice/\xff", "/voice/x?a?b", "http://x/voice/y?z"])
def test_odd_paths_below_voice_reach_the_handler(ask, events, path):
    status, _ = ask(b"POST " + path.encode("latin-1") + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status == 201
    assert events[0]["rawPath"].startswith("/voice/")


def test_the_follow_ups_status_is_served_without_a_log_line(server, events, log):
    answer = requests.get(f"{server.address}/settled", timeout=5)
    assert (answer.status_code, answer.json()) == (200, {"settled": True})
    assert requests.post(f"{server.address}/settled", timeout=5).status_code == 404
    assert not events
    assert [json.loads(line)["request"] for line in log] == ["POST /settled"]


def test_the_root_describes_the_service(ask):
    status, body = ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status == 200
    assert b"make call" in body


def test_a_handler_that_breaks_is_a_500_and_its_traceback_is_not_lost(log, capfd):
    def broken(_event):
        raise RuntimeError("broken")

    client = create_app(broken, log.append, dict).test_client()
    answer = client.post("/voice/incoming")
    assert (answer.status_code, answer.json) == (500, {"message": "Internal Server Error"})
    assert "RuntimeError: broken" in capfd.readouterr().err
