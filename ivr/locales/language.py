"""What a deployment must know of a language before it speaks: its names, its script and the voice that goes with it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ivr.locales import folder

if TYPE_CHECKING:
    from collections.abc import Mapping

DIRECTIONS = ("ltr", "rtl")
_OPTIONAL = {"code": "", "brand": "", "names_of_others": {}}


class Language(NamedTuple):
    """One language, from its ``language.json``."""

    code: str
    english_name: str  # for developers and the desk
    names: Mapping[str, str]  # what it is called in other languages and in itself, by their codes
    names_of_others: Mapping[str, str]  # what other languages are called in it, where their folders do not say
    direction: str  # of its script: one of DIRECTIONS
    script: str  # as Unicode names its letters: ARABIC, LATIN, DEVANAGARI
    voice: str  # the Twilio voice that speaks it, unless a setting names another
    voice_language: str  # the language tag that goes with that voice
    brand: str  # the operator's name where no setting gives it; empty: a setting must
    example_brand: str  # a name to try the prompts with


@lru_cache(maxsize=16)
def load(code: str) -> Language:
    """The language of a code. Raises ``ivr.locales.folder.LocaleError`` where it is not there, or not whole."""
    data = folder.read(code, "language")
    lacking = [name for name in Language._fields if not data.get(name) and name not in _OPTIONAL]
    if lacking:
        raise folder.LocaleError(f"{folder.shown(code, 'language')} lacks {', '.join(lacking)}")
    if code not in data["names"]:
        raise folder.LocaleError(f"{folder.shown(code, 'language')}: names lacks {code!r}, what its speakers call it")
    if data["direction"] not in DIRECTIONS:
        raise folder.LocaleError(f"{folder.shown(code, 'language')}: direction must be {' or '.join(DIRECTIONS)}")
    return Language(**{**_OPTIONAL, **{name: data[name] for name in Language._fields if name in data}, "code": code})


def name_in(code: str, other: str) -> str:
    """What a language is called in another one, as the folder of either says; empty: neither does."""
    return load(code).names.get(other, "") or load(other).names_of_others.get(code, "")
