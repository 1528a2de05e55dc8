"""Runs the engine alone: the test gives the actions' results."""

from __future__ import annotations

import pytest

from ivr.flow.engine import ActionResult, Run
from ivr.flow.page import Position
from ivr.flow.state import State
from ivr.telephony.inputs import Entered, Pressed, Silence

FACTS = {
    "call_sid": "CA00000000000000000000000000000001",
    "screened_sid": "CA00000000000000000000000000000001",
    "can_move": True,
    "can_ring": True,
    "care_number": "+12025550150",
    "care_fallback_number": "+12025550151",
    "report_number": "+12025550199",
    "ring_seconds": 25,
    "care_ring_seconds": 25,
    "care_fallback_ring_seconds": 25,
    "languages": ("ar", "en"),
    "offered_languages": ("ar", "en"),
    "care_languages": ("ar", "en"),
    "home_region": "OM",
    "own_caller_id": "+12025550100",
    "ring_to": "+12025550111",
    "caller_id": "+12025550100",
    "line_languages": ("ar", "en"),
    "number": "+96891234567",
    "day": "24",
    "clock": "2141",
    "ending": "67",
    "when": "later",
    "position": 3,
    "message_seconds": 60,
    "sms_from": "+12025550199",
    "recording": "RE00000000000000000000000000000001",
}


class UnansweredError(Exception):
    """The test gave no outcome for the action of ``step``."""

    def __init__(self, step):
        super().__init__(step)
        self.step = step


class Ran:
    """What one webhook came to."""

    def __init__(self, run, turn, actions):
        self.run, self.turn, self.actions = run, turn, actions

    @property
    def at(self):
        return f"{self.run.position.page}:{self.run.position.step}"

    @property
    def state(self):
        return self.run.state


def keys(digits):
    """What was pressed; nothing is silence."""
    return Pressed(digits) if digits else Silence()


def run(book, at, input_=None, *, state=None, facts=None, results=()):
    """Run one webhook; ``results`` are the actions' outcomes in order, each a name or an ``ActionResult``."""
    answers, actions = iter(results), []

    def perform(action):
        actions.append(action)
        result = next(answers, None)
        if result is None:
            raise UnansweredError(leg.book.step(leg.position))
        return ActionResult(result) if isinstance(result, str) else result

    leg = Run(book, Position(*at.split(":")), state or State(), {**FACTS, **(facts or {})}, perform)
    return Ran(leg, leg.until_it_waits(Entered() if input_ is None else input_), actions)


@pytest.fixture
def rich_state():
    """A state in which every prompt has what it speaks of."""
    return State(
        verdict="unknown",
        why="unknown",
        digits="567",
        reference="12345678",
        report="screened",
        call="hnpl",
        draft="typed-1",
        messages=2,
        message="hnpl-abcd",
        listing="hnpl-abcd",
    )
