"""Normalises phone numbers: every spelling of a number gives the same result, and a withheld caller has no number.

libphonenumber decides what is a number (``ivr.numbers.numbering_plans``); for a plain number in E.164 and a plain short
code a table of its lengths gives the same answer (``ivr.numbers.plain``). Before that the text is reduced to a plus and
digits (``ivr.numbers.spelling``), and Twilio's words for a withheld caller are recognised (``ivr.numbers.withheld``).
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ivr.numbers import plain, spelling
from ivr.numbers.withheld import is_withheld

_MOST_DIGITS = 15 + 5  # E.164 after an international prefix (00; the longest in use has five digits)
_LONGEST_READ = 1024  # characters; no caller id is longer


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
    if is_withheld(digits):
        return Number(Kind.WITHHELD)
    if text != digits and plain.is_e164(digits):
        return Number(Kind.E164, text)
    if text == digits and plain.is_short_code(digits, home_region) and not extra_ranges:
        return Number(Kind.SHORT, digits)
    from ivr.numbers import numbering_plans  # few numbers need it

    found = numbering_plans.recognised(digits, home_region, extra_ranges, plus=text != digits)
    if not found:
        return Number(Kind.MALFORMED)
    return Number(Kind.E164 if found.startswith("+") else Kind.SHORT, found)


def prepare() -> None:
    """Import what a number needs that the table does not decide, before anybody calls."""
    from ivr.numbers import numbering_plans  # noqa: F401


def country_code(text: str) -> str:
    """The country code, with its plus, of an E.164 number or of its beginning; empty for none."""
    return f"+{code}" if (code := plain.country_code(text[1:])) else ""


def in_ranges(text: str, ranges: tuple[str, ...]) -> bool:
    """Whether an E.164 number is in one of some ranges, each written like ``+9686xxxxxxx``."""
    return any(len(text) == len(one) and text.startswith(one.rstrip("x")) for one in ranges)


def costs_the_caller(text: str) -> bool:
    """Whether a call to this E.164 number costs extra: a premium or shared-cost number, which is never rung."""
    from ivr.numbers import numbering_plans

    return numbering_plans.costs_the_caller(text)


def may_be_mobile(text: str, extra_ranges: tuple[str, ...] = ()) -> bool:
    """Whether this E.164 number may be a mobile telephone's: a number of North America may, and one in a new range."""
    from ivr.numbers import numbering_plans

    return numbering_plans.may_be_mobile(text, extra_ranges)


def may_be_dialled(number: Number, home_region: str, extra_ranges: tuple[str, ...] = ()) -> bool:
    """Whether this is a fixed or mobile number of the home region: a line may ring only these.

    ``extra_ranges`` are ranges that libphonenumber does not know yet.
    """
    from ivr.numbers import numbering_plans

    return number.kind is Kind.E164 and numbering_plans.may_be_dialled(number.text, home_region, extra_ranges)
