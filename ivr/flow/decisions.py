"""The pure decisions that pages name: conditions on a key, checks of typed digits, and choices of a way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.flow.state import State

    Facts = Mapping[str, str]


class Decision(NamedTuple):
    """A named choice: every way that it can go, and the function that chooses one."""

    ways: tuple[str, ...]
    choose: Callable[[State, Facts], str]


def _yes(held: bool) -> str:  # noqa: FBT001  # the one word that every yes-or-no decision turns on
    return "yes" if held else "no"


def _is_number(digits: str, facts: Facts) -> bool:
    return numbers.read(digits, facts["home_region"]).kind in {numbers.Kind.E164, numbers.Kind.SHORT}


CONDITIONS: Mapping[str, Callable[[State, Facts], bool]] = {
    "may_be_trusted": lambda state, _: state.verdict == "unknown" and not state.recorded,
    "can_be_reported": lambda state, _: state.recorded != "no",
    "care_known": lambda _, facts: bool(facts["care_number"]),
    "reports_counted": lambda state, _: state.reports.isdigit(),
    "reports_many": lambda state, _: state.reports == "many",
    "about_known": lambda state, _: bool(state.about),
    "ending_known": lambda _, facts: bool(facts.get("ending")),
    "digits_known": lambda state, _: bool(state.digits),
}

CHECKS: Mapping[str, Callable[[str, Facts], bool]] = {
    "phone_number": _is_number,
}

DECISIONS: Mapping[str, Decision] = {
    "flagged": Decision(("yes", "no"), lambda state, _: _yes(state.verdict == "flagged")),
    "report_number_known": Decision(("yes", "no"), lambda _, facts: _yes(bool(facts["report_number"]))),
    "asked_nothing": Decision(("yes", "no"), lambda state, _: _yes(state.quiet == "yes")),
    "on_customers_leg": Decision(("yes", "no"), lambda state, _: _yes(state.leg == "customer")),
    "rung_back": Decision(("yes", "no"), lambda state, _: _yes(state.leg == "rung_back")),
    "something_lost": Decision(("yes", "no"), lambda state, _: _yes(state.loss == "yes")),
    "care_known": Decision(("yes", "no"), lambda _, facts: _yes(bool(facts["care_number"]))),
    "second_care_known": Decision(("yes", "no"), lambda _, facts: _yes(bool(facts["care_fallback_number"]))),
}
