"""How a call is judged, asked beside it: the same one look-up and the same rules; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.screening import rules
from ivr.screening.routing import route
from ivr.telephony.attestation import Attestation

if TYPE_CHECKING:
    from infra.cli.target import Target
    from ivr.numbers.phone_number import Number
    from ivr.screening.verdict import Verdict


class Judged(NamedTuple):
    """A call as it is judged: what was lookup up, each rule that spoke, the first of which decides, and the way in."""

    case: rules.ScreeningInput
    called: str
    spoke: list[Verdict]
    way: str

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.spoke[0]


def judge_call(
    target: Target,
    caller: Number,
    called: str,
    now: int,
    *,
    attestation: Attestation = Attestation.NONE,
    forwarded_from: str = "",
    spam_score: int = 0,
) -> Judged:
    """Judge a call from ``caller`` to the line ``called`` (E.164) at ``now`` (epoch seconds).

    Raises ``StoreUnavailableError``.
    """
    settings = target.settings
    always_ring = settings.normalised(settings.always_ring)
    lookup = target.store.look_up(called, caller, now)
    case = rules.ScreeningInput(
        caller=caller,
        lookup=lookup,
        now=now,
        own_numbers=settings.numbers_of_our_own,
        always_ring=always_ring,
        attestation=attestation,
        spam_score=spam_score,
    )
    spoke = rules.verdicts(case)
    way = route(
        lookup,
        spoke[0],
        caller=caller,
        forwarded_from=settings.number(forwarded_from).text,
        call_sid="",
        now=now,
        always_ring=always_ring,
    )
    return Judged(case, called, spoke, way)


def because(verdict: Verdict) -> str:
    """The rule that gave a verdict, by its number and its name."""
    return f"rule {verdict.rule} ({verdict.reason.value.replace('_', ' ')})"
