"""An SMS that Twilio has accepted, and how many segments it is billed as."""

from __future__ import annotations

from dataclasses import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")
"""Letters of the GSM alphabet's extension take two places."""


@dataclass(frozen=True, slots=True)
class Message:
    """An SMS that Twilio has accepted."""

    sid: str
    to: str
    from_: str
    """Empty where a messaging service chooses the sender."""
    messaging_service_sid: str
    body: str
    at: float
    """Simulated time, seconds since 1970."""

    @property
    def segments(self) -> int:
        """How many messages are billed."""
        return segments_of(self.body)


def segments_of(body: str) -> int:
    """Count segments: 160 GSM letters alone or 153 in a chain, else 70 or 67 UTF-16 units."""
    if set(body) <= _GSM | _GSM_TWICE:
        length, alone, chained = sum(1 + (letter in _GSM_TWICE) for letter in body), 160, 153
    else:
        length, alone, chained = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else -(-length // chained)
