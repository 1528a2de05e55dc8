"""Which kinds of number a job may ring or text: never a premium number, and an SMS only to a mobile telephone.

The caller of these functions has found that the number is registered.
"""

from __future__ import annotations

from ivr.numbers.phone_number import costs_the_caller, may_be_mobile


def why_not_ring(number: str) -> str:
    """Why a registered number (E.164) may not be rung, or an empty string."""
    return "premium" if costs_the_caller(number) else ""


def why_not_text(number: str, extra_ranges: tuple[str, ...] = ()) -> str:
    """Why a registered number (E.164) may get no SMS, or an empty string.

    libphonenumber does not know ``extra_ranges``, so a fixed line there passes; Twilio refuses an SMS to a fixed line
    (its error 21614).
    """
    return why_not_ring(number) or ("" if may_be_mobile(number, extra_ranges) else "landline")
