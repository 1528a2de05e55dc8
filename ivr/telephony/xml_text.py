"""The characters that XML 1.0 allows (its section 2.2, "Char"): a document with any other one is not played at all.

An escape does not help, for a character reference to such a character is forbidden too (section 4.1).
"""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def forbidden_in(text: str) -> str:
    """The first character that XML forbids, by its number as U+000B, or an empty string where there is none."""
    found = _FORBIDDEN.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def allowed_in_xml(text: str) -> str:
    """The text without what XML forbids; a space stands in its place, so that no two words run together."""
    return _FORBIDDEN.sub(" ", text)
