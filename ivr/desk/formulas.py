"""Texts in cells of a CSV file, which a spreadsheet may open: none runs as a formula, and each is read as it was."""

from __future__ import annotations

import re

# Where a spreadsheet takes a text for a formula: at its beginning, and where semicolons separate cells, as they do on
# Arabic and most European computers, after any semicolon in it. Some read the wide signs of East Asia like the others.
# Apostrophes before it count as the text's own.
_BEGINS, _SIGN = r'(^|;[ "]*)', r"(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])"
_FORMULA = re.compile(_BEGINS + _SIGN)
_MADE_INERT = re.compile(f"{_BEGINS}'{_SIGN}")
_DIALLED = re.compile(r"\+[0-9]+", re.ASCII)  # of a telephone: computes nothing


def inert(text: str) -> str:
    """The text for a cell: with an apostrophe before each part that would run as a formula."""
    return text if _DIALLED.fullmatch(text) else _FORMULA.sub(r"\1'", text)


def as_written(cell: str) -> str:
    """The text of which ``inert`` made a cell."""
    return _MADE_INERT.sub(r"\1", cell)
