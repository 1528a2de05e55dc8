"""The TwiML that this stand-in knows: each element with its attributes, its children and its places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

Check: TypeAlias = Callable[[str], bool]
"""Whether Twilio accepts an attribute's value."""


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
"""The stand-in only posts. It reports a GET as a fault."""
_MOST_URL = 4000
"""Characters of a URL (Twilio's page of its error 21609)."""
_WORD = _like(r"\S+")
_VOICE = _like(r"man|woman|alice|(Polly|Google)\.[A-Za-z0-9-]+")


def _url(text: str) -> bool:
    return bool(text) and len(text) <= _MOST_URL and not re.search(r"\s", text)


def is_absolute(text: str) -> bool:
    """Whether this is an absolute URL with a valid host, which Twilio requires of a callback."""
    parts = urlsplit(text)
    return bool(
        _url(text) and parts.scheme in ("http", "https") and parts.hostname and "_" not in parts.hostname and parts.path
    )


def _absolute_or_none(text: str) -> bool:
    return not text or is_absolute(text)


_LOOP = _whole(0, 1000)


@dataclass(frozen=True, slots=True)
class Shape:
    """The attributes and children of a TwiML element."""

    attributes: dict[str, Check]
    inside: frozenset[str] = frozenset()
    text: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    """Twilio's error code for a wrong value of an attribute; 12200 for the others."""
    nested: str = "12200"
    """Twilio's error code for a wrong child."""


SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
WHISPER_VERBS = frozenset({"Say", "Play", "Gather", "Hangup"})
"""The verbs that Twilio's page names for the document of a Number's url; Dial is forbidden there."""
WAIT_VERBS = frozenset({"Say", "Play", "Pause", "Redirect"})
"""The verbs of a conference's waitUrl: it can neither hang up nor dial."""
QUEUE_VERBS = WAIT_VERBS | {"Gather", "Hangup", "Leave"}
"""The verbs of an Enqueue's waitUrl."""

SHAPES: dict[str, Shape] = {
    "Say": Shape(
        {"voice": _VOICE, "language": _WORD, "loop": _LOOP},
        inside=SSML,
        text=True,
        codes={"voice": "13511", "loop": "13510"},
    ),
    "Play": Shape(
        {"loop": _LOOP, "digits": _like(r"[0-9*#wW]+")}, text=True, codes={"loop": "13410", "digits": "13430"}
    ),
    "Pause": Shape({"length": _whole(1)}, codes={"length": "13910"}),
    "Gather": Shape(
        {
            "input": _one_of("dtmf"),  # speech is not simulated: no prompt may ask for a word
            "action": _url,
            "method": _POST,
            "timeout": _whole(0),
            "finishOnKey": _like(r"[0-9*#]?"),
            "numDigits": _whole(1),
            "actionOnEmptyResult": _BOOLEAN,
            "language": _WORD,
        },
        inside=frozenset({"Say", "Play", "Pause"}),
        codes={
            "input": "13326",
            "action": "11100",
            "method": "13312",
            "timeout": "13313",
            "finishOnKey": "13310",
            "numDigits": "13314",
            "actionOnEmptyResult": "13338",
        },
        nested="13320",
    ),
    "Redirect": Shape({"method": _POST}, text=True, codes={"method": "13710"}),
    "Hangup": Shape({}),
    "Reject": Shape({"reason": _one_of("rejected", "busy")}, codes={"reason": "13810"}),
    "Dial": Shape(
        {
            "action": _url,
            "method": _POST,
            "timeout": _whole(5, 600),
            "answerOnBridge": _BOOLEAN,
            "callerId": _anything,
            "hangupOnStar": _BOOLEAN,
            "timeLimit": _whole(1, 14400),
            "record": _WORD,
        },
        inside=frozenset({"Number", "Conference"}),
        text=True,
        codes={
            "action": "11100",
            "method": "13210",
            "timeout": "13212",
            "hangupOnStar": "13213",
            "timeLimit": "13216",
            "answerOnBridge": "13219",
        },
        nested="13215",
    ),
    "Number": Shape(
        {
            "url": _url,
            "method": _POST,
            "statusCallback": is_absolute,
            "statusCallbackMethod": _POST,
            "statusCallbackEvent": _words_of("initiated", "ringing", "answered", "completed"),
        },
        text=True,
        codes={"url": "11100", "method": "13221", "statusCallback": "21609", "statusCallbackEvent": "21626"},
    ),
    "Conference": Shape(
        {
            "startConferenceOnEnter": _BOOLEAN,
            "endConferenceOnExit": _BOOLEAN,
            "beep": _one_of("true", "false", "onEnter", "onExit"),
            "waitUrl": _absolute_or_none,
            "waitMethod": _POST,
            "maxParticipants": _whole(2, 250),
            "statusCallback": is_absolute,
            "statusCallbackMethod": _POST,
            "statusCallbackEvent": _words_of("start", "end", "join", "leave"),
        },
        text=True,
        codes={
            "startConferenceOnEnter": "13232",
            "endConferenceOnExit": "13231",
            "beep": "13235",
            "waitUrl": "13233",
            "waitMethod": "13234",
            "maxParticipants": "16002",
            "statusCallback": "21609",
            "statusCallbackEvent": "21626",
        },
    ),
    "Enqueue": Shape(
        {
            "action": is_absolute,
            "method": _POST,
            "workflowSid": _like(r"WW[0-9a-f]{32}"),
            "waitUrl": is_absolute,
            "waitUrlMethod": _POST,
        },
        inside=frozenset({"Task"}),
        text=True,
        codes={
            "action": "14203",
            "method": "14201",
            "workflowSid": "14220",
            "waitUrl": "14202",
            "waitUrlMethod": "14206",
        },
    ),
    "Task": Shape({"priority": _whole(0), "timeout": _whole(1)}, text=True),
    "Leave": Shape({}),
    "Record": Shape(
        {
            "action": _url,
            "method": _POST,
            "timeout": _whole(0),
            "maxLength": _whole(1, 14400),
            "finishOnKey": _like(r"[0-9*#]*"),
            "playBeep": _BOOLEAN,
            "trim": _one_of("trim-silence", "do-not-trim"),
        },
        codes={
            "action": "11100",
            "method": "13610",
            "timeout": "13611",
            "maxLength": "13612",
            "finishOnKey": "13613",
            "playBeep": "13616",
            "trim": "13699",
        },
    ),
}
VERBS = frozenset(SHAPES) - {"Number", "Conference", "Task"}
"""The elements that may be children of a Response."""
