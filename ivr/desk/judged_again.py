"""Past calls judged once more by the rules of calls themselves (``ivr.screening``), with something changed.

A call keeps the reason of its verdict: it is judged over a look-up in which that rule speaks. What a later rule would
have said then is not known, and does not matter where what is changed speaks before it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.calls.verdict import Reason
from ivr.desk.known_now import NOTHING_KNOWN
from ivr.numbers.phone_number import Kind, Number
from ivr.reputation.items import Block, Reputation
from ivr.reputation.scoring import MILLION, Score
from ivr.reputation.weights import WEIGHTS
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.judging import Arrival, judge
from ivr.screening.line import Line
from ivr.screening.rules import CAMPAIGN_LINES, CallerLookup
from ivr.telephony.signals import Attestation, Signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ivr.desk.known_now import Known, PastCall
    from ivr.screening.judging import Judgement
    from ivr.settings import Settings

    Change = Callable[[CallerLookup, PastCall], CallerLookup]


class Effect(StrEnum):
    """What becomes of a call."""

    RUNG = "rung"  # at once, without a check
    CHECKED = "checked"  # the notice and the check, then the customer is rung
    WARNED = "warned"  # the fraud warning and the check; the customer hears of it
    REFUSED = "refused"  # the customer is not rung
    OTHER = "other"  # the report line, or a loop


_EFFECTS: Mapping[str, Effect] = {  # of the routes of ``ivr.screening.routing``
    "ring": Effect.RUNG,
    "unknown": Effect.CHECKED,
    "flagged": Effect.WARNED,
    "blocked": Effect.REFUSED,
    "strict_flagged": Effect.REFUSED,
    "strict_withheld": Effect.REFUSED,
    "loop": Effect.OTHER,
    "report_line": Effect.OTHER,
}
_SIGNALS: Mapping[str, Signals] = {
    Reason.SPOOFED: Signals(attestation=Attestation.FAILED),
    Reason.SPAM_SCORE: Signals(spam_score=1),
}
_SURELY_BAD = 10 * MILLION  # of ten people who report
BY_DECISION: Mapping[str, str] = {
    Reason.DESK_TRUSTED: "trusted",
    Reason.DESK_FLAGGED: "flagged",
    Reason.DESK_BLOCKED: "blocked",
}
BY_PREFIX: Mapping[str, str] = {
    Reason.PREFIX_TRUSTED: "trusted",
    Reason.PREFIX_FLAGGED: "flagged",
    Reason.PREFIX_BLOCKED: "blocked",
}


class Preview(NamedTuple):
    """What would have become of the calls. Lines are in E.164, sorted."""

    calls: int
    changed: int  # of them: another effect than it was
    before: dict[Effect, int]
    after: dict[Effect, int]
    trust_stands: list[str]  # whose customers trust the caller themselves: they are rung as before
    block_stands: list[str]  # whose customers block the caller themselves: they are not rung, as before
    familiar_lost: list[str]  # whose customers talked with the caller on two days, and would be warned or not rung
    block_lifted: list[str]  # whose customers' reports block the caller, who would be rung again


def judged_again(settings: Settings, calls: Iterable[PastCall], known: Known, change: Change) -> Preview:
    """What would have become of these calls with a change of what was looked up."""
    before, after = Counter[Effect](), Counter[Effect]()
    changed = 0
    found: dict[str, set[str]] = {name: set() for name in ("trust", "block", "familiar", "lifted")}
    for call in calls:
        lookup = _lookup(call, known)
        was = _judged(settings, call, lookup)
        now = _judged(settings, call, change(lookup, call))
        effects = _EFFECTS[was.route], _EFFECTS[now.route]
        before[effects[0]] += 1
        after[effects[1]] += 1
        changed += effects[0] is not effects[1]
        worse = effects[1] in {Effect.WARNED, Effect.REFUSED}
        reason = now.verdict.reason
        found["trust"] |= {call.line} if was.verdict.reason is reason is Reason.OWN_ALLOW else set()
        found["block"] |= {call.line} if was.verdict.reason is reason is Reason.OWN_BLOCK else set()
        found["familiar"] |= {call.line} if was.verdict.reason is Reason.FAMILIAR and worse else set()
        found["lifted"] |= {call.line} if was.verdict.reason is Reason.OWN_BLOCK is not reason else set()
    return Preview(before.total(), changed, dict(before), dict(after), *(sorted(lines) for lines in found.values()))


class _Example(NamedTuple):
    """A call that got its verdict for a reason."""

    reason: str
    caller: str = "+15005550000"
    line: str = "+15005550001"
    at: int = 0


@cache
def before_a_rule() -> frozenset[str]:
    """The reasons of what speaks before a rule for a prefix, by the order in which calls are judged."""
    rule = PrefixRule(prefix=_Example("").caller[:2], verdict="flagged")

    def gives_way(reason: str) -> bool:
        call = _Example(reason)
        lookup = _lookup(call, NOTHING_KNOWN)._replace(prefix_rules=(rule,))
        return _judgement(call, lookup).verdict.reason in BY_PREFIX

    return frozenset(reason for reason in Reason if not gives_way(reason))


def _judged(settings: Settings, call: PastCall, lookup: CallerLookup) -> Judgement:
    return _judgement(call, lookup, settings.normalised(settings.always_ring))


def _judgement(call: PastCall, lookup: CallerLookup, always_ring: frozenset[str] = frozenset()) -> Judgement:
    arrival = Arrival(
        caller=Number(Kind.E164 if call.caller.startswith("+") else Kind.SHORT, call.caller),
        called=call.line,
        now=call.at,
        signals=_SIGNALS.get(call.reason, Signals()),
    )
    own = frozenset({call.caller} if call.reason == Reason.IMPERSONATION else ())  # one of the operator's then
    return judge(arrival, lookup, own_numbers=own, always_ring=always_ring)


def decision_on(call: PastCall, verdict: str) -> DeskDecision:
    """A decision of the desk on a call's caller."""
    return DeskDecision(caller=call.caller, verdict=verdict)


