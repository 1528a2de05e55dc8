"""How a call is judged, once it is looked up: its verdict and the way in. One function, for calls and for the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.screening import rules
from ivr.screening.routing import route
from ivr.telephony.attestation import Attestation

if TYPE_CHECKING:
    from ivr.numbers.phone_number import Number
    from ivr.screening.routing import Route
    from ivr.screening.verdict import Verdict


class Arrival(NamedTuple):
    """A call as it comes in, its numbers normalised."""

    caller: Number
    called: str  # E.164
    now: int  # epoch seconds
    call_sid: str = ""  # empty: no real call, but a question
    forwarded_from: str = ""  # E.164
    attestation: Attestation = Attestation.NONE
    spam_score: int = 0  # 1: a third party's list calls the number spam


class Judgement(NamedTuple):
    """What a call is taken for: what the verdict rests on, what each rule that holds says, and the way in."""

    case: rules.ScreeningInput
    spoke: list[Verdict]  # in the order of the rules: the first one is the verdict
    way: Route

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.spoke[0]


def judge(
    arrival: Arrival, lookup: rules.CallerLookup, *, own_numbers: frozenset[str], always_ring: frozenset[str]
) -> Judgement:
    """Judge a call by what its one look-up brought; the numbers are those of the settings, normalised."""
    case = rules.ScreeningInput(
        caller=arrival.caller,
        lookup=lookup,
        now=arrival.now,
        own_numbers=own_numbers,
        always_ring=always_ring,
        attestation=arrival.attestation,
        spam_score=arrival.spam_score,
    )
    spoke = rules.verdicts(case)
    way = route(
        lookup,
        spoke[0],
        caller=arrival.caller,
        forwarded_from=arrival.forwarded_from,
        call_sid=arrival.call_sid,
        now=arrival.now,
        always_ring=always_ring,
    )
    return Judgement(case, spoke, way)
