"""Text made ready for the page: nothing invisible, nothing the typeface lacks, and numbers kept left to right."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

_LONGEST = 400  # characters of one cell: a name never needs more, and a row must fit on a page
_ISOLATE, _END = "\u2066", "\u2069"  # LEFT-TO-RIGHT ISOLATE and POP DIRECTIONAL ISOLATE (Unicode, UAX 9)

# Words and numbers that run left to right inside an Arabic line, with the plus of a telephone number in front of them.
_WORD = r"\+?[0-9A-Za-z\u00c0-\u024f](?:[0-9A-Za-z\u00c0-\u024f:+/._@&'-]*[0-9A-Za-z\u00c0-\u024f])?"
_LEFT_TO_RIGHT = re.compile(rf"{_WORD}(?: {_WORD})*")
_PLAIN = re.compile(r"[0-9]+(?:[:.][0-9]+)*")  # needs no reordering, such as a time of day


def printable(text: str, glyphs: Container[int]) -> str:
    """The text in one line, without controls (of direction too: they could show a number backwards).

    ``glyphs`` are the code points that the typeface has. Others become question marks; the JSON has them as they were.
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    text = " ".join("".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text).split())
    text = "".join(letter if ord(letter) in glyphs else "?" for letter in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def isolated(text: str) -> str:
    """An Arabic text in which each number and each Latin word or phrase keeps its own direction."""
    return _LEFT_TO_RIGHT.sub(
        lambda found: found[0] if _PLAIN.fullmatch(found[0]) else f"{_ISOLATE}{found[0]}{_END}", text
    )
