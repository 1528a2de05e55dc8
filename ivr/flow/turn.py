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


class Ask(NamedTuple):
    """Say the prompts and wait for keys; a key cuts them short. ``most_digits`` 1 waits for a single key."""

    prompts: tuple[Prompt, ...]
    action: str
    timeout: int
    most_digits: int = 1


class Dial(NamedTuple):
    """Ring a number. ``whisper`` is the URL that the called leg hears first, or empty."""

    number: str
    caller_id: str
    ring_seconds: int
    action: str
    whisper: str = ""


class HangUp(NamedTuple):
    """End this leg."""


class Refuse(NamedTuple):
    """Do not answer at all. ``reason`` is "rejected" or "busy"."""

    reason: str


Verb = Prompt | Ask | Dial | HangUp | Refuse


class Turn(NamedTuple):
    """One document's worth of verbs, in order."""

    verbs: tuple[Verb, ...]
