"""How many messages a text is billed as: 160 letters of the GSM alphabet or 70 others, less when chained (FACTS 5)."""

from __future__ import annotations

# GSM 03.38: the basic table, and the letters of its extension, which take two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    """Count the segments of a message. One letter outside the GSM alphabet turns all of it into UCS-2."""
    if set(text) <= _GSM | _GSM_EXTENSION:
        length, alone, chained = len(text) + sum(letter in _GSM_EXTENSION for letter in text), 160, 153
    else:
        length, alone, chained = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // chained)
