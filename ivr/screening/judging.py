"""The verdict and the route of a call after its look-up. Calls and the desk use the same function."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.screening import rules
from ivr.screening.routing import route
from ivr.telephony.signals import Signals

if TYPE_CHECKING:
    from ivr.calls.verdict import Verdict
    from ivr.numbers.phone_number import Number
    from ivr.screening.routing import Route


class Arrival(NamedTuple):
    """An incoming call, with normalised numbers."""

    caller: Number
    called: str  # E.164
    now: int  # epoch seconds
    call_sid: str = ""  # empty: no call, but a question of the desk
    forwarded_from: str = ""  # E.164
    signals: Signals = Signals()


class Judgement(NamedTuple):
    """The input of the rules, the verdict of each rule that holds, and the route."""

    case: rules.ScreeningInput
    spoke: list[Verdict]  # in the order of the rules: the first one is the verdict
    route: Route

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.spoke[0]


def judge(
    arrival: Arrival, lookup: rules.CallerLookup, *, own_numbers: frozenset[str], always_ring: frozenset[str]
) -> Judgement:
    """Judge a call by its look-up. ``own_numbers`` and ``always_ring`` are the settings, normalised."""
    case = rules.ScreeningInput(
        caller=arrival.caller,
        lookup=lookup,
        now=arrival.now,
        own_numbers=own_numbers,
        always_ring=always_ring,
        signals=arrival.signals,
    )
    spoke = rules.verdicts(case)
    chosen = route(
        lookup,
        spoke[0],
        caller=arrival.caller,
        forwarded_from=arrival.forwarded_from,
        call_sid=arrival.call_sid,
        now=arrival.now,
        always_ring=always_ring,
    )
    return Judgement(case, spoke, chosen)
