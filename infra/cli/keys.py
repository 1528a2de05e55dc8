"""KEYS: one flat script of what both legs press, in the order in which they are asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from infra.carrier import ANNOUNCED, BARGE_IN, HANG_UP, PRESS_IN_TALK, SILENCE, SPEAK

if TYPE_CHECKING:
    from infra.carrier import Token

_WORDS: dict[str, Token] = {"check": ANNOUNCED, "-": SILENCE, "silence": SILENCE, "hangup": HANG_UP}
_DIGITS = re.compile(r"[0-9*#]{1,64}", re.ASCII)
_IN_TALK = re.compile(r"talk:([0-9*#]{1,64})(?:@(\d{1,4}))?", re.ASCII | re.IGNORECASE)
_SPEAKS = re.compile(r"speak(?:@(\d{1,4}))?", re.ASCII | re.IGNORECASE)
_SPOKEN_SECONDS = 7
HELP = (
    "digits, check (the announced digit), - or silence (no key), hangup, !5 (press 5 into the prompt), "
    "talk:*@12 (press * when the two have talked for 12 seconds; 10 unless told), "
    f"or speak@20 (leave a message of 20 seconds; {_SPOKEN_SECONDS} unless told)"
)


def read_keys(text: str) -> list[Token]:
    """The tokens of a script, separated by spaces or commas. Raises ``click.ClickException``."""
    return [read_key(word) for word in text.replace(",", " ").split()]


def read_key(word: str) -> Token:
    """One token. Raises ``click.ClickException``, naming what it may be."""
    lowered = word.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    if _DIGITS.fullmatch(word):
        return word
    if word.startswith("!") and _DIGITS.fullmatch(word[1:]):
        return BARGE_IN(word[1:])
    if in_talk := _IN_TALK.fullmatch(word):
        keys, after = in_talk.groups()
        return PRESS_IN_TALK(keys, float(after)) if after else PRESS_IN_TALK(keys)
    if speaks := _SPEAKS.fullmatch(word):
        return SPEAK(float(speaks[1] or _SPOKEN_SECONDS))
    raise click.ClickException(f"the key {word!r} is none of: {HELP}")


def write_key(token: Token) -> str:
    """A token as it is typed."""
    if isinstance(token, BARGE_IN):
        return f"!{token.keys}"
    if isinstance(token, PRESS_IN_TALK):
        return f"talk:{token.keys}@{token.after:.0f}"
    if isinstance(token, SPEAK):
        return f"speak@{token.seconds:.0f}"
    written = {one: word for word, one in _WORDS.items() if word != "silence"}
    return written.get(token) or str(token)
