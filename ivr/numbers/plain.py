"""Numbers that a table decides as libphonenumber does, which takes 15 ms to import.

A number in E.164 is one if its length is possible in its country, be it known to libphonenumber or not: so a length is
enough, where neither a trunk prefix nor a short code can be meant. tests/screening/test_plain_numbers.py holds that
each answer here is the library's.
"""

from __future__ import annotations

import re

from ivr.numbers.plan_lengths import COUNTRIES, SHORT_CODES, WITH_SHORTEST_NUMBERS

_NORTH_AMERICAN = re.compile(r"1[2-9]\d\d[2-9]\d{6}", re.ASCII)


def country_code(digits: str) -> str:
    """The country code at the beginning of some digits, or an empty string."""
    return next((digits[:length] for length in (1, 2, 3) if digits[:length] in COUNTRIES), "")  # none begins another


def is_e164(digits: str) -> bool:
    """Whether these digits, after a plus, are surely a number in E.164 as they stand. False: ask libphonenumber."""
    code = country_code(digits)
    first, lengths = COUNTRIES.get(code, ("", ()))
    national = digits[len(code) :]
    if len(national) not in lengths or national[0] not in first:
        return False
    return code != "1" or bool(_NORTH_AMERICAN.fullmatch(digits))


def is_short_code(digits: str, region: str) -> bool:
    """Whether these digits, without a plus, are surely a short code of the region. False: ask libphonenumber.

    Not for a deployment with ranges of its own: one of them may hold numbers as short.
    """
    code, lengths = SHORT_CODES.get(region, ("", ()))
    return len(digits) in lengths and not digits.startswith(("0", code, *WITH_SHORTEST_NUMBERS))
