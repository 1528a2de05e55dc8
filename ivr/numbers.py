"""What a phone number is: libphonenumber decides, after Twilio's own words for "withheld" are taken out."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

# Twilio sends withheld callers as words or as those words typed on a keypad (FACTS 1). Two of the keypad numbers
# are possible numbers to libphonenumber, so they are recognised before it is asked.
_WITHHELD_WORDS = frozenset({"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"})
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
_SHORT_CODE_MOST_DIGITS = 6
_LONGEST_READ = 64  # no number and no sip user part that anybody can call back is longer


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
        """The last three digits, all that is ever said or logged of a number (DESIGN 5)."""
        return self.text[-3:]


def read(raw: str, home_region: str) -> Number:
    """Normalise a raw caller id as Twilio sends it, or a number as a person types it.

    Understands withheld words and their keypad spellings, short codes of the home region, the user part of a sip
    address, Arabic-Indic digits and the 00 prefix. Never raises: what can't be a number is ``Kind.MALFORMED``.
    """
    return _read(raw.strip()[:_LONGEST_READ], home_region)


@lru_cache(maxsize=1024)
def _read(raw: str, home_region: str) -> Number:
    lowered = raw.lower()
    if lowered.startswith(("sip:", "sips:")):
        lowered = raw = lowered.split(":", 1)[1].partition("@")[0].partition(";")[0]
    if not raw or lowered in _WITHHELD_WORDS or lowered.lstrip("+") in _WITHHELD_KEYPAD:
        return Number(Kind.WITHHELD)
    if any(letter.isalpha() for letter in lowered):
        return Number(Kind.MALFORMED)  # libphonenumber would read 1-800-FLOWERS; Twilio never sends one
    try:
        parsed = phonenumbers.parse(raw, home_region)
    except phonenumbers.NumberParseException:
        return Number(Kind.MALFORMED)
    if phonenumbers.is_possible_number(parsed):
        return Number(Kind.E164, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    digits = phonenumbers.normalize_digits_only(raw)
    if "+" not in raw and len(digits) <= _SHORT_CODE_MOST_DIGITS and _is_short_code(parsed, home_region):
        return Number(Kind.SHORT, digits)
    return Number(Kind.MALFORMED)


def _is_short_code(parsed: phonenumbers.PhoneNumber, home_region: str) -> bool:
    # Imported with phonenumbers itself; its metadata loads at this first use.
    return bool(phonenumbers.is_possible_short_number_for_region(parsed, home_region))


def may_be_dialled(number: Number, home_region: str) -> bool:
    """Whether this is a fixed or mobile number of the home region: all that we ever dial or text unregistered."""
    if number.kind is not Kind.E164:
        return False
    parsed = phonenumbers.parse(number.text)
    kinds = {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
    return phonenumbers.is_valid_number_for_region(parsed, home_region) and phonenumbers.number_type(parsed) in kinds
