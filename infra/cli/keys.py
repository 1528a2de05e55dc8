"""KEYS: one flat script of what both legs press, in the order in which they are asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from infra.carrier import ANNOUNCED, BARGE_IN, HANG_UP, SILENCE

if TYPE_CHECKING:
    from infra.carrier import Token

_WORDS: dict[str, Token] = {"check": ANNOUNCED, "-": SILENCE, "silence": SILENCE, "hangup": HANG_UP}
_DIGITS = re.compile(r"[0-9*#]{1,64}", re.ASCII)
HELP = "digits, check (the announced digit), - or silence (no key), hangup, or !5 (press 5 into the prompt)"


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
    raise click.ClickException(f"the key {word!r} is none of: {HELP}")


def write_key(token: Token) -> str:
    """A token as it is typed."""
    if isinstance(token, BARGE_IN):
        return f"!{token.keys}"
    written = {one: word for word, one in _WORDS.items() if word != "silence"}
    return written.get(token) or str(token)
