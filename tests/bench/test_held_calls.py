"""A call of the bench is a call: it goes to its end, and what it leaves in the table and at Twilio is looked at."""

import sys

import pytest

from tests.bench import peer_modules, world
from tests.bench.held_calls import DECLINED, REPORTED, TALKED, FaultyStepError, Telephones
from tests.bench.wire import Seen


class Wire:
    """The wire without its TLS: the peer asks moto in this process, and Twilio's stand-in by its own address."""

    def __init__(self, peer):
        self._peer, self._seen = peer, []

    @property
    def twilio(self):
        return ""

    @twilio.setter
    def twilio(self, address):
        self._peer.REST = address

    def saw(self, call_sid, to):
        self._seen.append(Seen("twilio:Calls", 1, 1, 200, b"Url=" + to.encode(), b"{}"))

    def take(self):
        seen, self._seen = self._seen, []
        return seen


@pytest.fixture
def bare(monkeypatch, dynamodb):
    environment = world.environment("http://127.0.0.1:9", as_deployed=False)
    peer = peer_modules.imported(monkeypatch, "peers.bare", environment)
    monkeypatch.setattr(peer, "dynamodb", dynamodb)
    return peer


@pytest.fixture
def telephones(bare, dynamodb, monkeypatch):
    wire = Wire(sys.modules["peers.twilio_side"])
    moved = bare.move

    def move(call_sid, to):
        moved(call_sid, to)
        wire.saw(call_sid, to)

    monkeypatch.setattr(bare, "move", move)
    return Telephones(wire, dynamodb)


@pytest.fixture
def ask(bare):
    def ask(event, step):
        asked.append(step)
        return {"work": 1, "clock": 1, "answer": bare.handler(event, None)}

    asked = ask.steps = []
    return ask


def test_a_call_that_ends_in_a_report_goes_through_its_steps(telephones, ask):
    held = telephones.hold("bare", ask, REPORTED)
    first = ["incoming", "menu", "ring", "whisper", "report on 9", "the moved leg"]
    assert [step.name for step in held.steps[:6]] == first
    assert {"category", "loss", "status of the caller", "status of the customer"} <= {step.name for step in held.steps}
    assert ask.steps == [step.name for step in held.steps]
    assert sorted(leg.inbound for leg in held.legs) == [False, True]


def test_a_talk_is_a_minute_in_a_room(telephones, ask):
    held = telephones.hold("bare", ask, TALKED)
    assert [round(seconds) >= 60 for seconds in held.in_rooms] == [True, True]


def test_a_call_that_moves_nobody_is_a_fault(telephones, ask, bare, monkeypatch):
    monkeypatch.setattr(bare, "move", lambda *_: None)
    with pytest.raises(FaultyStepError, match="bare: a call that was reported has moved nobody"):
        telephones.hold("bare", ask, REPORTED)


def test_a_call_that_writes_no_answer_is_a_fault(telephones, ask, bare, monkeypatch):
    note = bare.note
    monkeypatch.setattr(
        bare, "note", lambda sid, **values: {} if "category" in values or "loss" in values else note(sid, **values)
    )
    with pytest.raises(FaultyStepError, match="after a call that was reported the table lacks category, loss"):
        telephones.hold("bare", ask, REPORTED)


def test_a_step_that_is_answered_with_an_error_is_a_fault(telephones, ask, bare, monkeypatch):
    monkeypatch.setitem(bare.STEPS, "/voice/whisper/offer", lambda *_: 1 / 0)

    def answered(event, step):
        try:
            return ask(event, step)
        except ZeroDivisionError:
            return {"work": 1, "clock": 1, "answer": {"statusCode": 502, "headers": {}, "body": ""}}

    with pytest.raises(FaultyStepError, match="bare, report on 9: answered"):
        telephones.hold("bare", answered, REPORTED)


def test_a_caller_rings_and_no_more(telephones, ask):
    assert telephones.ring("bare", ask).name == "incoming"
    assert ask.steps == ["incoming"]


def test_bare_lets_nobody_decline(telephones, ask):
    with pytest.raises(FaultyStepError, match="after a call that was declined the table lacks declined_at"):
        telephones.hold("bare", ask, DECLINED)
