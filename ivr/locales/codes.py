"""Codes of languages, as URLs and records hold them: ``ar``, or two in the order in which they are heard, ``ar-en``."""

from __future__ import annotations

MOST_IN_A_ROW = 2  # more languages one after the other are longer than anybody listens


def is_code(text: str) -> bool:
    """Whether a text has the form of a language's code, two or three letters (ISO 639). Its folder may be missing."""
    return 2 <= len(text) <= 3 and text.isascii() and text.isalpha() and text.islower()


def are_codes(text: str) -> bool:
    """Whether a text is one or two different codes, with a hyphen between them."""
    codes = text.split("-")
    return len(codes) <= MOST_IN_A_ROW and len(set(codes)) == len(codes) and all(map(is_code, codes))
