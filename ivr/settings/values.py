"""Reads the text of one setting. Each function raises ``ValueError``, whose text says what the setting must be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import tzdata

from ivr.care import ALWAYS
from ivr.locales import folder, language
from ivr.locales.codes import MOST_IN_A_ROW, is_code
from ivr.numbers import phone_number, spelling
from ivr.numbers.plan_lengths import REGIONS
from ivr.xml_text import forbidden_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST_DIGITS = 15  # of E.164
_TIME_ZONE_FILE = b"TZif"  # how each begins (RFC 9636); lists and tables lie beside them
_LONGEST_NAME = 60  # characters; no operator's name is longer, and it is far below the limit of a Say


def choice(*allowed: str) -> Callable[[str], str]:
    """One of the allowed words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError("it must be " + " or ".join(allowed))
        return text

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"it must be a whole number from {least} to {most}")
        return int(text)

    return read


# Languages.

_MOST_LANGUAGES = 9  # keys of the language menu, 1 to 9


def language_codes(text: str) -> tuple[str, ...]:
    """Languages that have a folder, with commas between."""
    codes = listed_numbers(text)
    for code in codes:
        if code not in folder.known():
            raise ValueError(f"there is no folder ivr/locales/{code}: there are {', '.join(folder.known())}")
        language.load(code)
    if len(set(codes)) != len(codes) or not 1 <= len(codes) <= _MOST_LANGUAGES:
        raise ValueError(f"it must name each language once, and {_MOST_LANGUAGES} at most")
    return codes


def languages_in_a_row(text: str) -> str:
    """One language, or two with a hyphen between, or nothing. Whether they are offered: ``ivr.settings.rules``."""
    codes = text.split("-")
    if text and not (all(map(is_code, codes)) and len(set(codes)) == len(codes) <= MOST_IN_A_ROW):
        raise ValueError("it must be one language, or two with a hyphen between, such as ar-en")
    return text


def by_language(text: str) -> Mapping[str, str]:
    """Values by language: ``ur=...; hi=...``."""
    values: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        code, equals, value = map(str.strip, part.partition("="))
        if not equals or not value or not is_code(code) or code in values:
            raise ValueError(f"{part!r} is not of the form ur=..., or its language comes twice")
        values[code] = value
    return values


# Texts of a TwiML document.


def spoken(text: str) -> str:
    """A name that a voice says in a sentence."""
    if len(text) > _LONGEST_NAME:
        raise ValueError(f"it must be a name of at most {_LONGEST_NAME} characters, and has {len(text)}")
    return written(text)


def written(text: str) -> str:
    """A text that is written into a document."""
    if found := forbidden_in(text):
        raise ValueError(f"it holds the character {found}, which XML forbids: Twilio could play no document with it")
    return text


# Numbers.


def telephone_number(text: str) -> str:
    """A telephone number in E.164, or nothing."""
    number = phone_number.read(text, "ZZ")
    in_full = spelling.bare(text).startswith(("+", "00"))
    if text and not (in_full and number.kind is phone_number.Kind.E164):
        raise ValueError("it must be a telephone number in E.164, such as +96824123456")
    return number.text if text else ""


def listed_numbers(text: str) -> tuple[str, ...]:
    """Numbers separated by commas. ``ivr.settings.rules`` checks them, since it knows the home region."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def number_ranges(text: str) -> tuple[str, ...]:
    """Ranges of numbers separated by commas: a country code, one digit or more, and an x for each further digit."""
    ranges = listed_numbers(text)
    for one in ranges:
        why = _what_is_wrong_with_range(one)
        if why:
            raise ValueError(f"{one!r} {why}. Write a range as +9686xxxxxxx: an x for each digit that may be any")
    return ranges


def _what_is_wrong_with_range(one: str) -> str:
    if not re.fullmatch(r"\+[1-9][0-9]*x+", one) or len(one) > len("+") + _MOST_DIGITS:
        return f"is no range of numbers of at most {_MOST_DIGITS} digits"
    country = phone_number.country_code(one.rstrip("x"))
    if not country:
        return "begins with no country code"
    if one.rstrip("x") == country:
        return f"is all of {country}: name at least one digit more"
    if any(phone_number.costs_the_caller(one.replace("x", digit)) for digit in "0123456789"):
        return "holds premium numbers, which are never rung"
    return ""


def sms_sender(text: str) -> str:
    """The sender of an SMS, or nothing."""
    service, name = r"MG[0-9a-f]{32}", r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}"
    if text and not text.startswith("+") and not re.fullmatch(f"{service}|{name}", text):
        raise ValueError("it must be a number in E.164, a messaging service (MG...), a sender id, or empty")
    return telephone_number(text) if text.startswith("+") else text


# Times and places.


def opening_hours(text: str) -> str:
    """Opening hours, as ``ivr.care.hours`` reads them."""
    if text != ALWAYS:
        from datetime import UTC

        from ivr.care import hours  # not imported for a care that is always open

        hours.read(text, UTC)  # any zone will do: the zone is another setting, and no rule is wrong in one zone only
    return text


def time_zone(text: str) -> str:
    """A name of the time zone database."""
    # tzdata's files are enough here: importing zoneinfo takes 2 ms of a cold start, and most calls need no time of day.
    file = Path(tzdata.__file__).with_name("zoneinfo").joinpath(text)
    is_name = re.fullmatch(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}", text)
    if not is_name or not file.is_file() or not file.read_bytes().startswith(_TIME_ZONE_FILE):
        raise ValueError("it must be a name of the time zone database, such as Asia/Muscat")
    return text


def country(text: str) -> str:
    """A country by its two letters, for the normalisation of numbers."""
    if text not in REGIONS:
        raise ValueError("it must be a two-letter country code of a country that has telephone numbers, such as OM")
    return text


# Names of Twilio.


def location(text: str) -> str:
    """An edge or a region of Twilio, which is part of a host name; or nothing."""
    if text and not re.fullmatch(r"[a-z0-9-]{2,32}", text):
        raise ValueError("it must be a location by Twilio's name for it, such as dublin or ie1, or empty")
    return text


def workflow_sid(text: str) -> str:
    """A TaskRouter workflow, or nothing."""
    if text and not re.fullmatch(r"WW[0-9a-f]{32}", text):
        raise ValueError("it must be a TaskRouter workflow's Sid, WW and 32 hexadecimal digits, or empty")
    return text
