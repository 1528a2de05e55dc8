"""The pages' own words, said to somebody who didn't write them: what a step does, asks and waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ivr.actions.registry  # noqa: F401  # every action declares itself as its module is imported
from ivr.actions.declared import DECLARED
from ivr.flow.step_parts import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.page import Book, Position
    from ivr.flow.steps import Step

# A word that is missing in these tables is shown as it is; a test says which.
CONDITIONS: Mapping[str, str] = {
    "may_be_trusted": "only if the caller is unknown and has a number, and the call was recorded",
    "can_be_reported": "only if the call was recorded",
    "care_known": "only if customer care can be reached",
    "care_by_move": "only if customer care can be reached and this leg can be moved to it",
    "may_be_rung_back": "only if we can ring the customer back",
    "reports_counted": "only if other people reported the caller",
    "reports_many": "only if more than two hundred people did",
    "about_known": "only if most of them said for what",
    "ending_known": "only if the caller's number is known",
    "digits_known": "only if the caller's number is known",
    "one_message": "only if there is one",
    "several_messages": "only if there are several",
    "messages_known": "only if there are messages",
    "texts_are_sent": "only if there are messages about reports",
    "number_known": "only if a number was reported and is known",
    "nothing_to_note": "only if there is no reference and no such number",
    "position_known": "only if Twilio says it",
    "category_known": "only if they said what their caller wanted",
    "reference_known": "only if they made a report",
    "customer_comes": "only if we dialled their number",
    "caller_comes": "only if they called the report line",
    "language_chosen": "only if they chose a language",
}


def condition(name: str) -> str:
    """When a key is offered or a prompt is said."""
    return CONDITIONS.get(name, f"only if {words(name)}")


def what_happens(here: Position, step: Step, book: Book) -> str:
    """What a step does, in a sentence or two."""
    kind = step.kind
    return " ".join([kind.sentence or DECLARED[kind.action].sentence, *_aside(here, book)])


def _aside(here: Position, book: Book) -> Iterator[str]:
    for exit_, there in book.exits(here):
        if exit_.by == "aside":
            page = book.pages[there.page]
            what = page.title if exit_.to.endswith(":") else words(there.step)
            yield f"{exit_.label.capitalize()}: *{what}*."


def exits_on(step: Step) -> list[tuple[str, str]]:
    """Where a step leads besides its keys: what must happen, and the exit."""
    return [(exit_.label or "afterwards", exit_.to) for exit_ in step.kind.exits if exit_.by not in {"key", "aside"}]
