"""What the tests of customer care share."""

from __future__ import annotations

import pytest

from ivr.care.call_backs import CallBack
from tests.care.agent import Agent
from tests.conftest import NOW

DAY = 24 * 3600


def call_back(**changes):
    """A call-back that somebody asked for at NOW."""
    asked = {
        "person": "ab" * 16,
        "call_sid": "CA1",
        "ticket": "84072573",
        "asked_at": NOW,
        "day": "2026-11-18",
        "due_at": NOW + 4 * 3600,
        "languages": "ar-en",
        "expires": NOW + 30 * DAY,
        "number": "+96892223344",
    }
    return CallBack(**{**asked, **changes})


@pytest.fixture
def call_backs(store):
    return store.call_backs


@pytest.fixture
def agent(store):
    return Agent(store)
