"""The pages' own words, said to somebody who didn't write them: what a step does, asks and waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.actions.declared import DECLARED
from ivr.flow.steps import (
    Action,
    Bridge,
    Collect,
    Connect,
    Decide,
    Goodbye,
    JoinConference,
    LeaveQueue,
    Menu,
    Move,
    Poll,
    Queue,
    QueueWait,
    Reject,
    Say,
    TakeMessage,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.flow.page import Book
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
QUESTIONS: Mapping[str, str] = {
    "flagged": "Is the caller flagged?",
    "message_may_be_left": "Is the caller unknown, and may unknown callers leave messages?",
    "report_number_known": "Does the report line have a public number?",
    "asked_nothing": "Is the customer only told who calls, and asked nothing?",
    "guarded": "Are customer and caller to meet in a room, which star leaves?",
    "which_leg": "Whose leg is this: the customer's in the whisper, the customer's after it, or another one?",
    "rung_back": "Is this a leg that we dialled to the registered number?",
    "something_lost": "Was anything lost or given away?",
    "care_known": "Does customer care have a number, or a queue?",
    "care_queues": "Does customer care have a queue at Twilio?",
    "second_care_known": "Does customer care have a second number?",
}
_NUMBERS: Mapping[str, str] = {"care_number": "customer care", "care_fallback_number": "customer care's second number"}


def words(name: str) -> str:
    """A name of the pages as words."""
    return name.replace("_", " ")


def condition(name: str) -> str:
    """When a key is offered or a prompt is said."""
    return CONDITIONS.get(name, f"only if {words(name)}")


def what_happens(step: Step, book: Book) -> str:  # noqa: C901, PLR0911, PLR0912  # a table of the kinds of step
    """What a step does, in one sentence."""
    match step:
        case Menu():
            return f"Says this, offers the keys and waits for one; {step.tries} times at most."
        case Collect():
            return f"Says this and waits for digits, ended with #; {step.tries} times at most."
        case Decide():
            return QUESTIONS.get(step.by, words(step.by))
        case Action():
            return DECLARED[step.action].sentence
        case Say():
            return "Says this and goes on."
        case Connect():
            return f"Rings the customer. Whoever answers hears: *{book.pages[step.whisper].title}*."
        case Transfer():
            hears = f" Whoever answers hears: *{book.pages[step.whisper].title}*." if step.whisper else ""
            return f"Rings {_NUMBERS.get(step.to, words(step.to))}.{hears}"
        case Queue():
            return f"Waits in customer care's queue at Twilio, and hears: *{words(step.wait)}*."
        case Move():
            return "Has this leg moved out of what it is doing, and goes on here until that happens."
        case JoinConference():
            return "Says this and joins the room of this call" + (", which star leaves." if step.star else ".")
        case Poll():
            return f"Waits {step.seconds} seconds and looks again."
        case TakeMessage():
            return "Says this, gives a tone and records what is said, up to #."
        case _:
            return _how_it_ends(step)


def _how_it_ends(step: Goodbye | Reject | QueueWait | LeaveQueue | Bridge) -> str:
    match step:
        case QueueWait():
            return f"Says this and waits {step.seconds} seconds; then Twilio begins again."
        case LeaveQueue():
            return "Takes the leg out of the queue."
        case Goodbye():
            return "Says this and hangs up." if step.prompts else "Hangs up."
        case Reject():
            return f"Does not answer; the caller's telephone says: {words(step.reason)}."
        case Bridge():
            return "Says this, and joins caller and customer." if step.prompts else "Joins caller and customer."


def ways_on(step: Step) -> Mapping[str, str]:  # noqa: PLR0911  # a table of the kinds of step
    """Where a step leads besides its keys: what must happen, and the exit."""
    match step:
        case Menu() | Collect():
            typed = {f"{words(step.valid)} typed": step.then} if isinstance(step, Collect) else {}
            return {**typed, "silence every time": step.silence, "something else every time": step.failure}
        case Decide():
            return {words(way): exit_ for way, exit_ in step.ways.items()}
        case Action():
            ways = {words(way): exit_ for way, exit_ in step.ways.items()}
            return {**ways, "the store can't be reached": step.store_down}
        case Say() | Connect() | JoinConference() | Poll():
            return {"afterwards": step.then}
        case TakeMessage():
            return {"afterwards": step.then, "nothing was said": step.silence}
        case Move():
            return {"moved to": step.to, **{f"here, {words(way)}": exit_ for way, exit_ in step.ways.items()}}
        case Transfer() | Queue():
            return {"answered": step.answered, "not answered": step.unanswered}
        case _:
            return {}
