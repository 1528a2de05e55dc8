"""How soon the customer hears who rings and every key: the bounds of the whisper, and when a menu comes to its words.

A telephone that screens calls by itself (iOS 26, Pixel) shows its owner our first sentence, and the owner joins after
some seconds. So the sentence is short, the keys follow it, and whatever can wait is said after them.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from infra.content_checks.speech import at_its_longest, longest, seconds
from ivr.calls.verdict import Reason, VerdictKind
from ivr.flow.prompt_rendering import PromptRendering
from ivr.flow.state import State
from ivr.flow.steps import Connect, Menu, Only
from ivr.flow.used_prompts import expand
from ivr.locales.catalog import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ivr.flow.page import Book
    from ivr.flow.state import Recorded
    from ivr.locales.catalog import Catalog

MOST_SECONDS_TO_NAME = 3.0  # who we are and why we ring
MOST_SECONDS_TO_FIRST_KEY = 6.0
MOST_SECONDS_TO_LAST_KEY = 15.0  # in the language that is spoken first

_RECORDED: tuple[Recorded, ...] = ("", "no")
_NEVER_ANNOUNCED = Reason.OWN_BLOCK
_OF_UNKNOWN_CALLERS = frozenset({Reason.FAMILIAR, Reason.WITHHELD, Reason.UNKNOWN})


class Moments(NamedTuple):
    """Seconds from a menu's first word to the end of its first sentence, of its first and last key, and of it all."""

    name: float
    first_key: float
    last_key: float
    whole: float


def of_prompts(spoken: Iterable[Prompt], catalog: Catalog, brand: str) -> Moments:
    """The moments of prompts of one language, each at its longest. Raises ``KeyError`` for a prompt that is missing."""
    return _moments(
        (seconds(longest(catalog, prompt, brand), catalog.language), bool(prompt.press)) for prompt in spoken
    )


def of_menu(menu: Menu, catalog: Catalog, brand: str) -> Moments:
    """The moments of a menu's first round, every key offered; where a prompt depends on the verdict, the longest.

    Raises ``KeyError`` for a prompt that is missing.
    """
    keys = [f"key.{key.goal}" for key in menu.keys if key.language in {"", catalog.language}]
    names = [*_names(menu.prompts), *keys, *_names(menu.after)]
    return _moments(
        (
            max(seconds(at_its_longest(catalog, key, 0, brand), catalog.language) for key in expand(name)),
            name in keys,
        )
        for name in names
    )


def whispers_too_slow(book: Book, catalogs: Mapping[str, Catalog], brands: Mapping[str, str]) -> Iterator[str]:
    """Each whisper to a customer that comes to its words too late, as a line with reason, language, seconds and bound.

    Every reason is tried with every language first and with every set of keys that can work.
    """
    for page, menu in _whispered(book):
        for reason, language in product(_reasons(), catalogs):
            for keys, spoken in _rounds(menu, reason, language).items():
                try:
                    moments = of_prompts(spoken, catalogs[language], brands[language])
                except (IndexError, KeyError, ValueError):  # can't be said at all, which is a fault of its own
                    continue
                for what, at, most in _bounded(moments):
                    if at > most:
                        yield (
                            f"{language}: {page}:{menu.name}, reason {reason}, keys {keys}: {what} takes {at:.1f} s "
                            f"from the answer; {most:.0f} s is the most: shorten the words, or BRAND_{language.upper()}"
                        )


def _bounded(moments: Moments) -> Iterator[tuple[str, float, float]]:
    yield "the first sentence", moments.name, MOST_SECONDS_TO_NAME
    yield "naming the first key", moments.first_key, MOST_SECONDS_TO_FIRST_KEY
    yield "naming the last key", moments.last_key, MOST_SECONDS_TO_LAST_KEY


def _moments(spoken: Iterable[tuple[float, bool]]) -> Moments:
    now, ends, keys = 0.0, list[float](), list[float]()
    for takes, is_key in spoken:
        now += takes
        ends.append(now)
        keys += [now] if is_key else []
    return Moments(ends[0] if ends else 0.0, keys[0] if keys else 0.0, keys[-1] if keys else 0.0, now)


def _names(prompts: tuple[str | Only, ...]) -> list[str]:
    return [prompt.prompt if isinstance(prompt, Only) else prompt for prompt in prompts]


def _whispered(book: Book) -> Iterator[tuple[str, Menu]]:
    """The menus that a customer hears who is rung, each with the name of its page."""
    pages = {step.whisper for page in book.pages.values() for step in page.steps.values() if isinstance(step, Connect)}
    for name in sorted(pages):
        yield from ((name, step) for step in book.pages[name].steps.values() if isinstance(step, Menu))


def _reasons() -> list[Reason]:
    return [reason for reason in Reason if reason is not _NEVER_ANNOUNCED]


def _rounds(menu: Menu, reason: Reason, language: str) -> dict[str, list[Prompt]]:
    """What the first round says in its first language, by the keys that work."""
    verdict = VerdictKind.UNKNOWN if reason in _OF_UNKNOWN_CALLERS else VerdictKind.FLAGGED
    rounds = {}
    for recorded, care, can_move in product(_RECORDED, ("+12025550150", ""), (True, False)):
        state = State(
            languages=(language,),
            verdict=verdict,
            why=reason,
            digits="" if reason is Reason.WITHHELD else "567",
            recorded=recorded,
        )
        speaking = PromptRendering(state, {"call_sid": "CA", "care_number": care, "can_move": can_move})
        spoken = [one for one in speaking.menu(menu) if isinstance(one, Prompt) and one.language == language]
        rounds[" ".join(one.press for one in spoken if one.press)] = spoken
    return rounds
