"""Every turn that a call can take, in every language order, is a document that Twilio would run."""

from __future__ import annotations

import itertools

import pytest

from infra.carrier import Answer
from infra.carrier.document import read_document
from ivr import twiml
from ivr.flow.engine import DialEnded, Entered, Outcome, Pressed, Run
from ivr.flow.page import Position
from ivr.flow.pages import BOOK
from ivr.flow.state import State
from ivr.flow.steps import Act, Collect, Connect, Menu, Transfer
from ivr.screening.verdict import Reason
from ivr.settings import Settings
from tests.conftest import ENVIRONMENT

LANGUAGES = [("ar", "en"), ("en", "ar"), ("ar",), ("en",)]
RINGING = [why for why in Reason if why is not Reason.OWN_BLOCK]  # which rejects in every mode
TRUSTED = {Reason.OWN_ALLOW, Reason.DESK_TRUSTED, Reason.PREFIX_TRUSTED}
KEYS = ["", "12#", "91234567", *"0123456789*#"]


def inputs(step):
    """What can come to a step: keys to those that ask, the end of a Dial to those that dialled."""
    match step:
        case Menu() | Collect():
            return [Pressed(keys) for keys in KEYS]
        case Connect() | Transfer():
            return [DialEnded(answered=True), DialEnded(answered=False)]
        case _:
            return [Entered()]


FACTS = {
    "call_sid": "CA1",
    "care_number": "+12025550150",
    "care_fallback_number": "+12025550151",
    "report_number": "+12025550199",
    "home_region": "OM",
    "ring_seconds": "25",
    "own_caller_id": "+12025550100",
    "ring_to": "+12025550111",
    "line_languages": "ar-en",
    "caller_id": "+12025550100",
}
STEPS = [Position(page.name, step) for page in BOOK.pages.values() for step in page.steps]


def outcomes(book, effect_name):
    """Every way that an effect can go."""
    ways = {way for page in book.pages.values() for s in page.steps.values() if isinstance(s, Act) for way in s.ways}
    return sorted(way for way in ways if way in book.acts()[effect_name]) + ["store_down"]


def turns(position, state, input_, facts):
    """Every turn that this input can lead to, whichever way the first effect goes; later ones go their first way."""
    first_ways = [None]
    for way in first_ways:
        steps = Run(BOOK, position, state, facts).until_it_waits(input_)
        performed = 0
        try:
            effect = next(steps)
            while True:
                ways = outcomes(BOOK, effect.name)
                if performed == 0 and way is None:
                    first_ways += ways[1:]
                chosen = way if performed == 0 and way else ways[0]
                performed += 1
                sets = {"reference": "12345674", "report": "screened", "draft": "typed-1"}
                effect = steps.send(Outcome(chosen, sets=sets, values={"number": "+96891234567"}))
        except StopIteration as done:
            yield done.value


@pytest.fixture(scope="module")
def writer():
    return twiml.Writer(Settings.from_environment(ENVIRONMENT))


@pytest.mark.parametrize("position", STEPS, ids=lambda p: f"{p.page}:{p.step}")
def test_every_turn_is_a_valid_document(writer, position):
    legs = ["customer"] if position.page == "whisper" else ["", "customer"] if position.page == "report" else [""]
    reasons = RINGING if position.page == "whisper" else [Reason.UNKNOWN]
    seen = set()
    for languages, leg, why, attempt in itertools.product(LANGUAGES, legs, reasons, (1, 2, 3)):
        state = State(
            languages=languages,
            attempt=attempt,
            leg=leg,
            why=why.value,
            verdict="flagged" if why is Reason.SPOOFED else "unknown",
            digits="" if why is Reason.WITHHELD else "567",
            quiet="yes" if why in TRUSTED else "",
            reference="12345674",
            report="screened",
            draft="typed-1",
        )
        if state.quiet and position.step == "offer":
            continue  # whoever is trusted is announced and asked nothing
        for input_ in inputs(BOOK.step(position)):
            seen |= set(turns(position, state, input_, FACTS))
    assert seen
    for turn in seen:
        document = read_document(Answer(200, twiml.CONTENT_TYPE, writer.write(turn)), whisper=_on_customers_leg(turn))
        assert document.warnings == ()


def _on_customers_leg(turn):
    return any("leg=customer" in getattr(verb, "action", "") for verb in turn.verbs)


def test_a_blank_care_number_offers_no_care_anywhere(writer):
    facts = {**FACTS, "care_number": "", "care_fallback_number": ""}
    state = State(why="unknown", reference="12345674", report="screened", draft="typed-1")
    for position in STEPS:
        for input_ in inputs(BOOK.step(position)):
            if position.page != "care" or position.step == "start":  # nobody is in the middle of a transfer there
                for turn in turns(position, state, input_, facts):
                    assert not any(getattr(verb, "number", None) == "" for verb in turn.verbs)
