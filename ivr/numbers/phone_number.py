"""Normalises phone numbers: every spelling of a number gives the same result, and a withheld caller has no number.

libphonenumber decides what is a number. Before that the text is reduced to a plus and digits
(``ivr.numbers.spelling``), and Twilio's words for a withheld caller are recognised.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import phonenumbers

from ivr.numbers import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

# Withheld callers as Twilio sends them: words typed on a keypad (its help page on strange numbers lists them). For
# libphonenumber some are possible numbers, so they are recognised first.
_WITHHELD_KEYPAD = frozenset(
    {
        "266696687",  # ANONYMOUS
        "2562533",  # BLOCKED
        "7748283",  # PRIVATE
        "7378742833",  # RESTRICTED
        "7378742883",  # RESTRICTED, in a misspelling that occurs
        "86282452253",  # UNAVAILABLE
        "8656696",  # UNKNOWN
        "464",
    }
)
_SHORT_CODE_DIGITS = range(3, 7)
_MOST_DIGITS = 15 + 5  # E.164 after an international prefix (00; the longest in use has five digits)
_LONGEST_READ = 1024  # characters; no caller id is longer
_SHORTEST_UNKNOWN = 8  # digits with the country code; a shorter number must be known to libphonenumber
_NORTH_AMERICA = 1
_NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}")  # NXX-NXX-XXXX; for libphonenumber any ten digits are possible
_DIALLED = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_E164 = phonenumbers.PhoneNumberFormat.E164


class Kind(StrEnum):
    """The kind of a caller id."""

    E164 = "e164"
    SHORT = "short"
    WITHHELD = "withheld"
    MALFORMED = "malformed"


class Number(NamedTuple):
    """A caller id, normalised.

    ``text`` is E.164 with its plus for ``Kind.E164``, the bare digits for ``Kind.SHORT``, and empty for the others:
    a withheld or malformed caller has no number for a rule or a report.
    """

    kind: Kind
    text: str = ""

    @property
    def last_digits(self) -> str:
        """The last three digits: prompts and logs never show more of a number."""
        return self.text[-3:]


def read(raw: str, home_region: str, extra_ranges: tuple[str, ...] = ()) -> Number:
    """Normalise a raw caller id as Twilio sends it, or a number as a person types it.

    The same number in any spelling gives the same result: with or without its plus or 00, with the home region's trunk
    prefix, as a sip:, sips: or tel: address, percent-encoded, with separators, invisible marks or digits of another
    script. A short code of the home region is recognised after a country code too. Reading a result again gives the
    same result.

    Digits without a plus or 00 are read as the first of these that fits: a valid number of the home region, a valid
    number with its country code, a short code, a number of a possible length (the home region first).

    ``extra_ranges`` are ranges that libphonenumber does not know yet, such as ``+9686xxxxxxx`` (an x for each digit).

    Never raises: a text that can't be a number is ``Kind.MALFORMED``.
    """
    return _read(raw, home_region, extra_ranges) if len(raw) <= _LONGEST_READ else Number(Kind.MALFORMED)


@lru_cache(maxsize=1024)
def _read(raw: str, home_region: str, extra_ranges: tuple[str, ...]) -> Number:
    text = spelling.bare(raw)
    if text == spelling.WITHHELD:
        return Number(Kind.WITHHELD)
    number = _recognised(text, home_region, extra_ranges)
    if number.text and _recognised(number.text, home_region, extra_ranges) != number:
        return Number(Kind.MALFORMED)  # read again it would be another number, so it is nobody's
    return number


def _recognised(text: str, home_region: str, extra_ranges: tuple[str, ...]) -> Number:
    digits = text.removeprefix("+")
    if not digits or len(digits) > _MOST_DIGITS:
        return Number(Kind.MALFORMED)
    if _is_withheld(digits):
        return Number(Kind.WITHHELD)
    plus = text != digits
    spelled = list(_spelled(digits, home_region, plus=plus))
    for parsed in spelled:
        if _is_known(parsed, extra_ranges):
            return Number(Kind.E164, _text(parsed))
    if code := _short_code(digits, home_region, extra_ranges, plus=plus):
        return Number(Kind.SHORT, code)
    for parsed in spelled:
        if _is_possible(parsed):
            return Number(Kind.E164, _text(parsed))
    return Number(Kind.MALFORMED)


def _is_withheld(digits: str) -> bool:
    """Whether the caller is withheld: a word on the keypad, also after +1 as Twilio shows some, or only zeros."""
    word = digits.removeprefix("00")
    return not digits.strip("0") or word in _WITHHELD_KEYPAD or (word[:1] == "1" and word[1:] in _WITHHELD_KEYPAD)


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
    codes = [code for code in shown if len(code) in _SHORT_CODE_DIGITS and code[0] != "0" and not _is_withheld(code)]
    for holds in (phonenumbers.is_valid_short_number_for_region, phonenumbers.is_possible_short_number_for_region):
        for code in codes:
            # Some regions have numbers as short as a code; such a number is no code.
            at_home = [parsed for parsed in _parsed(code, home_region) if not _is_known(parsed, extra_ranges)]
            if any(holds(parsed, home_region) for parsed in at_home):
                return code
    return ""


def country_code(text: str) -> str:
    """The country code, with its plus, of an E.164 number or of its beginning; empty for none."""
    codes = (text[: 1 + length] for length in (1, 2, 3))  # no country code is the beginning of another
    return next((code for code in codes if int(code[1:] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), "")


def in_ranges(text: str, ranges: tuple[str, ...]) -> bool:
    """Whether an E.164 number is in one of some ranges, each written like ``+9686xxxxxxx``."""
    return any(len(text) == len(one) and text.startswith(one.rstrip("x")) for one in ranges)


def costs_the_caller(text: str) -> bool:
    """Whether a call to this E.164 number costs extra: a premium or shared-cost number, which is never rung."""
    costly = {phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST}
    return phonenumbers.number_type(phonenumbers.parse(text)) in costly


def may_be_dialled(number: Number, home_region: str, extra_ranges: tuple[str, ...] = ()) -> bool:
    """Whether this is a fixed or mobile number of the home region: a line may ring only these.

    ``extra_ranges`` are ranges that libphonenumber does not know yet.
    """
    if number.kind is not Kind.E164:
        return False
    parsed = phonenumbers.parse(number.text)
    if phonenumbers.is_valid_number_for_region(parsed, home_region):
        return phonenumbers.number_type(parsed) in _DIALLED
    at_home = parsed.country_code == phonenumbers.country_code_for_region(home_region)
    newer = at_home and not phonenumbers.is_valid_number(parsed) and in_ranges(number.text, extra_ranges)
    return newer and not costs_the_caller(number.text)
