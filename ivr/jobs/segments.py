"""The segments of an SMS, each billed as one: 160 letters of the GSM alphabet or 70 others, fewer in a chain.

Twilio's page "What is a message segment" has the rules.
"""

from __future__ import annotations

# GSM 03.38: the basic table, and the letters of its extension, which take two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    """Count the segments of a message. One letter outside the GSM alphabet makes the whole message UCS-2."""
    if set(text) <= _GSM | _GSM_EXTENSION:
        length, alone, chained = len(text) + sum(letter in _GSM_EXTENSION for letter in text), 160, 153
    else:
        length, alone, chained = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // chained)
