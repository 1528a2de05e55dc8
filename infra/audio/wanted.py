"""The sentences that can be sound: those that are the same in every call of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.flow.steps import ANNOUNCED, EACH_LANGUAGE, Menu
from ivr.flow.used_prompts import expand, used
from ivr.locales.audio import is_always_said
from ivr.locales.catalog import SPOKEN_DIGITS, SPOKEN_LANGUAGES, SPOKEN_NUMBERS, Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.page import Book
    from ivr.flow.steps import Key
    from ivr.locales.catalog import Catalog

_VALUES = SPOKEN_DIGITS | SPOKEN_NUMBERS | SPOKEN_LANGUAGES
_OPTION = "key."


class Sentence(NamedTuple):
    """A whole sentence of a language. ``press`` is the key that it names, for an option of a menu."""

    language: str
    key: str
    press: str
    text: str


def sentences(book: Book, catalogs: Mapping[str, Catalog], brands: Mapping[str, str]) -> list[Sentence]:
    """Every sentence that may be played; ``catalogs`` and ``brands`` are of the offered languages, in their order.

    A sentence with a value is no such one: a voice gives it one melody from end to end, and pieces glued together
    have several.
    """
    offered = tuple(catalogs)
    return [
        Sentence(language, key, press, catalogs[language].text(Prompt(key, language, press=press), brands[language]))
        for key, press, only in _spoken(book, offered)
        for language in (only or offered)
        if not why_said(catalogs[language], key)
    ]


def why_said(catalog: Catalog, key: str) -> str:
    """Why the provider's voice says a prompt whatever sounds there are, or an empty string. Raises ``KeyError``."""
    if is_always_said(key):
        return "it is always said by the voice, so that nobody misses it when the audio host fails"
    values = [f"{{{name}}}" for name in sorted(_VALUES) if f"{{{name}}}" in catalog.prompts[key].say[0]]
    return f"it holds {' and '.join(values)}, which differs from call to call: the voice says it" if values else ""


def presses(book: Book, key: str, offered: tuple[str, ...]) -> list[str]:
    """The keys that an option may be given; none for any other prompt."""
    return sorted({press for one, press, _ in _spoken(book, offered) if one == key and press})


def _spoken(book: Book, offered: tuple[str, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each prompt with each key that it names, and the one language that it is for, if it is for one; in order."""
    plain = [(key, "", ()) for key in used(book) if not key.startswith(_OPTION)]
    options = (
        (name, press, only)
        for page in book.pages.values()
        for step in page.steps.values()
        if isinstance(step, Menu)
        for key in step.keys
        for press, only in _pressed(key, offered)
        for name in expand(f"{_OPTION}{key.goal}")
    )
    return list(dict.fromkeys([*plain, *options]))


def _pressed(key: Key, offered: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if key.press == EACH_LANGUAGE:
        yield from ((str(nth), (language,)) for nth, language in enumerate(offered, 1))
    elif key.press == ANNOUNCED:
        yield from ((str(digit), ()) for digit in range(3, 9))
    else:
        yield key.press, ()
