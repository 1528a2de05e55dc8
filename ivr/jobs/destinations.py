"""Which kinds of number a job may ring or text: never a premium number, and an SMS only to a mobile telephone.

The caller of these functions has found that the number is registered.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

from ivr.numbers.phone_number import costs_the_caller, in_ranges

# A North American number may be fixed or mobile. Elsewhere Twilio refuses an SMS to a fixed line (error 21614).
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def why_not_ring(number: str) -> str:
    """Why a registered number (E.164) may not be rung, or an empty string."""
    return "premium" if costs_the_caller(number) else ""


def why_not_text(number: str, extra_ranges: tuple[str, ...] = ()) -> str:
    """Why a registered number (E.164) may get no SMS, or an empty string.

    libphonenumber does not know ``extra_ranges``, so a fixed line there passes; Twilio refuses it.
    """
    kind = _kind(number)
    newer = kind == PhoneNumberType.UNKNOWN and in_ranges(number, extra_ranges)
    return why_not_ring(number) or ("" if kind in _MOBILE or newer else "landline")


def _kind(number: str) -> int:
    return int(phonenumbers.number_type(phonenumbers.parse(number)))
