"""What a phone number is: one number in every spelling is one result, and a caller who shows none is nobody.

libphonenumber decides what a number is. Before it is asked, the text is brought down to a plus and digits
(``ivr.numbers.spelling``), and Twilio's words for a withheld caller are taken out.
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

# Withheld callers as Twilio sends them: words typed on a keypad (its help page on strange numbers lists them). Some
# are possible numbers to libphonenumber, so they are recognised before it is asked.
_WITHHELD_KEYPAD = frozenset(
    {
        "266696687",  # ANONYMOUS
        "2562533",  # BLOCKED
        "7748283",  # PRIVATE
        "7378742833",  # RESTRICTED
        "7378742883",  # RESTRICTED, as it is misprinted in the wild
        "86282452253",  # UNAVAILABLE
        "8656696",  # UNKNOWN
        "464",
    }
)
_SHORT_CODE_DIGITS = range(3, 7)
_MOST_DIGITS = 15 + 5  # E.164, behind an international prefix (00; the longest in use has five digits)
_LONGEST_READ = 1024  # characters; no caller id is longer, and what is longer is not looked into
_SHORTEST_UNKNOWN = 8  # digits with the country code; a shorter number counts where libphonenumber knows it
_NORTH_AMERICA = 1
_NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}")  # NXX-NXX-XXXX; libphonenumber's "possible" counts digits alone
_DIALLED = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_E164 = phonenumbers.PhoneNumberFormat.E164


class Kind(StrEnum):
    """What the caller id turned out to be."""

    E164 = "e164"
    SHORT = "short"
    WITHHELD = "withheld"
    MALFORMED = "malformed"


class Number(NamedTuple):
    """A caller id, normalised.

    ``text`` is E.164 with its plus for ``Kind.E164``, the bare digits for ``Kind.SHORT``, and empty for the others:
    a withheld or malformed caller has no number that a rule or a report could be keyed by.
    """

    kind: Kind
    text: str = ""

    @property
    def last_digits(self) -> str:
        """The last three digits, all that is ever said or logged of a number."""
        return self.text[-3:]


def read(raw: str, home_region: str, extra_ranges: tuple[str, ...] = ()) -> Number:
    """Normalise a raw caller id as Twilio sends it, or a number as a person types it.

    The same number in any spelling gives the same result: with or without its plus or 00, with the home region's trunk
    prefix, as a sip:, sips: or tel: address, percent-encoded, with separators, invisible marks or digits of another
    script. A short code of the home region stays one behind a country code. What was read reads as itself again.

    Digits without a plus or 00 are a number of the home region if that is a valid one, else a number with its country
    code if that is valid, else a short code, and at last whatever has a possible length, the home region first.

    ``extra_ranges`` are numbers that are newer than libphonenumber, such as ``+9686xxxxxxx`` (one x a digit).

    Never raises: what can't be a number is ``Kind.MALFORMED``.
    """
    return _read(raw, home_region, extra_ranges) if len(raw) <= _LONGEST_READ else Number(Kind.MALFORMED)


@lru_cache(maxsize=1024)
def _read(raw: str, home_region: str, extra_ranges: tuple[str, ...]) -> Number:
    text = spelling.bare(raw)
    if text == spelling.WITHHELD:
        return Number(Kind.WITHHELD)
    number = _recognised(text, home_region, extra_ranges)
    if number.text and _recognised(number.text, home_region, extra_ranges) != number:
        return Number(Kind.MALFORMED)  # digits that would be another's when they are read again are nobody's
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
    """Whether these are nobody's digits: a word on the keypad, also behind +1 as Twilio shows some, or zeros alone."""
    word = digits.removeprefix("00")
    return not digits.strip("0") or word in _WITHHELD_KEYPAD or (word[:1] == "1" and word[1:] in _WITHHELD_KEYPAD)


def _spelled(digits: str, home_region: str, *, plus: bool) -> Iterator[phonenumbers.PhoneNumber]:
    """The numbers that these digits may spell, the likeliest first."""
    if not plus:  # as it is dialled in the home region, its international prefix included
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
    """Whether a number that libphonenumber does not know may exist: ranges open before it hears of them.

    No such number begins with a zero behind its country code: the few countries where some do are well known to it.
    """
    if not phonenumbers.is_possible_number(parsed) or parsed.italian_leading_zero:
        return False
    if parsed.country_code == _NORTH_AMERICA:
        return bool(_NORTH_AMERICAN.fullmatch(str(parsed.national_number)))
    return len(_text(parsed)) > _SHORTEST_UNKNOWN


def _short_code(digits: str, home_region: str, extra_ranges: tuple[str, ...], *, plus: bool) -> str:
    """The short code of the home region that these digits show, or an empty string.

    It may stand behind a plus, the home country's code, or the +1 that Twilio puts before what is no number; so
    nobody who shows the operator's short code is taken for another.
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
            # Where numbers are as short as that, digits that are one of them are no code.
            at_home = [parsed for parsed in _parsed(code, home_region) if not _is_known(parsed, extra_ranges)]
            if any(holds(parsed, home_region) for parsed in at_home):
                return code
    return ""


def country_code(text: str) -> str:
    """The country code, with its plus, that an E.164 number or the beginning of one has; empty for none."""
    codes = (text[: 1 + length] for length in (1, 2, 3))  # no code is the beginning of another
    return next((code for code in codes if int(code[1:] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), "")


def in_ranges(text: str, ranges: tuple[str, ...]) -> bool:
    """Whether an E.164 number is in one of some ranges, each written like ``+9686xxxxxxx``."""
    return any(len(text) == len(one) and text.startswith(one.rstrip("x")) for one in ranges)


def costs_the_caller(text: str) -> bool:
    """Whether ringing this E.164 number costs more than a call: a premium or shared-cost one, rung under no setting."""
    costly = {phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST}
    return phonenumbers.number_type(phonenumbers.parse(text)) in costly


def may_be_dialled(number: Number, home_region: str, extra_ranges: tuple[str, ...] = ()) -> bool:
    """Whether this is a fixed or mobile number of the home region: all that we ever dial or text unregistered.

    ``extra_ranges`` hold such numbers that are newer than libphonenumber.
    """
    if number.kind is not Kind.E164:
        return False
    parsed = phonenumbers.parse(number.text)
    if phonenumbers.is_valid_number_for_region(parsed, home_region):
        return phonenumbers.number_type(parsed) in _DIALLED
    at_home = parsed.country_code == phonenumbers.country_code_for_region(home_region)
    newer = at_home and not phonenumbers.is_valid_number(parsed) and in_ranges(number.text, extra_ranges)
    return newer and not costs_the_caller(number.text)
