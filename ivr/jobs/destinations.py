"""Which telephones we ring and text: registered ones, never a premium number, and text only what may show it.

Whether a number is registered is for whoever reads the line to say; here is what kind of number it is.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

from ivr.numbers.phone_number import in_ranges

_COSTS_WHOEVER_RINGS = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
# In North America a number does not tell; elsewhere a fixed line would fail with 21614 (FACTS 5).
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def why_not_ring(number: str) -> str:
    """Why a registered number (E.164) is not rung all the same, or an empty string."""
    return "premium" if _kind(number) in _COSTS_WHOEVER_RINGS else ""


def why_not_text(number: str, extra_ranges: tuple[str, ...] = ()) -> str:
    """Why a registered number (E.164) gets no SMS, or an empty string.

    ``extra_ranges`` are newer than libphonenumber, which so can't tell a fixed line there: Twilio refuses that one.
    """
    kind = _kind(number)
    newer = kind == PhoneNumberType.UNKNOWN and in_ranges(number, extra_ranges)
    return why_not_ring(number) or ("" if kind in _MOBILE or newer else "landline")


def _kind(number: str) -> int:
    return int(phonenumbers.number_type(phonenumbers.parse(number)))
