"""Telephones that answer by themselves: a person who joins late hears every key, and no voicemail takes a call."""

from __future__ import annotations

from itertools import product

import pytest

from infra.carrier import ANNOUNCED
from infra.local import demo
from ivr.locales import catalog
from ivr.screening.line import Line
from tests.slowly import slow_after, slow_but, slow_but_rows

CALLERS = {"unknown": "+96891234567", "flagged": demo.FLAGGED, "withheld": "anonymous"}
KEYS = {
    "unknown": {"1": "connect", "2": "connect_and_trust", "3": "decline", "9": "report", "0": "care"},
    "flagged": {"1": "connect", "3": "decline", "9": "report", "0": "care"},
    "withheld": {"1": "connect", "3": "decline", "9": "report", "0": "care"},
}
ROBOTS = {
    "a voicemail": {"answers": "voicemail"},
    "a short voicemail": {"answers": "voicemail", "hangs_up_after": 12},
    "a telephone that screens and hangs up": {"answers": "screening"},
    "a telephone that screens until the end": {"answers": "screening", "hangs_up_after": 500},
}


def spoken(goal, key, language):
    words = catalog.load(language)
    return words.press.format(goal=words.prompts[f"key.{goal}"].say[0], key=words.keys[key])


def heard(call):
    """What the owner of the telephone heard after joining."""
    return [entry.text for entry in call.call.transcript.of("customer") if entry.kind == "heard"]


@pytest.fixture
def line(store):
    def register(languages):
        store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, languages=languages))

    return register


@pytest.mark.parametrize("seconds", slow_but((range(2, 26, 8),), [range(2, 26, 8), range(2, 26)]), ids=["some", "all"])
@pytest.mark.parametrize(("languages", "reason"), slow_after(2, list(product(["ar-en", "en-ar"], CALLERS))))
class TestAPersonWhoJoinsAtAnySecond:
    def test_every_key_that_works_is_heard_whole(self, ring, line, languages, reason, seconds):
        line(languages)
        for after in seconds:
            telephone = {"answers": "screening", "joins_after": after}
            call = ring(CALLERS[reason], caller=[ANNOUNCED], customers_phone=telephone)
            for key, goal in KEYS[reason].items():
                sentences = [spoken(goal, key, language) for language in ("ar", "en")]
                assert any(sentence in text for text in heard(call) for sentence in sentences), (after, key)
            assert any(catalog.load("en").prompts[f"why.{call_reason(reason)}"].say[0][9:] in t for t in heard(call))
            assert not call.talked

    def test_the_person_can_take_the_call(self, ring, line, languages, reason, seconds):
        line(languages)
        for after in seconds:
            telephone = {"answers": "screening", "joins_after": after}
            call = ring(CALLERS[reason], caller=[ANNOUNCED], customer=["1"], customers_phone=telephone)
            assert call.talked, after
            pressed = next(e for e in call.call.transcript.of("customer") if e.kind == "pressed")
            named = [spoken("connect", "1", language) for language in ("ar", "en")]
            assert any(sentence in text for text in heard(call) for sentence in named), after
            answered = next(e for e in call.call.transcript.of("customer") if e.kind == "answered")
            assert pressed.at - answered.at > after


def call_reason(reason):
    return {"flagged": "desk_flagged"}.get(reason, reason)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("robot", "reason"), slow_but_rows(list(product(ROBOTS, ["unknown"])), product(ROBOTS, CALLERS))
)
def test_no_robot_takes_a_call(ring, store, robot, reason):
    call = ring(CALLERS[reason], caller=[ANNOUNCED], customers_phone=ROBOTS[robot])
    assert not call.talked
    assert not store.calls.get(call.sid).accepted_at
    assert call.caller.hears("not_available")


def test_the_last_key_of_a_person_who_joins_at_once_is_heard_within_fifteen_seconds(ring):
    telephone = {"answers": "screening", "joins_after": 0}
    call = ring(caller=[ANNOUNCED], customer=["0"], customers_phone=telephone)
    at = {entry.kind: entry.at for entry in reversed(call.call.transcript.of("customer"))}
    assert at["pressed"] - at["answered"] <= 15 + 1  # a second to react


def test_the_transcript_shows_what_the_person_heard(ring):
    telephone = {"answers": "screening", "joins_after": 7}
    call = ring(caller=[ANNOUNCED], customer=["9", "1", "2"], customers_phone=telephone)
    told = [(entry.kind, entry.text) for entry in call.call.transcript.of("customer")]
    assert ("answered", "by itself, to screen the call") in told
    assert ("joins", "the call, 7 s after it was answered") in told
    assert ("heard", f"{spoken('decline', '3', 'ar')} {spoken('report', '9', 'ar')}") in told  # then they pressed it
