"""What a leg hears and does next, as plain values: a provider writes its document from them, and tests read them.

A URL here is a path of ours with its query (``ivr.telephony.routes``).
"""

from __future__ import annotations

from typing import NamedTuple

from ivr.locales.catalog import Prompt


class Playback(NamedTuple):
    """Play a recording, by the provider's name for it (``Webhook.recording``)."""

    recording: str


class Ask(NamedTuple):
    """Say the prompts and wait for keys; a key cuts them short. ``timeout``: seconds of silence after the prompts.

    ``most_digits`` 1 waits for a single key, more for digits up to #.
    """

    prompts: tuple[Prompt | Playback, ...]
    action: str
    timeout: int
    most_digits: int = 1


class Dial(NamedTuple):
    """Ring a number and go on at ``action`` when that leg is over.

    The called leg is asked for at ``whisper`` before the two are joined; ``status`` is told of its end.
    """

    number: str
    caller_id: str
    ring_seconds: int
    action: str
    whisper: str = ""
    status: str = ""


class Confer(NamedTuple):
    """Join a conference of two, which ends for both when one leaves. ``wait`` plays until the other one is there."""

    room: str
    action: str
    wait: str
    leaves_by_star: bool


class Wait(NamedTuple):
    """Wait for some seconds, then go on at the URL ``then``; without one the document ends."""

    seconds: int
    then: str = ""


class Enqueue(NamedTuple):
    """Wait in a queue of the provider's, which rings agents by what ``task`` says; ``wait`` plays meanwhile."""

    queue: str  # the provider's name for it; Twilio: the Sid of a TaskRouter workflow
    action: str
    wait: str
    task: tuple[tuple[str, str], ...]


class LeaveQueue(NamedTuple):
    """Leave the queue that this leg waits in: the leg goes on at the ``action`` of its ``Enqueue``."""


class Record(NamedTuple):
    """Record after a tone, up to # or ``pause`` seconds of quiet; where nothing was said, go on at ``silence``."""

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
    """What one document holds, in order: prompts, and at most one other verb, the last."""

    verbs: tuple[Verb, ...]
