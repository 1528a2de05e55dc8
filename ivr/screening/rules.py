"""The verdict table (DESIGN 3): pure rules over what one look-up brought, the first that holds decides.

Rules 6 (reputation), 7 (campaign), 10 (familiar) and 11 (aftermath) come with the reports; their numbers are kept free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.numbers import Kind, Number
from ivr.screening.verdict import Reason, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.records import DeskDecision, Line, Listed, PrefixRule, Ring


class Looked(NamedTuple):
    """What the one look-up brought. ``complete`` is False when any part of it could not be read."""

    line: Line | None = None
    caller_is_line: bool = False
    ring: Ring | None = None
    listed: Listed | None = None
    decision: DeskDecision | None = None
    prefix_rules: tuple[PrefixRule, ...] = ()
    complete: bool = True


class Evidence(NamedTuple):
    """Everything that a verdict may rest on."""

    caller: Number
    looked: Looked
    now: int  # epoch seconds
    own_numbers: frozenset[str] = frozenset()  # the operator's, normalised; short codes too
    attestation: str = ""  # StirVerstat, as Twilio sent it
    spam_score: int = 0  # 1: a third party's add-on, present and successful, calls it spam


_DESK = {
    "trusted": (VerdictKind.TRUSTED, Reason.DESK_TRUSTED, Reason.PREFIX_TRUSTED),
    "flagged": (VerdictKind.FLAGGED, Reason.DESK_FLAGGED, Reason.PREFIX_FLAGGED),
    "blocked": (VerdictKind.BLOCKED, Reason.DESK_BLOCKED, Reason.PREFIX_BLOCKED),
}


def _in_force(until: int, now: int) -> bool:
    return until == 0 or until > now


def own_block(e: Evidence) -> Verdict | None:
    """1: the customer's own block."""
    listed = e.looked.listed
    if listed and listed.word == "block" and _in_force(listed.until, e.now):
        return Verdict(VerdictKind.BLOCKED, Reason.OWN_BLOCK, 1)
    return None


def impersonation(e: Evidence) -> Verdict | None:
    """2: the caller shows one of the operator's own numbers without attestation A."""
    attested = e.attestation == "TN-Validation-Passed-A" or e.attestation.startswith("TN-Validation-Passed-A-")
    if e.caller.text and e.caller.text in e.own_numbers and not attested:
        return Verdict(VerdictKind.FLAGGED, Reason.IMPERSONATION, 2)
    return None


def spoofed(e: Evidence) -> Verdict | None:
    """3: caller-id attestation failed. Its absence says nothing: it exists in the US only (FACTS 1)."""
    if e.attestation.startswith("TN-Validation-Failed"):
        return Verdict(VerdictKind.FLAGGED, Reason.SPOOFED, 3)
    return None


def own_allow(e: Evidence) -> Verdict | None:
    """4: the customer's own allow."""
    listed = e.looked.listed
    if listed and listed.word == "allow" and _in_force(listed.until, e.now):
        return Verdict(VerdictKind.TRUSTED, Reason.OWN_ALLOW, 4)
    return None


def desk_decision(e: Evidence) -> Verdict | None:
    """5: the fraud desk's decision on this number."""
    decision = e.looked.decision
    if decision and _in_force(decision.until, e.now):
        kind, reason, _ = _DESK[decision.verdict]
        return Verdict(kind, reason, 5, decision.note)
    return None


def prefix_rule(e: Evidence) -> Verdict | None:
    """8: the desk's prefix rules, the longest match wins."""
    matching = [
        rule
        for rule in e.looked.prefix_rules
        if rule.prefix and e.caller.text.startswith(rule.prefix) and _in_force(rule.until, e.now)
    ]
    if matching:
        longest = max(matching, key=lambda rule: len(rule.prefix))
        kind, _, reason = _DESK[longest.verdict]
        return Verdict(kind, reason, 8, longest.note or longest.prefix)
    return None


def spam_score(e: Evidence) -> Verdict | None:
    """9: a third party's spam score."""
    if e.spam_score:
        return Verdict(VerdictKind.FLAGGED, Reason.SPAM_SCORE, 9)
    return None


def withheld(e: Evidence) -> Verdict | None:
    """12: a withheld, malformed or impossible number."""
    if e.caller.kind in {Kind.WITHHELD, Kind.MALFORMED}:
        return Verdict(VerdictKind.UNKNOWN, Reason.WITHHELD, 12)
    return None


def unknown(_: Evidence) -> Verdict:
    """13: nothing known."""
    return Verdict(VerdictKind.UNKNOWN, Reason.UNKNOWN, 13)


RULES: tuple[Callable[[Evidence], Verdict | None], ...] = (
    own_block,
    impersonation,
    spoofed,
    own_allow,
    desk_decision,
    prefix_rule,
    spam_score,
    withheld,
    unknown,
)


def verdicts(evidence: Evidence) -> list[Verdict]:
    """What every rule that holds says, in the order of the table; the first one is the verdict.

    After an incomplete look-up no rule may say "trusted", for what could not be read might have spoken against it.
    """
    spoke = [verdict for rule in RULES if (verdict := rule(evidence))]
    if not evidence.looked.complete:
        spoke = [verdict for verdict in spoke if verdict.kind is not VerdictKind.TRUSTED]
    return spoke


def judge(evidence: Evidence) -> Verdict:
    """The verdict: what the first rule that holds says."""
    return verdicts(evidence)[0]
