"""What libphonenumber says of a number: it knows the numbering plan of every region.

Importing it takes some 15 ms, so ``ivr.numbers.phone_number`` does so for the numbers alone that need it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

from ivr.numbers.withheld import is_withheld

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT_CODE_DIGITS = range(3, 7)
_SHORTEST_UNKNOWN = 8  # digits with the country code; a shorter number must be known to libphonenumber
_NORTH_AMERICA = 1
_NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}")  # NXX-NXX-XXXX; for libphonenumber any ten digits are possible
_MOBILE = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,  # of North America, where it can't be told
    }
)
_DIALLED = _MOBILE | {phonenumbers.PhoneNumberType.FIXED_LINE}
_E164 = phonenumbers.PhoneNumberFormat.E164


def recognised(digits: str, home_region: str, extra_ranges: tuple[str, ...], *, plus: bool) -> str:
    """A number in E.164 with its plus, a short code of the home region as bare digits, or an empty string for neither.

    ``plus``: whether a plus precedes the digits.
    """
    spelled = list(_spelled(digits, home_region, plus=plus))
    for parsed in spelled:
        if _is_known(parsed, extra_ranges):
            return _text(parsed)
    if code := _short_code(digits, home_region, extra_ranges, plus=plus):
        return code
    return next((_text(parsed) for parsed in spelled if _is_possible(parsed)), "")


def _spelled(digits: str, home_region: str, *, plus: bool) -> Iterator[phonenumbers.PhoneNumber]:
    """The numbers that these digits may mean, the likeliest first."""
    if not plus:  # as dialled in the home region, with its international prefix
        yield from _parsed(digits, home_region)
    yield from _parsed(f"+{digits.removeprefix('00')}", None)


def _parsed(text: str, region: str | None) -> Iterator[phonenumbers.PhoneNumber]:
    try:
        yield phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return


def _text(parsed: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(parsed, _E164))


def _is_known(parsed: phonenumbers.PhoneNumber, extra_ranges: tuple[str, ...]) -> bool:
    return phonenumbers.is_valid_number(parsed) or in_ranges(_text(parsed), extra_ranges)


def _is_possible(parsed: phonenumbers.PhoneNumber) -> bool:
    """Whether a number that libphonenumber does not know may exist: new ranges open before its next release.

    No such number begins with a zero after the country code: libphonenumber knows the few countries where some do.
    """
    if not phonenumbers.is_possible_number(parsed) or parsed.italian_leading_zero:
        return False
    if parsed.country_code == _NORTH_AMERICA:
        return bool(_NORTH_AMERICAN.fullmatch(str(parsed.national_number)))
    return len(_text(parsed)) > _SHORTEST_UNKNOWN


def _short_code(digits: str, home_region: str, extra_ranges: tuple[str, ...], *, plus: bool) -> str:
    """The short code of the home region in these digits, or an empty string.

    A plus may precede it, the home country's code, or the +1 that Twilio puts before digits that are no number. So a
    caller who shows the operator's short code is always recognised.
    """
    bare = digits.removeprefix("00")
    home_code = str(phonenumbers.country_code_for_region(home_region))
    shown = [bare]
    if bare.startswith(home_code):
        shown.append(bare.removeprefix(home_code))
    if plus and bare.startswith("1"):
        shown.append(bare.removeprefix("1"))
    codes = [code for code in shown if len(code) in _SHORT_CODE_DIGITS and code[0] != "0" and not is_withheld(code)]
    for holds in (phonenumbers.is_valid_short_number_for_region, phonenumbers.is_possible_short_number_for_region):
        for code in codes:
            # Some regions have numbers as short as a code; such a number is no code.
            at_home = [parsed for parsed in _parsed(code, home_region) if not _is_known(parsed, extra_ranges)]
            if any(holds(parsed, home_region) for parsed in at_home):
                return code
    return ""


def in_ranges(text: str, ranges: tuple[str, ...]) -> bool:
    """Whether an E.164 number is in one of some ranges, each written like ``+9686xxxxxxx``."""
    return any(len(text) == len(one) and text.startswith(one.rstrip("x")) for one in ranges)


def costs_the_caller(text: str) -> bool:
    """Whether a call to this E.164 number costs extra: a premium or shared-cost number, which is never rung."""
    costly = {phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST}
    return phonenumbers.number_type(phonenumbers.parse(text)) in costly


def may_be_mobile(text: str, extra_ranges: tuple[str, ...]) -> bool:
    """Whether this E.164 number may be a mobile telephone's."""
    kind = phonenumbers.number_type(phonenumbers.parse(text))
    return kind in _MOBILE or (kind == phonenumbers.PhoneNumberType.UNKNOWN and in_ranges(text, extra_ranges))


def may_be_dialled(text: str, home_region: str, extra_ranges: tuple[str, ...]) -> bool:
    """Whether this E.164 number is a fixed or mobile number of the home region."""
    parsed = phonenumbers.parse(text)
    if phonenumbers.is_valid_number_for_region(parsed, home_region):
        return phonenumbers.number_type(parsed) in _DIALLED
    at_home = parsed.country_code == phonenumbers.country_code_for_region(home_region)
    newer = at_home and not phonenumbers.is_valid_number(parsed) and in_ranges(text, extra_ranges)
    return newer and not costs_the_caller(text)
