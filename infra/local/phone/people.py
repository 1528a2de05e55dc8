"""Who answers the telephones of a call: a person at the page, or a telephone that does one thing by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.carrier import Phone

if TYPE_CHECKING:
    from infra.carrier import PickUp

LIVE = "live"
_BY_ITSELF: dict[str, PickUp] = {
    "voicemail": "voicemail",
    "screening": "screening",
    "nobody": "no-answer",
    "busy": "busy",
    "declines": "declines",
}
WORDS = {
    LIVE: "a person: you, on this page",
    "voicemail": "a voicemail",
    "screening": "a phone that screens calls, whose owner never joins",
    "screening@8": "a phone that screens calls, whose owner joins after 8 seconds and presses nothing",
    "nobody": "nobody",
    "busy": "a busy line",
    "declines": "somebody who declines the call on the telephone",
}
PEOPLE = {"customer": "customer", "care": "care", "second_care": "second care"}
"""Each person by the word of a request, and as legs are named."""
_JOINS = re.compile(r"screening@(\d{1,3})", re.ASCII)


def phone_of(who: str, name: str) -> Phone:
    """The telephone of a person. Raises ``ValueError`` for an unknown word."""
    if who == LIVE:
        return Phone(name=name, live=True)
    if joins := _JOINS.fullmatch(who):
        return Phone(name=name, answers="screening", joins_after=float(joins[1]))
    if who in _BY_ITSELF:
        return Phone(name=name, answers=_BY_ITSELF[who])
    raise ValueError(f"people: the {name} is {who!r}, which is none of {', '.join(WORDS)}")


def in_a_script(phone: Phone) -> str:
    """How a call script writes what this telephone does; empty for a person who answers."""
    if phone.joins_after is not None:
        return f"screening@{phone.joins_after:g}"
    return "" if phone.live else phone.answers
