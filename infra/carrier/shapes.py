"""Which TwiML this stand-in knows: each element with its attributes, what may stand inside, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Check: TypeAlias = Callable[[str], bool]
"""Whether an attribute's value is one that Twilio takes."""


def _whole(least: int, most: int | None = None) -> Check:
    return lambda text: text.isascii() and text.isdigit() and least <= int(text) and (most is None or int(text) <= most)


def _one_of(*words: str) -> Check:
    return lambda text: text in words


def _words_of(*words: str) -> Check:
    return lambda text: bool(text.split()) and set(text.split()) <= set(words)


def _like(pattern: str) -> Check:
    return lambda text: re.fullmatch(pattern, text) is not None


def _anything(_text: str) -> bool:
    return True


_BOOLEAN = _one_of("true", "false")
_POST = _one_of("POST")
"""The stand-in only posts: a GET webhook is reported, not played."""
_URL = _like(r"\S+")
_LOOP = _whole(0, 1000)


@dataclass(frozen=True, slots=True)
class Shape:
    """What an element of TwiML may hold."""

    attributes: dict[str, Check]
    inside: frozenset[str] = frozenset()
    text: bool = False


SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
WHISPER_VERBS = frozenset({"Say", "Play", "Gather", "Hangup"})
"""The verbs that Twilio's page names for the document of a Number's url; Dial is forbidden there."""
WAIT_VERBS = frozenset({"Say", "Play", "Pause", "Redirect"})
"""The verbs of a conference's waitUrl: it can neither hang up nor dial."""
QUEUE_VERBS = WAIT_VERBS | {"Gather", "Hangup", "Leave"}
"""The verbs of an Enqueue's waitUrl."""

SHAPES: dict[str, Shape] = {
    "Say": Shape({"voice": _URL, "language": _URL, "loop": _LOOP}, inside=SSML, text=True),
    "Play": Shape({"loop": _LOOP, "digits": _like(r"[0-9*#wW]+")}, text=True),
    "Pause": Shape({"length": _whole(1)}),
    "Gather": Shape(
        {
            "input": _one_of("dtmf"),  # speech is not simulated: no prompt may ask for a word
            "action": _URL,
            "method": _POST,
            "timeout": _whole(0),
            "finishOnKey": _like(r"[0-9*#]?"),
            "numDigits": _whole(1),
            "actionOnEmptyResult": _BOOLEAN,
            "language": _URL,
        },
        inside=frozenset({"Say", "Play", "Pause"}),
    ),
    "Redirect": Shape({"method": _POST}, text=True),
    "Hangup": Shape({}),
    "Reject": Shape({"reason": _one_of("rejected", "busy")}),
    "Dial": Shape(
        {
            "action": _URL,
            "method": _POST,
            "timeout": _whole(5, 600),
            "answerOnBridge": _BOOLEAN,
            "callerId": _anything,
            "hangupOnStar": _BOOLEAN,
            "timeLimit": _whole(1, 14400),
            "record": _URL,
        },
        inside=frozenset({"Number", "Conference"}),
        text=True,
    ),
    "Number": Shape(
        {
            "url": _URL,
            "method": _POST,
            "statusCallback": _URL,
            "statusCallbackMethod": _POST,
            "statusCallbackEvent": _words_of("initiated", "ringing", "answered", "completed"),
        },
        text=True,
    ),
    "Conference": Shape(
        {
            "startConferenceOnEnter": _BOOLEAN,
            "endConferenceOnExit": _BOOLEAN,
            "beep": _one_of("true", "false", "onEnter", "onExit"),
            "waitUrl": _like(r"\S*"),
            "waitMethod": _POST,
            "maxParticipants": _whole(2, 250),
            "statusCallback": _URL,
            "statusCallbackMethod": _POST,
            "statusCallbackEvent": _words_of("start", "end", "join", "leave"),
        },
        text=True,
    ),
    "Enqueue": Shape(
        {
            "action": _URL,
            "method": _POST,
            "workflowSid": _like(r"WW[0-9a-f]{32}"),
            "waitUrl": _URL,
            "waitUrlMethod": _POST,
        },
        inside=frozenset({"Task"}),
        text=True,
    ),
    "Task": Shape({"priority": _whole(0), "timeout": _whole(1)}, text=True),
    "Leave": Shape({}),
    "Record": Shape(
        {
            "action": _URL,
            "method": _POST,
            "timeout": _whole(0),
            "maxLength": _whole(1, 14400),
            "finishOnKey": _like(r"[0-9*#]*"),
            "playBeep": _BOOLEAN,
            "trim": _one_of("trim-silence", "do-not-trim"),
        }
    ),
}
VERBS = frozenset(SHAPES) - {"Number", "Conference", "Task"}
"""What may stand directly in a Response."""
