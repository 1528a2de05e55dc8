"""A language's prompts and its words for keys and digits, from its ``prompts.json`` and ``categories.json``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.locales import categories, folder, language

if TYPE_CHECKING:
    from collections.abc import Mapping

# Placeholders that are read digit by digit: what somebody may write down. Of how many there are, a number is heard.
SPOKEN_DIGITS = frozenset({"digits", "day", "clock", "ending", "reference", "number", "report_number"})
SPOKEN_NUMBERS = frozenset({"reports", "position", "messages"})
SPOKEN_LANGUAGES = frozenset({"language"})  # the code of a language, said by its name in the catalog's own language
TELEPHONE_KEYS = "0123456789*#"


class Prompt(NamedTuple):
    """One prompt in one language. ``wording`` counts from 0; ``values`` fill its placeholders."""

    key: str
    language: str
    wording: int = 0
    values: tuple[tuple[str, str], ...] = ()
    press: str = ""  # for an option of a menu: the key that the catalog's "press" sentence names


class Wordings(NamedTuple):
    """A prompt's first and further wordings; the last one is used again."""

    say: tuple[str, ...]


class Catalog:
    """One language's prompts."""

    def __init__(self, language: str, data: Mapping[str, Any]) -> None:
        self.language = language
        self.press: str = data["press"]
        self.keys: Mapping[str, str] = data["keys"]
        self.between_digits: str = data["between_digits"]
        self.prompts = {key: _wordings(entry) for key, entry in data["prompts"].items()}

    def text(self, prompt: Prompt, brand: str) -> str:
        """The words of a prompt; digits are spelled one by one, and an option is followed by its key."""
        wordings = self.prompts[prompt.key].say
        wording = wordings[min(prompt.wording, len(wordings) - 1)]
        named = {name: self._as_said(name, value) for name, value in prompt.values if f"{{{name}}}" in wording}
        said = wording.format(brand=brand, **named)
        if prompt.press:
            return self.press.format(goal=said, key=self.keys[prompt.press])
        return said

    def _as_said(self, name: str, value: str) -> str:
        """The words for a placeholder's value."""
        if name in SPOKEN_DIGITS:
            return self.spell(value)
        return language.name_in(value, self.language) if name in SPOKEN_LANGUAGES else value

    def spell(self, number: str) -> str:
        """A number's digits as words, with short pauses between them; a plus is not spoken."""
        return self.between_digits.join([self.keys[digit] for digit in number if digit in self.keys])


def _wordings(entry: Any) -> Wordings:
    return Wordings((entry,) if isinstance(entry, str) else tuple(entry))


def _has_words(entry: Any) -> bool:
    """Whether a prompt has words in each of its wordings; a call would be silent there."""
    if type(entry) is str:  # as most are
        return not entry.isspace() and entry != ""
    return isinstance(entry, list) and entry != [] and all(isinstance(one, str) and one.strip() for one in entry)


@lru_cache(maxsize=16)
def load(code: str) -> Catalog:
    """The catalog of a language, read once. Raises ``ivr.locales.folder.LocaleError`` where it has none that is whole.

    Which prompts it must have is for the pages to say (``ivr.flow.used_prompts``).
    """
    data = folder.read(code, "prompts")
    if lacking := [name for name in ("press", "between_digits", "keys", "prompts") if not data.get(name)]:
        raise folder.LocaleError(f"{folder.shown(code, 'prompts')} lacks {', '.join(lacking)}")
    if unnamed := [key for key in TELEPHONE_KEYS if not data["keys"].get(key)]:
        raise folder.LocaleError(f"{folder.shown(code, 'prompts')}: keys lacks the words for {' '.join(unnamed)}")
    if objects := [key for key, entry in data["prompts"].items() if isinstance(entry, dict)]:
        raise folder.LocaleError(
            f"{folder.shown(code, 'prompts')}: {objects[0]!r} is an object: write its words alone, as a text or a list "
            "(docs/voice.md says where recordings go)"
        )
    if silent := [key for key, entry in data["prompts"].items() if not _has_words(entry)]:
        raise folder.LocaleError(f"{folder.shown(code, 'prompts')}: {silent[0]!r} has no words in a wording")
    return Catalog(code, {**data, "prompts": {**data["prompts"], **categories.prompts(code)}})
