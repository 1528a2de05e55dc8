"""Texts in cells of a CSV file, which a spreadsheet may open: none runs as a formula, and each is read as it was."""

from __future__ import annotations

import re

# What a spreadsheet takes for the beginning of a formula. Apostrophes before it count as the text's own.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MADE_INERT = re.compile(r"'+[=+\-@\t\r]")
_DIALLED = re.compile(r"\+[0-9]+", re.ASCII)  # of a telephone: computes nothing


def inert(text: str) -> str:
    """The text for a cell: with an apostrophe before it, if it would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _DIALLED.fullmatch(text) else text


def as_written(cell: str) -> str:
    """The text of which ``inert`` made a cell."""
    return cell[1:] if _MADE_INERT.match(cell) else cell
