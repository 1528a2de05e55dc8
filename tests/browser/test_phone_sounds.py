"""The sounds of a call in a real browser: heard where somebody switches them on, and again at a click."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect

from infra.local.stack import Stack
from tests.browser.telephones import Telephones
from tests.phone.test_phone_sounds import PUBLIC, folders, manifest, place, sounds, wanted

__all__ = ["folders", "manifest", "place", "sounds", "wanted"]

_HAS_PLAYED = "audio => audio.currentTime > 0"
CUSTOMER = "The customer, to report a call"
_WITHIN = 20_000  # ms
# How many sounds are playing at the beginning of each.
_COUNT = """
const play = HTMLMediaElement.prototype.play;
globalThis.playing = [];
HTMLMediaElement.prototype.play = function () {
  playing.push([...document.querySelectorAll("audio")].filter((one) => !one.paused && !one.ended).length);
  return play.call(this);
};
"""


@pytest.fixture
def stack(sounds):
    settings = {"PUBLIC_BASE_URL": PUBLIC, "AUDIO_BASE_URL": f"{PUBLIC}/phone/audio"}
    with Stack(settings, log=io.StringIO()) as stack:
        yield stack


@pytest.fixture
def phones(window):
    """The report line's main menu is played to its caller."""
    phones = Telephones(window)
    window.add_init_script(_COUNT)
    phones.open()
    yield phones
    assert window.complaints == []


def sound_of(phones, words):
    line = phones.handset("caller").locator("p.said").filter(has_text=words)
    return line.first.locator("audio").element_handle(timeout=_WITHIN)


def test_what_is_played_is_heard_where_somebody_wants_it(phones, window):
    phones.ring(CUSTOMER)
    phones.handset("caller").get_by_role("button", name="Speak aloud").click()
    phones.press("caller", "2")
    window.wait_for_function(_HAS_PLAYED, arg=sound_of(phones, "Main menu."), timeout=_WITHIN)


def test_nothing_is_heard_before_somebody_asks(phones, window):
    phones.ring(CUSTOMER)
    phones.press("caller", "2")
    menu = sound_of(phones, "Main menu.")
    assert menu.evaluate("audio => audio.paused && audio.currentTime === 0")
    hear = phones.handset("caller").locator("p.said").filter(has_text="Main menu.").first.get_by_role("button")
    expect(hear).to_have_accessible_name("Hear it")
    hear.click()
    window.wait_for_function(_HAS_PLAYED, arg=menu, timeout=_WITHIN)


def test_the_next_sound_waits_for_the_one_before(phones, window):
    """A fast call tells all its sentences at once."""
    phones.ring(CUSTOMER)
    phones.handset("caller").get_by_role("button", name="Speak aloud").click()
    phones.press("caller", "2")
    window.wait_for_function("() => playing.length >= 2", timeout=_WITHIN)
    assert set(window.evaluate("() => playing")) == {0}
