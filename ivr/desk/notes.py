"""What people write beside a decision: why, and who says so."""

from __future__ import annotations

import unicodedata

from ivr.desk.errors import Code, DeskError

_LONGEST = 1000  # characters: a note is read in a table
_NO_PART_OF_A_LINE = frozenset({"Cc", "Zl", "Zp"})  # control characters, and what ends a line or a paragraph


def one_line(text: str, what: str) -> str:
    """Return a text without blanks around it.

    Raises ``DeskError``, which names it by ``what``, for a text that is empty, too long or holds control characters.
    """
    text = text.strip()
    if not text:
        raise DeskError(Code.NOTE, f"{what} is empty: it is what the desk reads next time")
    if len(text) > _LONGEST:
        raise DeskError(Code.NOTE, f"{what} has {len(text)} characters: it may have {_LONGEST}")
    for letter in text:
        if unicodedata.category(letter) in _NO_PART_OF_A_LINE:
            raise DeskError(Code.NOTE, f"{what} holds the control character {letter!a}: write one line of plain text")
    return text
