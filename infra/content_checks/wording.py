"""What may not stand in a prompt: the faults of one text in one language, each as words for its author."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ivr.locales import folder
from ivr.locales import language as languages

if TYPE_CHECKING:
    from collections.abc import Iterator


def plain(text: str) -> str:
    """A text without vowel signs and lengthening strokes, so that words can be compared."""
    return "".join(c for c in text if unicodedata.category(c) != "Mn" and c != "\u0640")


class Rules(NamedTuple):
    """What may not stand in a prompt of one language, from ``may_not_be_said`` of its ``review.json``.

    None: nothing of this kind is forbidden in it.
    """

    # A recording of "yes" is what a fraudster is after, so nothing may invite an answer by voice: no question, and no
    # word that asks for one.
    invites_an_answer: re.Pattern[str] | None
    # Imperatives and possessives for one man or one woman alone, where the language has a form for everybody.
    addresses_one_person: re.Pattern[str] | None
    # A number in front of the noun that it counts, where that noun would have to inflect with it.
    counted_noun: re.Pattern[str] | None
    names_a_key: re.Pattern[str] | None
    ends_a_number: str  # how a prompt tells to press {key}, the one key that it may name


@lru_cache(maxsize=16)
def rules(language: str) -> Rules:
    """The rules of a language."""
    review = folder.read(language, "review")
    forbidden = review["may_not_be_said"]
    before = forbidden["before_a_word"]  # what may be written together with a word that follows it, such as "and"
    return Rules(
        invites_an_answer=_any_of(forbidden["invites_an_answer"], before),
        addresses_one_person=_any_of(forbidden["addresses_one_person"], before),
        counted_noun=_pattern(forbidden["counted_noun"]),
        names_a_key=_pattern(forbidden["names_a_key"]),
        ends_a_number=review["ends_a_number"],
    )


def _any_of(words: str, before: str) -> re.Pattern[str] | None:
    """One of the words by itself."""
    return _pattern(words and rf"(?<!\w){before}(?:{'|'.join(words.split())})(?!\w)")


def _pattern(text: str) -> re.Pattern[str] | None:
    return re.compile(text, re.IGNORECASE) if text else None


def literals(text: str) -> str:
    """A text without its placeholders. Raises ``ValueError`` for a brace that is left open."""
    return " ".join(literal for literal, _, _, _ in string.Formatter().parse(text))


def placeholders(text: str) -> set[str]:
    """The placeholders of a text as they are written. Raises ``ValueError`` for a brace that is left open."""
    fields = string.Formatter().parse(text)
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, name, spec, conversion in fields
        if name is not None
    }


def foreign_words(text: str, language: str) -> str:
    """The words of which a voice of this language can't read every letter or digit."""
    return " ".join(word for word in re.findall(r"\w+", plain(text)) if not all(_reads(c, language) for c in word))


def _reads(character: str, language: str) -> bool:
    foreign = character.isalpha() or (character.isdigit() and not character.isascii())
    return not foreign or unicodedata.name(character, "").startswith(languages.load(language).script)


def script_faults(text: str, language: str) -> Iterator[str]:
    """Faults of anything that is spoken, a brand too."""
    if foreign := foreign_words(text, language):
        yield f"{_a_language(language)} voice can't read {foreign!r}: one language a Say"
    if run := re.search(r"\d{2,}", text):
        yield f"{run.group()!r} would be read as a number: write its digits apart or as words"


def _a_language(language: str) -> str:
    name = languages.load(language).english_name
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def faults(text: str, language: str, *, brand: str, may_name: str) -> Iterator[str]:
    """Faults of a prompt's text. ``may_name`` is the word of the one key that it may speak of, or empty."""
    yield from script_faults(literals(text), language)
    # Every placeholder but the brand is digits, or the name of a language.
    spoken, forbidden = plain("".join(_filled(text, brand))), rules(language)
    if _found(forbidden.counted_noun, spoken):
        yield "a noun follows a number, which would have to inflect with it: name it first, then a colon and the number"
    if found := re.search("[?؟]", spoken) or _found(forbidden.invites_an_answer, spoken):
        yield f"{found.group()!r} invites an answer by voice, which a fraudster could record"
    if found := _found(forbidden.addresses_one_person, spoken):
        yield f"{found.group()!r} addresses one man or one woman: use the plural, or no person at all"
    yield from _key_faults(spoken, language, plain(may_name))
    if not literals(text).strip():
        yield "there is nothing to say, which Twilio refuses"


def _filled(text: str, brand: str) -> Iterator[str]:
    for literal, name, _, _ in string.Formatter().parse(text):
        yield literal
        if name is not None:
            yield brand if name == "brand" else "0"


def _found(forbidden: re.Pattern[str] | None, spoken: str) -> re.Match[str] | None:
    return forbidden.search(spoken) if forbidden else None


def _key_faults(spoken: str, language: str, may_name: str) -> Iterator[str]:
    if may_name:
        if may_name not in spoken:
            yield f"it does not say that {may_name!r} ends the number"
        spoken = re.sub(rules(language).ends_a_number.replace("{key}", re.escape(may_name)), "", spoken)
    if found := _found(rules(language).names_a_key, spoken):
        yield f"{found.group()!r}: keys are spoken from the menu alone, so that none is promised that does not work"
