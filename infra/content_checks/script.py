"""The script of the product: all that is ever said, call by call, for a person who reads no code."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from infra.content_checks.in_words import condition, exits_on, what_happens
from infra.content_checks.speech import at_its_longest, seconds
from infra.content_checks.timing import of_menu
from ivr.flow.page import Position
from ivr.flow.step_parts import words
from ivr.flow.steps import ANNOUNCED, EACH_LANGUAGE, Collect, JoinConference, Menu, Only
from ivr.flow.used_prompts import expand
from ivr.locales import folder
from ivr.locales import language as languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.page import Book, Page
    from ivr.flow.steps import Key, Step
    from ivr.locales.catalog import Catalog

_INTRODUCTION = """\
# The script

All that is said on the telephone, call by call and step by step, in {languages}. Two languages are said one after the
other, or one alone once a language is known. What stands in [brackets] differs from call to call; numbers are read
digit by digit, unless they say how many. An arrow names the step that follows.

{reviews}
"""

# The first letter of a text says how a terminal orders the line: these keep it in its order, with its full stop.
_ISOLATES = {"rtl": ("\u2067", "\u2069"), "ltr": ("", "")}
_HEARINGS = ("the first time", "the second time", "the third time")


def script(book: Book, catalogs: Mapping[str, Catalog], brands: Mapping[str, str]) -> str:
    """The whole script as Markdown, ending with a line feed.

    ``catalogs`` and ``brands`` are by language. Raises ``KeyError`` for a prompt that is missing: check first.
    """
    return _Script(book, catalogs, brands).written()


def _review(language: str) -> str:
    """Whether a native speaker has read the words of a language."""
    name, told = languages.load(language).english_name, folder.read(language, "review")["reviewed"]
    if told["by_a_native_speaker"]:
        return f"- {name}: reviewed by a native speaker ({told['role']}) on {told['on']}"
    return f"- {name}: not yet reviewed by a native speaker"


class _Script:
    def __init__(self, book: Book, catalogs: Mapping[str, Catalog], brands: Mapping[str, str]) -> None:
        self.book = book
        self.catalogs = catalogs
        self.brands = brands

    def written(self) -> str:
        named = ", ".join(f"*{code}* ({languages.load(code).english_name})" for code in self.catalogs)
        lines = [_INTRODUCTION.format(languages=named, reviews="\n".join(map(_review, self.catalogs)))]
        for page in self.book.pages.values():
            lines += [f"## {page.title}", ""]
            for step in page.steps.values():
                lines += [f"### {words(step.name)}", "", *self._step(page, step), ""]
        return "\n".join(lines).rstrip() + "\n"

    def _step(self, page: Page, step: Step) -> Iterator[str]:
        yield what_happens(Position(page.name, step.name), step, self.book)
        yield ""
        prompts: tuple[str | Only, ...] = getattr(step, "prompts", ())
        for prompt in prompts:
            yield from self._prompt(prompt, again=isinstance(step, (Menu, Collect)))
        if isinstance(step, Collect):
            yield f"- {step.invalid}, if it was no {words(step.valid)}"
            yield from self._texts(step.invalid, 0)
        if isinstance(step, Menu):
            for key in step.keys:
                yield from self._key(page, key)
            for prompt in step.after:
                yield from self._prompt(prompt, again=False)
        if isinstance(step, JoinConference) and step.star:
            yield f"- key * {self._to(page, step.then)}"
            yield from self._texts(f"key.{step.star}", 0, press="*")
        for when, exit_ in exits_on(step):
            yield f"- {when} {self._to(page, exit_)}"
        if isinstance(step, Menu):
            yield from self._moments(step)
        elif prompts:
            spoken = ", ".join(f"{ceil(self._seconds(step, language))} s in {language}" for language in self.catalogs)
            yield f"- takes about {spoken}"

    def _moments(self, menu: Menu) -> Iterator[str]:
        """When the first round of a menu comes to what matters, everything offered."""
        for language, catalog in self.catalogs.items():
            at = of_menu(menu, catalog, self.brands[language])
            yield (
                f"- about, in {language}: first sentence {at.name:.1f} s, first key {at.first_key:.1f} s, "
                f"last key {at.last_key:.1f} s, whole {at.whole:.1f} s"
            )

    def _to(self, page: Page, exit_: str) -> str:
        other, _, step = exit_.rpartition(":")
        where = f"{self.book.pages[other].title}: " if other and other != page.name else ""
        return f"→ *{where}{words(step)}*"

    def _prompt(self, prompt: str | Only, *, again: bool) -> Iterator[str]:
        name, when = (prompt.prompt, prompt.when) if isinstance(prompt, Only) else (prompt, "")
        for key in expand(name):
            hearings = self._wordings(key) if again else 1
            for nth in range(hearings):
                hearing = f", {_HEARINGS[nth]}" if hearings > 1 else ""
                yield f"- {key}{hearing}" + (f", {condition(when)}" if when else "")
                yield from self._texts(key, nth)

    def _key(self, page: Page, key: Key) -> Iterator[str]:
        if key.press == EACH_LANGUAGE:
            for nth, code in enumerate(self.catalogs, 1):
                yield f"- key {nth}, if {languages.load(code).english_name} is offered {self._to(page, key.then)}"
                yield from self._texts(f"key.{key.goal}", 0, press=str(nth), only=code)
            return
        pressed = "the announced digit" if key.press == ANNOUNCED else f"key {key.press}"
        yield f"- {pressed} {self._to(page, key.then)}" + (f", {condition(key.when)}" if key.when else "")
        yield from self._texts(f"key.{key.goal}", 0, press=key.press, only=key.language)

    def _texts(self, key: str, nth: int, press: str = "", only: str = "") -> Iterator[str]:
        for language in self.catalogs:
            if only in {"", language}:
                before, after = _ISOLATES[languages.load(language).direction]
                yield f"  - {language}: {before}{self._text(key, language, nth, press)}{after}"

    def _text(self, key: str, language: str, nth: int, press: str) -> str:
        catalog, brackets = self.catalogs[language], folder.read(language, "review")["brackets"]
        wordings = catalog.prompts[key].say
        said = wordings[min(nth, len(wordings) - 1)].format(brand=self.brands[language], **brackets)
        if press:
            return catalog.press.format(goal=said, key=brackets.get(press) or catalog.keys[press])
        return said

    def _wordings(self, key: str) -> int:
        return max(len(catalog.prompts[key].say) for catalog in self.catalogs.values())

    def _seconds(self, step: Step, language: str) -> float:
        """How long it takes, everything said; where a prompt depends on the verdict, the longest."""
        names = [p.prompt if isinstance(p, Only) else p for p in getattr(step, "prompts", ())]
        catalog, brand = self.catalogs[language], self.brands[language]
        return sum(max(seconds(at_its_longest(catalog, key, 0, brand), language) for key in expand(n)) for n in names)
