"""A walk through the pages of a screened call, step by step, in which nothing is asked for and nothing is done.

What pages, words and documents make at their first use and keep is then made, before a first caller waits for it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ivr.calls.verdict import Reason, VerdictKind
from ivr.flow.engine import ActionCall, ActionResult, Run
from ivr.flow.leg_steps import Bridge, Connect, Goodbye, JoinConference
from ivr.flow.state import State
from ivr.flow.steps import Menu, Say, SayFirst
from ivr.telephony.inputs import Entered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.facts import Facts
    from ivr.flow.page import Book
    from ivr.flow.state import Leg
    from ivr.telephony.turn import Turn

_LEGS: dict[str, Leg] = {"screened": "", "whisper": "customer", "talk": "talk", "report": "talk"}  # of each page
_SPEAKS = Menu | Say | SayFirst | Goodbye | Bridge | Connect | JoinConference
# A call of which no more is known than of most.
_STATE = State(
    verdict=VerdictKind.UNKNOWN, why=Reason.UNKNOWN, digits="567", guarded=True, reference="12345674", report="screened"
)
_FACTS: Facts = {
    "call_sid": "",
    "screened_sid": "",
    "own_caller_id": "",
    "can_move": True,
    "ring_to": "+15005550006",
    "caller_id": "",
    "report_number": "+15005550007",  # spoken at steps that a deployment without one never leads to
}


def turns(book: Book, facts: Facts) -> Iterator[Turn]:
    """What is heard at each step of a screened call that speaks. ``facts``: the deployment's.

    A step from which a leg goes on to an action is left out.
    """
    for here, step in book.steps():
        if here.page in _LEGS and isinstance(step, _SPEAKS):
            state = _STATE.changed(leg=_LEGS[here.page])
            known: Facts = {**facts, **_FACTS, "line_languages": facts["languages"]}
            with suppress(_AsksForAnActionError):
                yield Run(book, here, state, known, _perform_nothing).until_it_waits(Entered())


class _AsksForAnActionError(Exception):
    """What is heard goes on with something that is done in the world."""


def _perform_nothing(action: ActionCall) -> ActionResult[str]:
    raise _AsksForAnActionError(action.name)
