"""Withheld callers whom Twilio shows as digits: words typed on a keypad."""

from __future__ import annotations

# By Twilio's help page on strange numbers. For libphonenumber some are possible numbers.
_WITHHELD_KEYPAD = frozenset(
    {
        "266696687",  # ANONYMOUS
        "2562533",  # BLOCKED
        "7748283",  # PRIVATE
        "7378742833",  # RESTRICTED
        "7378742883",  # RESTRICTED, in a misspelling that occurs
        "86282452253",  # UNAVAILABLE
        "8656696",  # UNKNOWN
        "464",
    }
)


def is_withheld(digits: str) -> bool:
    """Whether the caller is withheld: a word on the keypad, also after +1 as Twilio shows some, or only zeros."""
    word = digits.removeprefix("00")
    return not digits.strip("0") or word in _WITHHELD_KEYPAD or (word[:1] == "1" and word[1:] in _WITHHELD_KEYPAD)
