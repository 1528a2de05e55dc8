"""The pages' own words, said to somebody who didn't write them: what a step does, asks and waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.steps import Act, Collect, Connect, Decide, Goodbye, Join, Menu, Reject, Say, Transfer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.flow.page import Book
    from ivr.flow.steps import Step

# A word that is missing in these tables is shown as it is; a test says which.
CONDITIONS: Mapping[str, str] = {
    "may_be_trusted": "only if the caller is unknown and the call was recorded",
    "can_be_reported": "only if the call was recorded",
    "care_known": "only if customer care has a number",
    "reports_counted": "only if other people reported the caller",
    "reports_many": "only if more than two hundred people did",
    "about_known": "only if most of them said for what",
    "ending_known": "only if the caller's number is known",
    "digits_known": "only if the caller's number is known",
}
QUESTIONS: Mapping[str, str] = {
    "flagged": "Is the caller flagged?",
    "report_number_known": "Does the report line have a public number?",
    "asked_nothing": "Is the customer only told who calls, and asked nothing?",
    "on_customers_leg": "Is this the customer of a screened call? (Nobody can be dialled for them.)",
    "rung_back": "Is this a leg that we dialled to the registered number?",
    "something_lost": "Was anything lost or given away?",
    "care_known": "Does customer care have a number?",
    "second_care_known": "Does customer care have a second number?",
}
EFFECTS: Mapping[str, str] = {
    "screen": "The caller is looked up and gets a verdict.",
    "open_ring": "The customer's line is taken for this call.",
    "close_ring": "The customer's line is free again.",
    "accept": "It is stored that the customer takes the call.",
    "accept_and_trust": "It is stored that the customer takes the call, and trusts the number from now on.",
    "record_report": "The report is recorded.",
    "note_report": "The answer is added to the report.",
    "keep_number": "The number is kept until it is confirmed.",
    "recall_number": "The number is fetched again.",
    "ask_ring_back": "A ring-back to the registered number is asked for, if there is one.",
    "find_last_call": "The last screened call to this customer is looked up.",
    "report_last_call": "The report on that call is recorded.",
    "find_last_report": "The customer's last report is looked up, if it is not older than a day.",
    "withdraw_last_report": "That report is withdrawn.",
    "open_dispute": "An objection to the caller's own number being listed is recorded.",
    "record_number": "The report on this number is recorded.",
}
_NUMBERS: Mapping[str, str] = {"care_number": "customer care", "care_fallback_number": "customer care's second number"}


def words(name: str) -> str:
    """A name of the pages as words."""
    return name.replace("_", " ")


def condition(name: str) -> str:
    """When a key is offered or a prompt is said."""
    return CONDITIONS.get(name, f"only if {words(name)}")


def what_happens(step: Step, book: Book) -> str:  # noqa: PLR0911  # a table with a sentence for each kind of step
    """What a step does, in one sentence."""
    match step:
        case Menu():
            return f"Says this, offers the keys and waits for one; {step.tries} times at most."
        case Collect():
            return f"Says this and waits for digits, ended with #; {step.tries} times at most."
        case Decide():
            return QUESTIONS.get(step.by, words(step.by))
        case Act():
            return EFFECTS.get(step.effect, words(step.effect))
        case Say():
            return "Says this and goes on."
        case Connect():
            return f"Rings the customer. Whoever answers hears: *{book.pages[step.whisper].title}*."
        case Transfer():
            return f"Rings {_NUMBERS.get(step.to, words(step.to))}."
        case _:
            return _how_it_ends(step)


def _how_it_ends(step: Goodbye | Reject | Join) -> str:
    match step:
        case Goodbye():
            return "Says this and hangs up." if step.prompts else "Hangs up."
        case Reject():
            return f"Does not answer; the caller's telephone says: {words(step.reason)}."
        case Join():
            return "Says this, and joins caller and customer." if step.prompts else "Joins caller and customer."


def ways_on(step: Step) -> Mapping[str, str]:
    """Where a step leads besides its keys: what must happen, and the exit."""
    match step:
        case Menu() | Collect():
            typed = {f"{words(step.valid)} typed": step.then} if isinstance(step, Collect) else {}
            return {**typed, "silence every time": step.silence, "something else every time": step.failure}
        case Decide():
            return {words(way): exit_ for way, exit_ in step.ways.items()}
        case Act():
            ways = {words(way): exit_ for way, exit_ in step.ways.items()}
            return {**ways, "the store can't be reached": step.store_down}
        case Say() | Connect():
            return {"afterwards": step.then}
        case Transfer():
            return {"answered": step.answered, "not answered": step.unanswered}
        case _:
            return {}
