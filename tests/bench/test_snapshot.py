"""The snapshot that Lambda restores holds all that a call needs: no caller waits for an import or a file.

The handler is in a process of its own, since this one has imported everything: the real clients, by HTTP, and canned
answers. Its log goes to stdout, so it tells on stderr what each webhook imported and opened.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from handlers.voice import Voice
from infra.local import demo
from ivr.calls.call_record import CallRecord
from ivr.settings import Settings
from ivr.store.attributes import typed
from ivr.store.store import Store
from ivr.telephony.turn import Prompt
from tests.bench import webhooks

PROGRAM = """
import json, sys
from handlers import voice

told = json.load(sys.stdin)
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
voice._before_snapshot()
for step, event in told.items():
    opened.clear()
    held = set(sys.modules)
    answer = voice.handler(event, None)
    found = sorted(set(sys.modules) - held), [*opened]
    print(json.dumps([step, answer["statusCode"], answer["body"], *found]), file=sys.stderr)
"""
STATE = "verdict=unknown&why=unknown&digits=001&guarded=yes"
WHISPERED = f"languages=ar-en&leg=customer&{STATE}"
REPORTED = "languages=ar&leg=talk&report=screened&reference=12345674"
IN_ROOM = "languages=ar-en&leg=talk"


class Canned(BaseHTTPRequestHandler):
    """DynamoDB, in whose table a call was accepted, and Twilio, which moves every leg."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(self.server.answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    call = CallRecord(
        call_sid="CA1",
        line=demo.PROTECTED_LINE,
        customer="0" * 32,
        verdict="unknown",
        reason="unknown",
        rang_at=webhooks.NOW_MS // 1000,
        expires=webhooks.NOW_MS // 1000 + 90_000,
        caller="+13035550001",
        accepted_at=webhooks.NOW_MS // 1000,
        customer_sid="CA2",
    )
    item = {name: typed(value) for name, value in call.to_item().items()}
    with ThreadingHTTPServer(("127.0.0.1", 0), Canned) as server:
        of_table = {**json.loads(webhooks.table_answer()), "Item": item, "Attributes": item, "Items": [item]}
        server.answer = {**of_table, "Count": 1, "sid": "CA2", "status": "in-progress"}
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def steps():
    """The webhooks of a screened call, whichever digit is announced."""
    form = webhooks._form(1)
    customer = {
        "CallSid": form["CallSid"][::-1],
        "ParentCallSid": form["CallSid"],
        "From": demo.PROTECTED_LINE,
        "To": demo.CUSTOMER,
        "Direction": "outbound-dial",
    }

    def post(path, query, **more):
        return webhooks._post(path, query, {**form, "CallStatus": "in-progress", **more})

    return {
        "incoming": webhooks.incoming(1),
        "a wrong key": webhooks.menu_step(1),
        **{f"the digit {digit}": post("/voice/screened/unknown", STATE, Digits=str(digit)) for digit in range(3, 9)},
        "the whisper": post("/voice/whisper/answered", WHISPERED, **customer),
        "1": post("/voice/whisper/offer", WHISPERED, **customer, Digits="1"),
        "the conference": post("/voice/talk/enter", IN_ROOM, **customer),
        "its end": post("/voice/talk/room", IN_ROOM, **customer, DialCallStatus="completed"),
        "9": post("/voice/whisper/offer", WHISPERED, **customer, Digits="9"),
        "the category": post("/voice/report/what", REPORTED, **customer, Digits="1"),
        "the loss": post("/voice/report/lost", f"{REPORTED}&category=prize", **customer, Digits="2"),
        "the ring's end": post("/voice/screened/ring", STATE, DialCallStatus="completed"),
        "the caller's status": post("/voice/status", "", CallStatus="completed", CallDuration="30"),
        "the customer's status": post("/voice/status", "", **{**customer, "CallStatus": "completed"}),
    }


def test_a_call_imports_nothing_and_opens_no_file_after_the_snapshot(server):
    address = f"http://127.0.0.1:{server.server_address[1]}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **webhooks.ENVIRONMENT,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "me-central-1",
        "AWS_ENDPOINT_URL": address,
        "TWILIO_API_BASE_URL": address,
    }
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        input=json.dumps(steps()),
        capture_output=True,
        text=True,
        check=False,
    )
    told = {step: more for step, *more in map(json.loads, run.stderr.splitlines())}
    assert told.keys() == steps().keys()
    assert {step: (imported, opened) for step, (_, _, imported, opened) in told.items() if imported or opened} == {}
    assert {status for status, *_ in told.values()} <= {200, 204}
    assert any("<Dial" in body for _, body, *_ in told.values())
    assert "recorded" in told["9"][1]
    assert "store_down" not in run.stdout
    assert "failed" not in run.stdout, run.stdout


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"CARE_NUMBER": "", "CARE_FALLBACK_NUMBER": ""},
        {"TWILIO_ACCOUNT_SID": ""},
        {"REPORT_NUMBER": ""},
        {"LANGUAGES": "en", "CARE_LANGUAGES": "en"},
    ],
    ids=["all", "no care", "no REST", "no report line", "one language"],
)
def test_what_is_prepared_asks_nobody_and_walks_through_what_is_heard(environment, settings, store, outage):
    voice = Voice(Settings.from_environment(environment | settings), Store(store.table.name, store.table.client))
    outage.asked.clear()
    voice.prepare()
    assert outage.asked == []
    heard = {verb.key for turn in voice.call_session.walk() for verb in prompts_of(turn)}
    assert {"unknown_notice", "fraud_warning", "why.unknown", "connecting", "recorded", "what_did_they_want"} <= heard


def prompts_of(turn):
    for verb in turn.verbs:
        yield from (one for one in (verb, *getattr(verb, "prompts", ())) if isinstance(one, Prompt))
