"""Every step of every page, with a sound of all that can be one: what is played where, and what is said nonetheless."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from ivr.flow.pages import BOOK
from ivr.flow.state import State
from ivr.settings import Settings
from ivr.telephony.twilio import twiml
from tests.audio.conftest import folders, manifest, wanted
from tests.conftest import ENVIRONMENT
from tests.flow.test_every_step import assert_can_be_held, facts_at, inputs, states, step_at, turns
from tests.slowly import slow_but

__all__ = ["folders", "manifest", "wanted"]

HOST = "https://audio.example.com/prompts"
BEFORE_A_TALK = {"screened", "whisper", "apology"}


@pytest.fixture
def writer(wanted, manifest):
    for language in ("en", "ar"):
        manifest(wanted(language))
    settings = Settings.from_environment({**ENVIRONMENT, "AUDIO_BASE_URL": HOST})
    return twiml.Writer(settings)


@pytest.mark.no_cover
@pytest.mark.parametrize("page", slow_but(["agent"], list(BOOK.pages)))
def test_every_turn_can_be_played_and_a_person_who_is_asked_again_hears_the_voice(page, rich_state, writer):
    judged, played = set(), 0
    for at in (f"{page}:{step}" for step in BOOK.pages[page].steps):
        for ran in every_turn(at, rich_state):
            turn = (ran.run.position, ran.state.leg, repr(ran.turn))
            if turn in judged:
                continue
            judged.add(turn)
            assert_can_be_held(ran, writer)
            document = ET.fromstring(writer.write(ran.turn).encode())
            played += len(sounds(document.iter("Play")))
            if ran.run.position.page in BEFORE_A_TALK:
                assert sounds(document.iter("Play")) == [], (at, ran.turn)
            if ran.state.attempt > 1:  # what answers a wrong number comes before the question, and may be played
                assert sounds(document.iterfind("Gather/Play")) == [], (at, ran.turn)
    assert played > 0 or page in BEFORE_A_TALK | {"talk"}


def every_turn(at, rich_state):
    for values in states(at, rich_state):
        for facts in facts_at(at):
            for input_ in inputs(step_at(at)):
                yield from turns(at, input_, State(**{**values, "languages": ("ar", "en")}), facts)


def sounds(plays):
    """Those of the prompts: a caller's message is played too."""
    return [verb.text for verb in plays if verb.text.startswith(HOST)]
