"""What each webhook of a call asks of DynamoDB and of Twilio, in order: the table of docs/architecture.md is true."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from handlers.voice import Voice
from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, SILENCE, SPEAK
from infra.local import demo
from ivr.calls.call_record import LineLock
from ivr.secrets.key_fingerprint import fingerprint
from ivr.settings import Settings
from ivr.store.store import Store
from tests.conftest import NOW
from tests.counted_requests import CountedClient

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"
OF_TWILIO = {"calls.update": "move", "calls.fetch": "status"}
INCOMING, OFFER, ROOM, STATUS = "/voice/incoming", "/voice/whisper/offer", "/voice/talk/room", "/voice/status"
CHECK, RING, TO_A_LINE = "/voice/screened/unknown", "/voice/screened/ring", "inbound"
IN_TALK = {"caller": [ANNOUNCED], "customer": ["1"], "customers_phone": {"talks_for": 20}}

# Each call, and which of its webhooks is which row of the table: its path, and of a status callback whose leg it ends.
CALLS = {
    "a talk that the star ends": (
        {"caller": [ANNOUNCED], "customer": ["1", PRESS_IN_TALK("*", after=12), "2", "2", "2"]},
        {
            "a call comes in": (INCOMING,),
            "the announced digit, and the line rings": (CHECK,),
            "the customer answers": ("/voice/whisper/answered",),
            "1 in the whisper": (OFFER,),
            "the customer's leg enters the conference": ("/voice/talk/enter",),
            "the caller's leg follows": (RING,),
            "a leg waits in the conference": ("/voice/wait/hold",),
            "* in the talk": (ROOM,),
            "the conference ends for the caller": ("/voice/screened/room",),
            "an answer to a question about the report": ("/voice/report/what",),
            "end of the caller's leg while the customer's goes on": (STATUS, "caller"),
            "end of the customer's leg, the last": (STATUS, "customer"),
        },
    ),
    "a talk that the customer ends": (
        IN_TALK,
        {
            "the customer hangs up in the talk": (ROOM,),
            "end of the customer's leg": (STATUS, "customer"),
            "end of the caller's leg": (STATUS, "caller"),
        },
    ),
    "a trust that the talk earns": (
        {**IN_TALK, "customer": ["2"], "customers_phone": {"talks_for": 90}},
        {
            "2 in the whisper": (OFFER,),
            "the customer hangs up after a minute with a trust": (ROOM,),
            "end of the customer's leg": (STATUS, "customer"),
            "end of the caller's leg": (STATUS, "caller"),
        },
    ),
    "a report in the whisper": (
        {"caller": [ANNOUNCED], "customer": ["9", "1", "2"]},
        {
            "9 in the whisper": (OFFER,),
            "the report is said to be recorded": ("/voice/whisper/recorded",),
            "the ring ends without a talk": (RING,),
            "an answer to a question about the report": ("/voice/report/lost",),
            "end of the customer's leg, the last": (STATUS, "customer"),
        },
    ),
    "a decline": (
        {"caller": [ANNOUNCED], "customer": ["3"]},
        {
            "3 in the whisper": (OFFER,),
            "the ring ends without a talk": (RING,),
            "end of the customer's leg": (STATUS, "customer"),
            "end of the caller's leg": (STATUS, "caller"),
        },
    ),
    "nobody presses a key": (
        {"caller": [ANNOUNCED], "customer": [SILENCE]},
        {"no key in the whisper": (OFFER,), "the ring ends without a talk": (RING,)},
    ),
    "care from the whisper": (
        {"caller": [ANNOUNCED], "customer": ["0"]},
        {"0 in the whisper": (OFFER,), "end of the caller's leg while the customer's goes on": (STATUS, "caller")},
    ),
    "a message instead": (
        {"caller": [ANNOUNCED, SPEAK(7)], "customers_phone": {"answers": "no-answer"}},
        {
            "the ring ends without a talk": (RING,),
            "a message was left": ("/voice/screened/take_message",),
            "end of the customer's leg": (STATUS, "customer"),
            "end of the caller's leg": (STATUS, "caller"),
        },
    ),
    "a second caller": (
        {"caller": [ANNOUNCED], "before": "another call has the line"},
        {
            "the announced digit, and the line is engaged": (CHECK,),
            "end of a call to an engaged line": (STATUS, "caller"),
        },
    ),
    "a caller who gives up at the notice": (
        {"caller": [HANG_UP]},
        {"end of a call that rang nobody": (STATUS, "caller")},
    ),
    "a caller who fails the check": (
        {"caller": ["1", "1"]},
        {"a wrong key": (CHECK,), "end of a call that failed the check": (STATUS, "caller")},
    ),
    "a blocked caller": (
        {"from_": demo.BLOCKED},
        {"a call comes in": (INCOMING,), "end of a blocked call": (STATUS, "caller")},
    ),
    "a caller of the report line": (
        {"to": demo.REPORT_LINE, "caller": [HANG_UP]},
        {"a call comes in": (INCOMING,), "end of a call to the report line": (STATUS, "caller")},
    ),
}


class Requests(list):
    """The names of a webhook's requests, in order: those to DynamoDB as they are made, and those to Twilio between."""

    def __init__(self, rest_server):
        super().__init__()
        self._rest_server, self._seen = rest_server, 0

    def append(self, name):
        self.take_twilios()
        super().append(name)

    def take_twilios(self):
        made = self._rest_server.requests
        self.extend(OF_TWILIO[request.endpoint] for request in made[self._seen :])
        self._seen = len(made)


