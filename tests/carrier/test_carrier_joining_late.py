"""A telephone that answers by itself: its owner hears what is said after they join, and presses keys heard then."""

from __future__ import annotations

import pytest

from infra.carrier import HANG_UP, Phone
from infra.carrier.speech import key_named
from tests.carrier.conftest import CALLER, CUSTOMER, LINE

WHISPER = (
    '<Gather action="pressed" timeout="6" numDigits="1" actionOnEmptyResult="true">'
    "<Say>One two three four five. To take it now, press 1. To decline it now, press 3.</Say></Gather><Hangup/>"
)


@pytest.fixture
def held(app, carrier):
    app["/voice/incoming"] = f'<Dial><Number url="/voice/whisper">{CUSTOMER}</Number></Dial>'
    app["/voice/whisper"] = WHISPER
    app["/voice/pressed"] = "<Hangup/>"

    def hold(**phone):
        network = carrier(pickups={CUSTOMER: Phone(answers="screening", name="customer", **phone)})
        call = network.place(from_=CALLER, to=LINE, phone=Phone())
        network.run()
        return call.transcript.of("customer")

    return hold


def of_kind(entries, kind):
    return [(entry.at, entry.text) for entry in entries if entry.kind == kind]


def test_a_key_is_pressed_a_second_after_it_was_named(held):
    entries = held(joins_after=1, keys=["1"])
    assert of_kind(entries, "pressed") == [(pytest.approx(6 + 2 + 2.4 + 1), "1")]
    assert of_kind(entries, "heard") == [(pytest.approx(11.4), "To take it now, press 1.")]
    assert of_kind(entries, "joins") == [(7, "the call, 1 s after it was answered")]


def test_a_sentence_that_had_begun_is_not_heard(held):
    entries = held(joins_after=2.1, keys=["3"])
    assert of_kind(entries, "heard") == [(pytest.approx(6 + 2 + 2.4 + 2.4 + 1), "To decline it now, press 3.")]
    assert [text for _, text in of_kind(entries, "pressed")] == ["3"]


def test_a_key_that_was_named_before_they_joined_is_not_pressed(held, app):
    entries = held(joins_after=3, keys=["1"])
    assert of_kind(entries, "pressed") == []
    assert of_kind(entries, "heard") == [(pytest.approx(12.8), "To decline it now, press 3.")]
    assert app.asked("/voice/pressed")[0]["Digits"] == ""


def test_a_person_who_joins_after_the_prompt_has_heard_nothing(held):
    entries = held(joins_after=8, keys=["1"])
    assert of_kind(entries, "heard") == of_kind(entries, "pressed") == []


def test_a_person_who_joins_may_hang_up(held, app):
    held(joins_after=1, keys=[HANG_UP])
    assert not app.asked("/voice/pressed")


def test_a_device_that_nobody_joins_hangs_up_and_presses_nothing(held, app):
    app["/voice/whisper"] = '<Gather action="pressed" timeout="600"><Say>Press 1.</Say></Gather>'
    entries = held(keys=["1"])
    assert of_kind(entries, "pressed") == of_kind(entries, "joins") == []
    assert entries[-1].at == 36


def test_only_a_telephone_that_screens_has_an_owner_who_joins():
    with pytest.raises(ValueError, match="joins_after is 3"):
        Phone(joins_after=3)


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        ("To take the call, press 1.", "1"),
        ("للإبلاغ عنها، اضغطوا تسعة.", "9"),
        ("To end the call and report it, press star.", "*"),
        ("لإنهاء المكالمة، اضغطوا النجمة.", "*"),
        ("The caller's number ends in 5, 6, 7.", None),
        ("Please choose one of these keys.", None),
    ],
)
def test_the_key_is_read_from_its_sentence(sentence, key):
    assert key_named(sentence) == key
