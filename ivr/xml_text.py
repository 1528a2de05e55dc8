"""The characters that XML 1.0 allows (its section 2.2, "Char"): a document with any other one is not played at all.

An escape does not help, for a character reference to such a character is forbidden too (section 4.1).
"""

from __future__ import annotations

# As xml.sax.saxutils.quoteattr has them; importing that takes 4 ms of a cold start, for urllib.request comes with it.
# "&" is the first: all the others bring one.
_IN_ATTRIBUTES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def _is_forbidden(letter: str) -> bool:
    code = ord(letter)
    return (code < 0x20 and letter not in "\t\n\r") or 0xD800 <= code <= 0xDFFF or code in {0xFFFE, 0xFFFF}


def forbidden_in(text: str) -> str:
    """The first character that XML forbids, by its number as U+000B, or an empty string where there is none."""
    return next((f"U+{ord(letter):04X}" for letter in text if _is_forbidden(letter)), "")


def allowed_in_xml(text: str) -> str:
    """The text without what XML forbids; a space stands in its place, so that no two words run together."""
    if text.isprintable():  # nothing that XML forbids is, and nearly every text is
        return text
    return "".join(" " if _is_forbidden(letter) else letter for letter in text)


def attribute(text: str) -> str:
    """The text as an attribute's value, in its quotes."""
    for letter, written in _IN_ATTRIBUTES.items():  # str.translate would go through the text letter by letter
        text = text.replace(letter, written)
    return f'"{text}"'
