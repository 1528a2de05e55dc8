"""Which prompts the pages use, and where: what a catalog must have, and what it need not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.calls.verdict import Reason
from ivr.flow.step_parts import Only
from ivr.reports import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ivr.flow.page import Book, Position
    from ivr.flow.steps import Step
    from ivr.locales.catalog import Catalog

# The words for a day to come, each with prompts of its own: a weekday is said of the next six days, then "later".
WHENS = ("today", "tomorrow", "mo", "tu", "we", "th", "fr", "sa", "su", "later")
_NEVER_RINGS = Reason.OWN_BLOCK  # rejected in every mode, so that no prompt has to speak of it


def expand(name: str) -> list[str]:
    """The keys that a page's prompt name stands for: itself, or one for each reason, category or day in their place."""
    for several, words in (("{about}", CATEGORIES), ("{category}", CATEGORIES), ("{when}", WHENS)):
        if several in name:
            return [name.replace(several, word) for word in words]
    if "{why}" not in name:
        return [name]
    return [name.replace("{why}", reason) for reason in Reason if reason is not _NEVER_RINGS]


def names(step: Step) -> Iterator[str]:
    """The prompt names of a step as its page writes them: what it says, and its options."""
    return _said(step.kind.says)


def used(book: Book) -> dict[str, list[Position]]:
    """Every prompt key that a call may need, with the steps that need it, in the order of the pages."""
    where: dict[str, list[Position]] = {}
    for here, _ in book.steps():
        for name in _said(book.kind(here).says):
            for key in expand(name):
                where.setdefault(key, []).append(here)
    return where


def typed_into(book: Book) -> frozenset[str]:
    """The prompts that ask for digits or a message, which # ends: only these may speak of that key.

    What asks stands last on its step: whatever is said before it is said of something else.
    """
    steps = (step for page in book.pages.values() for step in page.steps.values())
    asking = (getattr(step, "prompts", ())[-1:] for step in steps if step.kind.ended_by_hash)
    return frozenset(name for prompts in asking for name in _said(prompts))


def _said(prompts: Iterable[str | Only]) -> Iterator[str]:
    return (prompt.prompt if isinstance(prompt, Only) else prompt for prompt in prompts)


def missing_prompts(book: Book, catalogs: Mapping[str, Catalog]) -> list[str]:
    """Each prompt that a step needs and a language lacks: such a call would end in an apology."""
    return [
        f"{language}: {key!r} is missing, and {where[0].page}:{where[0].step} says it"
        for key, where in used(book).items()
        for language, catalog in catalogs.items()
        if key not in catalog.prompts
    ]
