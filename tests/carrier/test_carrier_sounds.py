"""A Play whose words are known is heard as what it says, takes its own time, and names keys as words that are said."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, Phone, Sound, render
from tests.carrier.conftest import CALLER, CUSTOMER, LINE

HOST = "https://audio.example.com"
SOUNDS = {
    f"{HOST}/menu.wav": Sound("Main menu.", "en", 1.25, "menu.wav"),
    f"{HOST}/seven.wav": Sound("To be connected, press 7.", "en", 3.5, "seven.wav"),
    f"{HOST}/keys.wav": Sound("One two three four. To take it, press 1.", "en", 9.0, "keys.wav"),
}
ASKED = '<Gather action="pressed" timeout="6" numDigits="1" actionOnEmptyResult="true">{}</Gather>'


def test_its_words_stand_in_the_transcript(app, rings):
    app["/voice/incoming"] = f"<Play>{HOST}/menu.wav</Play><Say>Goodbye.</Say>"
    call, _ = rings(sounds=SOUNDS.get)
    said = [(entry.at, entry.text) for entry in call.transcript if entry.kind == "said"]
    assert said == [(0, "Main menu."), (1.25, "Goodbye.")]
    assert "EN  Main menu. (played)" in render(call.transcript)
    assert "EN  Goodbye.\n" in render(call.transcript)


def test_media_that_nobody_knows_are_noted_by_their_address(app, rings):
    app["/voice/incoming"] = f"<Play>{HOST}/other.wav</Play>"
    call, _ = rings(sounds=SOUNDS.get, play_seconds=4)
    assert [(entry.kind, entry.text) for entry in call.transcript if entry.kind in {"said", "played"}] == [
        ("played", f"{HOST}/other.wav")
    ]


def test_the_digit_that_it_announces_is_pressed(app, rings):
    app["/voice/incoming"] = ASKED.format(f"<Play>{HOST}/seven.wav</Play>")
    app["/voice/pressed"] = "<Hangup/>"
    rings(Phone(keys=[ANNOUNCED]), sounds=SOUNDS.get)
    assert app.asked("/voice/pressed")[0]["Digits"] == "7"


def test_a_person_who_joins_late_hears_the_sentences_that_begin_later(app, carrier):
    app["/voice/incoming"] = f'<Dial><Number url="/voice/whisper">{CUSTOMER}</Number></Dial>'
    app["/voice/whisper"] = ASKED.format(f"<Play>{HOST}/keys.wav</Play>") + "<Hangup/>"
    app["/voice/pressed"] = "<Hangup/>"
    phone = Phone(answers="screening", name="customer", joins_after=1, keys=["1"])
    network = carrier(pickups={CUSTOMER: phone}, sounds=SOUNDS.get)
    call = network.place(from_=CALLER, to=LINE, phone=Phone())
    network.run()
    entries = call.transcript.of("customer")
    [heard] = [entry for entry in entries if entry.kind == "heard"]
    [said] = [entry for entry in entries if entry.kind == "said"]
    assert heard.text == "To take it, press 1."
    # The last sentence ends with the sound, and a second later the key is pressed.
    [pressed] = [entry for entry in entries if entry.kind == "pressed"]
    assert pressed.at - said.at == pytest.approx(9.0 + 1.0)
