"""What a leg hears and does next, before it is TwiML: plain values that tests and the diagram can read too."""

from __future__ import annotations

from typing import NamedTuple


class Prompt(NamedTuple):
    """One prompt in one language. ``wording`` counts from 0; ``values`` fill its placeholders."""

    key: str
    language: str
    wording: int = 0
    values: tuple[tuple[str, str], ...] = ()
    press: str = ""  # for an option of a menu: the key that the catalog's "press" sentence names


class Playback(NamedTuple):
    """Play a recording that lies at Twilio, by its Sid."""

    recording: str


class Ask(NamedTuple):
    """Say the prompts and wait for keys; a key cuts them short. ``most_digits`` 1 waits for a single key."""

    prompts: tuple[Prompt | Playback, ...]
    action: str
    timeout: int
    most_digits: int = 1


class Dial(NamedTuple):
    """Ring a number. ``whisper`` is the URL that the called leg hears first, ``status`` that of its end."""

    number: str
    caller_id: str
    ring_seconds: int
    action: str
    whisper: str = ""
    status: str = ""


class Confer(NamedTuple):
    """Join a room of two; whoever leaves ends it for both. ``wait`` is the URL that plays until the other is there."""

    room: str
    action: str
    wait: str
    leaves_by_star: bool


class Wait(NamedTuple):
    """Wait for some seconds, then go on at the URL ``then``; without one the document ends."""

    seconds: int
    then: str = ""


class Enqueue(NamedTuple):
    """Wait in the queue of a TaskRouter workflow, which routes by ``task``; the URL ``wait`` plays meanwhile."""

    workflow_sid: str
    action: str
    wait: str
    task: tuple[tuple[str, str], ...]


class LeaveQueue(NamedTuple):
    """Leave the queue that this leg waits in, and go on at the action of its Enqueue."""


class Record(NamedTuple):
    """Record what is said after a tone, up to #; ``silence`` is the URL to go on at where nothing was said."""

    action: str
    silence: str
    most_seconds: int
    pause: int


class HangUp(NamedTuple):
    """End this leg."""


class Reject(NamedTuple):
    """Do not answer at all. ``reason`` is "rejected" or "busy"."""

    reason: str


Verb = Prompt | Ask | Dial | Confer | Wait | Enqueue | LeaveQueue | Record | HangUp | Reject


class Turn(NamedTuple):
    """One document's worth of verbs, in order."""

    verbs: tuple[Verb, ...]
