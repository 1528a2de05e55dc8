"""Pseudonyms of customers and reporters, and the reference that is spoken to them.

Both hang on the deployment's HMAC key, which can't be rotated: with another key nobody would be recognised again.
"""

from __future__ import annotations

import hashlib
import hmac

REFERENCE_DIGITS = 8


def pseudonym(number: str, key: str) -> str:
    """The pseudonym of a customer's number: 32 hex digits, the same for ever and telling nothing without the key."""
    return hmac.new(key.encode(), f"person:{number}".encode(), hashlib.sha256).hexdigest()[:32]


def reference(call_sid: str, which: str, key: str) -> str:
    """The eight digits under which a report is found again: the same on every retry of the same call.

    The last is a check digit by the Damm algorithm, which notices every single wrong digit and every swap of
    neighbours. A reference locates, it does not identify: two reports may share one.
    """
    from stdnum import damm  # only a report needs it

    drawn = hmac.new(key.encode(), f"report:{call_sid}:{which}".encode(), hashlib.sha256).digest()
    digits = f"{int.from_bytes(drawn[:8], 'big') % 10 ** (REFERENCE_DIGITS - 1):0{REFERENCE_DIGITS - 1}d}"
    return digits + str(damm.calc_check_digit(digits))


def typed_report(call_sid: str, number: str, key: str) -> str:
    """Which report of a call is the one on a number that was typed in it: a short word that doesn't tell the number."""
    drawn = hmac.new(key.encode(), f"typed:{call_sid}:{number}".encode(), hashlib.sha256).hexdigest()
    return f"typed-{drawn[:8]}"


def is_reference(text: str) -> bool:
    """Whether this is eight digits with a right check digit."""
    from stdnum import damm

    return len(text) == REFERENCE_DIGITS and text.isascii() and bool(damm.is_valid(text))