def _lookup(call: PastCall, known: Known) -> CallerLookup:
    """A look-up in which the rule of this call's verdict speaks, and none before it."""
    line = known.lines.get(call.line) or Line(number=call.line, kind="protected", ring_to="?")
    lookup = CallerLookup(line=line)
    if call.reason in BY_DECISION:
        return lookup._replace(decision=decision_on(call, BY_DECISION[call.reason]))
    if call.reason in BY_PREFIX:
        any_prefix = PrefixRule(prefix=call.caller[:1], verdict=BY_PREFIX[call.reason])
        return lookup._replace(prefix_rules=(any_prefix,))
    if call.reason == Reason.OWN_BLOCK:
        usual = ListEntry(line=call.line, caller=call.caller, word="block")
        return lookup._replace(listed=replace(known.blocks.get((call.line, call.caller), usual), until=0))
    found = _FOUND.get(call.reason)
    return lookup._replace(**found(call)) if found else lookup


def _reputation(call: PastCall) -> dict[str, Any]:
    return {
        "reputation": Reputation(caller=call.caller, revision=1, expires=0, as_of=call.at, spam=_SURELY_BAD, live=10)
    }


def _block_of_numbers(call: PastCall) -> dict[str, Any]:
    bad = Score(as_of=call.at, spam=_SURELY_BAD)
    return {"blocks": (Block({str(digit): bad for digit in range(WEIGHTS.bad_in_a_block_of_10)}),)}


# What else a look-up brought, by the reason. A signal, and a number that nothing is known of, are in none.
_FOUND: Mapping[str, Callable[[PastCall], dict[str, Any]]] = {
    Reason.OWN_ALLOW: lambda call: {"listed": ListEntry(line=call.line, caller=call.caller, word="allow")},
    Reason.REPORTED: _reputation,
    Reason.REPORTED_BLOCK: _block_of_numbers,
    Reason.CAMPAIGN: lambda _: {"campaign_lines": frozenset(map(str, range(CAMPAIGN_LINES)))},
    Reason.FAILED_CHECKS: lambda call: {"failing_until": call.at + 1},
    Reason.FAMILIAR: lambda _: {"talk_days": frozenset({"one", "another"})},
    Reason.AFTERMATH: lambda call: {"shaken_at": call.at},
}
