"""A recording by a person is taken over as it is, never replaced, and refused where a telephone could not play it."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path

import pytest

from infra.audio import rendering, waves
from infra.audio.rendering import render
from infra.audio.standing import PLAYED, standings
from ivr.locales import audio
from tests.audio.conftest import VOICES, tone


@pytest.fixture
def record(place):
    """Put a recording into the studio's folder."""

    def put(name, sound, language="en"):
        studio = place / rendering.STUDIO_FOLDER / language
        studio.mkdir(parents=True, exist_ok=True)
        (studio / name).write_bytes(sound if isinstance(sound, bytes) else waves.wav(sound))

    return put


@pytest.fixture
def take_over(wanted, place, folders, why_said):
    def run(*keys, still_right=(), **changes):
        return render("en", wanted("en", *keys, **changes), None, place, said=why_said["en"], still_right=still_right)

    return run


def test_a_recording_is_taken_over_as_it_is(record, take_over, place):
    record("welcome.wav", tone(2.5))
    record("key.report_number.1.wav", tone(1.5))
    done = take_over()
    assert done.refused == []
    option, welcome = audio.sounds("en")
    assert (welcome.key, welcome.engine, welcome.voice, welcome.seconds) == ("welcome", "studio", "", 2.5)
    assert (option.key, option.press, option.seconds) == ("key.report_number", "1", 1.5)
    assert (place / rendering.FILES / welcome.file).read_bytes() == waves.wav(tone(2.5))


def test_no_engine_replaces_a_recording(record, take_over, wanted, place, polly):
    from infra.audio.engines import Polly

    record("welcome.wav", tone(2.5))
    take_over("welcome", "report_line_menu")
    polly.says(1)
    engine = Polly(VOICES["en"], "en-US", polly.client)
    render("en", wanted("en", "welcome", "report_line_menu"), engine, place, said={})
    assert [asked["Text"] for asked in polly.asked] == ["Main menu."]
    assert {one.key: one.engine for one in audio.sounds("en")} == {"welcome": "studio", "report_line_menu": "neural"}


def test_another_take_has_another_address(record, take_over):
    """Twilio keeps what it fetched by its address."""
    record("welcome.wav", tone(2.5))
    [first] = take_over("welcome").sounds
    record("welcome.wav", tone(2.6))
    [second] = take_over("welcome").sounds
    assert first.file != second.file


def test_a_recording_that_is_taken_away_is_no_longer_played(record, take_over, place):
    record("welcome.wav", tone())
    take_over("welcome")
    (place / rendering.STUDIO_FOLDER / "en" / "welcome.wav").unlink()
    assert take_over("welcome").sounds == []


def standing(wanted, place, **changes):
    [one] = standings("en", wanted("en", "welcome", **changes), VOICES["en"], place)
    return one.why


def test_changed_words_are_told_until_somebody_decides(record, take_over, wanted, place):
    record("welcome.wav", tone())
    take_over("welcome")
    assert standing(wanted, place) == PLAYED
    done = take_over("welcome", BRAND_EN="Example")
    assert [one.key for one in done.changed_words] == ["welcome"]
    why = standing(wanted, place, BRAND_EN="Example")
    assert why.startswith("said: its words changed since it was recorded. Record it again;")
    assert "ivr prompts render --still-right welcome" in why
    assert take_over("welcome", BRAND_EN="Example", still_right=("welcome",)).changed_words == []
    assert standing(wanted, place, BRAND_EN="Example") == PLAYED


def test_a_new_take_says_the_new_words(record, take_over, wanted, place):
    record("welcome.wav", tone(1))
    take_over("welcome")
    record("welcome.wav", tone(2))
    assert take_over("welcome", BRAND_EN="Example").changed_words == []
    assert standing(wanted, place, BRAND_EN="Example") == PLAYED


def shaped(channels=1, width=2, hertz=8000):
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(hertz)
        file.writeframes(tone(2.0).samples * channels)
    return written.getvalue()


CONVERT = "make it so: ffmpeg -i RECORDED.wav -ac 1 -ar 8000 -c:a pcm_s16le welcome.wav"
REFUSED = {
    "as a studio delivers it": ("welcome.wav", shaped(hertz=48000), ("48000 samples a second", CONVERT)),
    "two channels": ("welcome.wav", shaped(channels=2), ("2 channel(s) of 16 bits", CONVERT)),
    "24 bits": ("welcome.wav", shaped(width=3), ("1 channel(s) of 24 bits", CONVERT)),
    "an mp3": ("welcome.wav", b"ID3\x04" + bytes(500), ("no WAV file of PCM samples", CONVERT)),
    "half a file": ("welcome.wav", shaped()[:20], ("no WAV file of PCM samples", CONVERT)),
    "half a sample": ("welcome.wav", shaped()[:-1], ("no WAV file of PCM samples", CONVERT)),
    "longer than it is": ("welcome.wav", shaped().replace(b"fmt \x10", b"fmt \xf0"), ("no WAV file", CONVERT)),
    "no samples a second": ("welcome.wav", shaped().replace(b"\x40\x1f\0\0", bytes(4)), ("no WAV file", CONVERT)),
    "nothing": ("welcome.wav", b"", ("no WAV file of PCM samples (it ends too early)", CONVERT)),
    "silence": ("welcome.wav", tone(2.0, loud=20), ("it is silent: record it again",)),
    "too short": ("welcome.wav", tone(0.1), ("it lasts 0.1 s",)),
    "too long": ("welcome.wav", tone(21.0), ("it lasts 21.0 s",)),
    "an unknown prompt": ("wellcome.wav", tone(), ("no prompt has this name", "ivr prompts show --audio")),
    "an option without its key": (
        "key.report_number.wav",
        tone(),
        ("name it key.report_number.1.wav or key.report_number.2.wav", "the sentence names the key"),
    ),
    "a warning": ("fraud_warning.wav", tone(), ("always said by the voice", "Take the file away")),
    "a sentence with a value": ("reference.wav", tone(), ("it holds {reference}", "differs from call to call")),
    "another format by its name": ("welcome.mp3", b"ID3", ("it is no WAV file", CONVERT)),
}


@pytest.mark.parametrize(("name", "sound", "says"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_played_is_refused_with_what_to_do(record, take_over, name, sound, says):
    record(name, sound)
    done = take_over()
    assert done.sounds == []
    [line] = done.refused
    assert name in line
    for part in says:
        assert part in line


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_refused_and_not_waited_for(record, take_over, place, make):
    record("report_line_menu.wav", tone())
    make(place / rendering.STUDIO_FOLDER / "en" / "welcome.wav")
    assert "welcome.wav: it is no file" in take_over().refused[0]


def test_a_refused_recording_stops_no_other(record, take_over):
    record("welcome.wav", shaped(hertz=48000))
    record("report_line_menu.wav", tone())
    record(".DS_Store", b"what a Mac leaves")
    done = take_over()
    assert [one.key for one in done.sounds] == ["report_line_menu"]
    assert len(done.refused) == 1