@pytest.fixture
def asked(rest_server):
    return Requests(rest_server)


@pytest.fixture
def voice(environment, store, asked):
    """The handler over a container's store, which has seen a call before: the table's key is known to be right."""
    store.fingerprints.keep(fingerprint(environment["HMAC_KEY"]), NOW)
    counted = Store(store.table.name, CountedClient(store.table.client, asked))
    return lru_cache(lambda: Voice(Settings.from_environment(environment), counted))


@pytest.fixture
def webhooks():
    """The webhooks of a call: what each is about, and what it asked."""
    return []


@pytest.fixture
def post(post, asked, webhooks):
    """Twilio's POST, of which it is kept what each one asked."""

    def counted(url, form, headers):
        asked.clear()
        answer = post(url, form, headers)
        asked.take_twilios()
        leg = "customer" if "ParentCallSid" in dict(form) else "caller"
        webhooks.append(((urlsplit(url).path, leg), [*asked]))
        return answer

    return counted


@pytest.fixture(scope="module")
def documented():
    """The rows of the table in docs/architecture.md: what each webhook asks, in order."""
    _, _, after = DOCUMENT.read_text(encoding="utf-8").partition("| Webhook | Requests |\n|---|---|\n")
    rows = re.match(r"(\|.*\|\n)+", after).group().splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {row: [] if requests == "none" else requests.split(", ") for row, requests in cells}


@pytest.mark.parametrize("call", CALLS)
def test_each_webhook_asks_what_the_table_says(ring, store, webhooks, documented, call):
    how, rows = CALLS[call]
    how = dict(how)
    if how.pop("before", ""):
        lock = LineLock(
            line=demo.PROTECTED_LINE,
            call_sid="CA" + "1" * 32,
            caller="+96890000000",
            rings_until=0,
            until=NOW + 3600,
            expires=NOW + 86_400,
        )
        store.put(lock)
    ring(**how)
    for row, about in rows.items():
        made = [requests for (path, leg), requests in webhooks if about in {(path,), (path, leg)}]
        assert made, f"the call has no webhook {about}"
        assert made[0] == documented[row], (row, made[0])


def test_each_row_of_the_table_is_a_webhook_of_a_call(documented):
    assert set(documented) == {row for _, rows in CALLS.values() for row in rows}


def test_9_says_that_the_report_is_recorded_after_two_requests(ring, webhooks):
    call = ring(caller=[ANNOUNCED], customer=["9"])
    asked = [(path, requests) for (path, _), requests in webhooks]
    pressed = asked.index((OFFER, ["GetItem", "TransactWriteItems"]))
    said = [entry.text for entry in call.call.transcript if entry.kind in {"pressed", "said", "moved"}]
    assert "recorded" in said[said.index("9") + 2]  # in Arabic and in English, before anything else is done
    assert asked[pressed + 1] == ("/voice/whisper/recorded", ["UpdateItem", "move"])
