"""Pseudonyms of customers and reporters, and the references of their reports.

Both depend on the deployment's HMAC key, which can't be rotated: with another key no customer would be recognised.
"""

from __future__ import annotations

import hashlib
import hmac

REFERENCE_DIGITS = 8
_SHOWN_DIGITS = 8  # of a pseudonym's 32


def prepare() -> None:
    """Import what the first report would wait for."""
    from stdnum import damm  # noqa: F401


def pseudonym(number: str, key: str) -> str:
    """The pseudonym of a customer's number: 32 hex digits, always the same; without the key they reveal nothing."""
    return hmac.new(key.encode(), f"person:{number}".encode(), hashlib.sha256).hexdigest()[:32]


def shortened(pseudonym: str) -> str:
    """The start of a pseudonym, as lists show it: enough to see that two reports are one person's."""
    return pseudonym[:_SHOWN_DIGITS]


def reference(call_sid: str, which: str, key: str) -> str:
    """The reference of a report, eight digits: the same on every retry of the same call.

    The last is a check digit by the Damm algorithm, which finds every single wrong digit and every swap of neighbours.
    Two reports may have the same reference.
    """
    from stdnum import damm  # only a report needs it

    drawn = hmac.new(key.encode(), f"report:{call_sid}:{which}".encode(), hashlib.sha256).digest()
    digits = f"{int.from_bytes(drawn[:8], 'big') % 10 ** (REFERENCE_DIGITS - 1):0{REFERENCE_DIGITS - 1}d}"
    return digits + str(damm.calc_check_digit(digits))


def typed_report(call_sid: str, number: str, key: str) -> str:
    """A short word for the report on a number that was typed in a call. It does not reveal the number."""
    drawn = hmac.new(key.encode(), f"typed:{call_sid}:{number}".encode(), hashlib.sha256).hexdigest()
    return f"typed-{drawn[:8]}"


def is_reference(text: str) -> bool:
    """Whether this is eight digits with a right check digit."""
    from stdnum import damm

    return len(text) == REFERENCE_DIGITS and text.isascii() and bool(damm.is_valid(text))
