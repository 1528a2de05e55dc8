"""The languages that a deployment offers: what stands for a setting of one that is not set, and what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.locales import folder, language

if TYPE_CHECKING:
    from collections.abc import Mapping


def standing(code: str, setting: str, values: Mapping[str, Any]) -> str:
    """What stands for a language's ``brand``, ``voice`` or ``voice_language`` where it has no setting of its own.

    That is its part of BRANDS or VOICES in ``values``, else what its folder says. Empty: nothing does.
    """
    known = language.load(code)
    if setting == "brand":
        return values["brands"].get(code, "") or known.brand
    voice, _, tag = values["voices"].get(code, "").partition(" ")
    return (voice or known.voice) if setting == "voice" else (tag.strip() or known.voice_language)


def fault(codes: tuple[str, ...], brand: Mapping[str, str], care_languages: str, named: set[str]) -> str:
    """The first thing that is wrong with the languages of LANGUAGES, with what to do, or an empty string.

    ``named`` are those that BRANDS and VOICES speak of.
    """
    for code in codes:
        known = language.load(code)
        if not brand[code]:
            return (
                f"BRAND_{code.upper()} is not set, and LANGUAGES offers {code}: set it, or {code}=NAME in BRANDS, "
                f"to the operator's name as {known.english_name} prompts say it"
            )
        for other in codes:
            if not language.name_in(code, other):
                return (
                    f"LANGUAGES offers {code} and {other}: say in names_of_others of {folder.shown(other, 'language')} "
                    f"what {known.english_name} is called in {language.load(other).english_name}"
                )
    if spare := sorted(named - set(codes)):
        return f"BRANDS or VOICES name {spare[0]!r}, which LANGUAGES does not offer: leave it out"
    if other := next((code for code in care_languages.split("-") if code not in codes), ""):
        return f"CARE_LANGUAGES is {care_languages!r}: {other!r} is not one of LANGUAGES, which are {', '.join(codes)}"
    return ""
