"""What a step says on this leg at this moment: its prompts in each language, and the keys that work."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from ivr.flow.decisions import CONDITIONS
from ivr.flow.steps import ANNOUNCED, EACH_LANGUAGE
from ivr.locales.catalog import Prompt
from ivr.telephony.turn import Playback

if TYPE_CHECKING:
    from ivr.flow.facts import Facts
    from ivr.flow.state import State
    from ivr.flow.steps import Key, Menu, Only


def announced_digit(call_sid: str, attempt: int) -> str:
    """The digit of the human check, 3 to 8: the same on every delivery of the same webhook, another on the next try."""
    drawn = hashlib.sha256(f"{call_sid}:{attempt}".encode()).digest()[0] % 6
    if attempt > 1:  # never the digit of the try before, which the caller may just have mistyped
        before = int(announced_digit(call_sid, attempt - 1))
        drawn = drawn if drawn + 3 != before else (drawn + 1) % 6
    return str(drawn + 3)


class PromptRendering:
    """A leg as it is spoken to: its state, and the facts that prompts speak of."""

    def __init__(self, state: State, facts: Facts) -> None:
        self.state = state
        self.facts = facts

    @property
    def languages(self) -> tuple[str, ...]:
        """What is spoken on this leg, in this order."""
        return self.state.languages or self.facts["languages"]

    def prompts(self, prompts: tuple[str | Only, ...]) -> tuple[Prompt, ...]:
        """What a page says, once in each language."""
        return tuple(prompt for language in self.languages for prompt in self._in(language, prompts))

    def menu(self, menu: Menu) -> tuple[Prompt | Playback, ...]:
        """A menu's prompts, what it plays, its keys and what follows them, one language whole before the next."""
        spoken: list[Prompt | Playback] = []
        recording = self.facts.get(menu.plays, "") if menu.plays else ""
        if recording:  # in no language, so once for all of them
            spoken += [*self.prompts(menu.prompts), Playback(recording)]
        keys = self.keys(menu)
        for language in self.languages:
            spoken += [] if recording else self._in(language, menu.prompts)
            spoken += [self._option(key, language) for key in keys if key.language in {"", language}]
            spoken += self._in(language, menu.after) if self.state.attempt == 1 else []
        # An option in a language of its own is said even where that language is not spoken (yet).
        spoken += [self._option(key, key.language) for key in keys if key.language not in {"", *self.languages}]
        return tuple(spoken)

    def _option(self, key: Key, language: str) -> Prompt:
        return self._prompt(f"key.{key.goal}", language, self.press(key))

    def star(self, goal: str) -> list[Prompt]:
        """What * is for in a talk."""
        return [self._prompt(f"key.{goal}", language, "*") for language in self.languages]

    def keys(self, menu: Menu) -> list[Key]:
        """The keys of a menu that work now, one for each offered language in place of EACH_LANGUAGE."""
        working = [key for key in menu.keys if not key.when or CONDITIONS[key.when](self.state, self.facts)]
        return [one for key in working for one in (self._each_language(key) if key.press == EACH_LANGUAGE else [key])]

    def _each_language(self, key: Key) -> list[Key]:
        offered = self.facts["offered_languages"]
        return [
            key._replace(press=str(nth), sets={"languages": (language,)}, language=language)
            for nth, language in enumerate(offered, 1)
        ]

    def press(self, key: Key) -> str:
        """What is pressed for a key: itself, or the digit that is announced in this call."""
        return self._announced if key.press == ANNOUNCED else key.press

    @cached_property
    def _announced(self) -> str:
        return announced_digit(self.facts["call_sid"], self.state.attempt)

    def _in(self, language: str, prompts: tuple[str | Only, ...]) -> list[Prompt]:
        said = [p if isinstance(p, str) else p.prompt for p in prompts if self._is_said(p)]
        return [self._prompt(key, language) for key in said]

    def _is_said(self, prompt: str | Only) -> bool:
        return isinstance(prompt, str) or CONDITIONS[prompt.when](self.state, self.facts)

    def _prompt(self, key: str, language: str, press: str = "") -> Prompt:
        """The prompt that a page names.

        ``{why}`` stands for the verdict's reason, ``{about}`` for what other people reported, ``{category}`` for what
        this person did, ``{when}`` for the day that is spoken of.
        """
        state = self.state
        key = key.format(why=state.why, about=state.about, category=state.category, when=self.facts.get("when", ""))
        return Prompt(key, language, state.attempt - 1, self._values, press)

    @cached_property
    def _values(self) -> tuple[tuple[str, str], ...]:
        """What placeholders stand for: digits, or a language's code (``ivr.locales.catalog`` says how each is read)."""
        state, facts = self.state, self.facts
        values = {
            "digits": state.digits,
            "reports": str(state.reports or ""),
            "reference": state.reference,
            "messages": str(state.messages or ""),
            "number": facts.get("number", ""),
            "day": facts.get("day", ""),
            "clock": facts.get("clock", ""),
            "ending": facts.get("ending", ""),
            "position": str(facts.get("position") or ""),
            "report_number": facts.get("report_number", ""),
            "language": state.speaks,
        }
        return tuple([(name, value) for name, value in values.items() if value])
