"""The phone plays what the call plays, and shows its words."""

from __future__ import annotations

import io

import pytest
import requests

from infra.audio import rendering, waves
from infra.local import demo
from infra.local.stack import Stack
from tests.audio.conftest import folders, manifest, place, tone, wanted

__all__ = ["folders", "manifest", "place", "wanted"]

PUBLIC = "http://localhost:8080"  # its own port is found when the stack has begun


@pytest.fixture
def sounds(wanted, manifest, place):
    """The sounds of the report line's first words, on this machine's disk but for one."""
    made = manifest(wanted("en", "report_line_menu", "key.report_number", "key.protect_yourself"))
    (place / rendering.FILES).mkdir(parents=True)
    for one in made:
        if one.key != "key.protect_yourself":
            (place / rendering.FILES / one.file).write_bytes(waves.wav(tone(one.seconds)))
    return {(one.key, one.press): one for one in made}


@pytest.fixture
def stack(log, database, sounds):
    settings = {"LOG_LEVEL": "ERROR", "PUBLIC_BASE_URL": PUBLIC, "AUDIO_BASE_URL": f"{PUBLIC}/phone/audio"}
    with Stack(settings, log=log, database=database) as stack:
        yield stack


@pytest.fixture
def log():
    return io.StringIO()


def test_a_played_sentence_is_shown_with_its_words_and_its_sound(page, sounds):
    call = page.call("+96892223344", demo.REPORT_LINE)
    call.press("caller", "2")
    call.hears("Main menu.")
    call.hears("To report a number, press 2.")
    menu = sounds["report_line_menu", ""]
    played = call.until("entry", text="Main menu.")
    assert (played["kind"], played["language"], played["seconds"]) == ("said", "en", menu.seconds)
    assert played["sound"] == f"/phone/audio/{menu.file}"
    heard = page.get(played["sound"])
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
    assert waves.read(heard.content) == tone(menu.seconds)
    assert "media-src 'self'" in heard.headers["content-security-policy"]


def test_a_sound_that_can_not_be_fetched_is_not_heard_and_the_next_round_is_said(page):
    call = page.call("+96892223344", demo.REPORT_LINE)
    call.press("caller", "2")
    call.hears("To report a number, press 2.")
    call.say_nothing("caller")
    call.hears("To hear how to protect yourself, press 3.")
    [said] = [one for one in call.of("entry", kind="said") if "press 3" in one["text"]][:1]
    assert said["sound"] == ""
    assert "Please choose one of these options." in said["text"]
    assert call.of("entry", kind="error")


def test_the_sounds_are_no_webhooks(page):
    call = page.call("+96892223344", demo.REPORT_LINE)
    call.press("caller", "2")
    call.hears("Main menu.")
    assert {one["path"].split("/")[1] for one in call.of("webhook")} == {"voice"}


def test_no_other_file_of_this_machine_is_served(page):
    for name in ("..%2Fstudio%2Fen%2Fwelcome.wav", "../../../../../etc/passwd", "0" * 32 + ".wav"):
        assert page.get(f"/phone/audio/{name}").status_code == 404
    foreign = requests.get(f"{page.address}/phone/audio/x.wav", headers={"Host": "example.com"}, timeout=5)
    assert foreign.status_code == 403
