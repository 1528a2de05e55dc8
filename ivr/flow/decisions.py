"""The pure decisions that pages name: conditions on a key, checks of typed digits, and choices between results."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.numbers import phone_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.flow.facts import Facts
    from ivr.flow.state import State


class Decision(NamedTuple):
    """A named choice: what it asks, every result that it can have, and the function that chooses one."""

    question: str
    results: tuple[str, ...]
    choose: Callable[[State, Facts], str]


def _yes(held: bool) -> str:  # noqa: FBT001  # the one word that every yes-or-no decision turns on
    return "yes" if held else "no"


def _is_number(digits: str, facts: Facts) -> bool:
    return phone_number.read(digits, facts["home_region"], facts.get("extra_number_ranges", ())).kind in {
        phone_number.Kind.E164,
        phone_number.Kind.SHORT,
    }


def _care_known(facts: Facts) -> bool:
    return bool(facts["care_number"] or facts.get("care_workflow_sid"))


CONDITIONS: Mapping[str, Callable[[State, Facts], bool]] = {
    # A caller who shows no number can't be put on a list.
    "may_be_trusted": lambda state, _: state.verdict == "unknown" and bool(state.digits) and not state.recorded,
    "can_be_reported": lambda state, _: state.recorded != "no",
    "care_known": lambda _, facts: _care_known(facts),
    "care_by_move": lambda _, facts: _care_known(facts) and bool(facts.get("can_move")),
    "may_be_rung_back": lambda state, facts: state.leg == "rung_back" or bool(facts.get("can_ring")),
    "reports_counted": lambda state, _: isinstance(state.reports, int) and state.reports > 0,
    "reports_many": lambda state, _: state.reports == "many",
    "about_known": lambda state, _: bool(state.about),
    "ending_known": lambda _, facts: bool(facts.get("ending")),
    "digits_known": lambda state, _: bool(state.digits),
    "one_message": lambda state, _: state.messages == 1,
    "several_messages": lambda state, _: state.messages > 1,
    "messages_known": lambda state, _: bool(state.messages),
    "texts_are_sent": lambda _, facts: bool(facts.get("sms_from")),
    "number_known": lambda _, facts: bool(facts.get("number")),
    "nothing_to_note": lambda state, facts: not state.reference and not facts.get("number"),
    "position_known": lambda _, facts: bool(facts.get("position")),
    "category_known": lambda state, _: bool(state.category),
    "reference_known": lambda state, _: bool(state.reference),
    "customer_comes": lambda state, _: state.coming == "customer",
    "caller_comes": lambda state, _: state.coming == "caller",
    "language_chosen": lambda state, _: bool(state.speaks),
}

CHECKS: Mapping[str, Callable[[str, Facts], bool]] = {
    "phone_number": _is_number,
}

DECISIONS: Mapping[str, Decision] = {
    "flagged": Decision("Is the caller flagged?", ("yes", "no"), lambda state, _: _yes(state.verdict == "flagged")),
    # Never of a flagged or a blocked caller; and a trusted one is not asked to talk to a machine.
    "message_may_be_left": Decision(
        "Is the caller unknown, and may unknown callers leave messages?",
        ("yes", "no"),
        lambda state, facts: _yes(state.verdict == "unknown" and facts.get("message_seconds", 0) > 0),
    ),
    "report_number_known": Decision(
        "Does the report line have a public number?", ("yes", "no"), lambda _, facts: _yes(bool(facts["report_number"]))
    ),
    "asked_nothing": Decision(
        "Does the customer only hear who calls, without a question?",
        ("yes", "no"),
        lambda state, _: _yes(state.quiet),
    ),
    "guarded": Decision(
        "Do customer and caller talk in a conference, which star ends?",
        ("yes", "no"),
        lambda state, _: _yes(state.guarded),
    ),
    "which_leg": Decision(
        "Whose leg is this: the customer's in the whisper, the customer's after it, or another one?",
        ("whisper", "talk", "other"),
        lambda state, _: {"customer": "whisper", "talk": "talk"}.get(state.leg, "other"),
    ),
    "rung_back": Decision(
        "Is this a leg that we dialled to the registered number?",
        ("yes", "no"),
        lambda state, _: _yes(state.leg == "rung_back"),
    ),
    "something_lost": Decision(
        "Was anything lost or given away?", ("yes", "no"), lambda state, _: _yes(state.loss == "yes")
    ),
    "care_known": Decision(
        "Does customer care have a number, or a queue?", ("yes", "no"), lambda _, facts: _yes(_care_known(facts))
    ),
    "care_queues": Decision(
        "Does customer care have a queue at Twilio?",
        ("yes", "no"),
        lambda _, facts: _yes(bool(facts.get("care_workflow_sid"))),
    ),
    "second_care_known": Decision(
        "Does customer care have a second number?",
        ("yes", "no"),
        lambda _, facts: _yes(bool(facts["care_fallback_number"])),
    ),
}
