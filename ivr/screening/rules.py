"""The verdict table: rules over the result of one look-up. The first rule that holds decides.

The first line of each docstring, "NUMBER (VERDICT): WORDS", is printed by ``ivr explain`` and in docs/desk.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.verdict import Reason, Verdict, VerdictKind
from ivr.numbers.phone_number import Kind, Number
from ivr.records.base import is_in_force
from ivr.reputation.scoring import is_bad
from ivr.telephony.signals import Attestation, Signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.calls.call_record import LineLock
    from ivr.reputation.items import Block, Reputation
    from ivr.screening.caller_list import ListEntry
    from ivr.screening.desk_decision import DeskDecision, PrefixRule
    from ivr.screening.line import Line


AFTERMATH_SECONDS = 60  # in which a refused caller may try again from another number
CAMPAIGN_LINES = 10  # different lines in ten minutes; no person calls so many
_FAMILIAR_DAYS = 2  # different days with an accepted talk


class CallerLookup(NamedTuple):
    """The result of the look-up. ``complete`` is False if a part of it could not be read."""

    line: Line | None = None
    caller_is_line: bool = False
    ring: LineLock | None = None
    listed: ListEntry | None = None
    decision: DeskDecision | None = None
    prefix_rules: tuple[PrefixRule, ...] = ()
    reputation: Reputation | None = None
    blocks: tuple[Block, ...] = ()  # the caller's blocks of ten and of a hundred numbers, if they have members
    campaign_lines: frozenset[str] = frozenset()  # rung by this caller in this and the last ten minutes
    talk_days: frozenset[str] = frozenset()  # days on which this line's customer talked with this caller
    distrusted: bool = False  # this line's customer once reported this caller
    failing_until: int = 0  # until when this caller is flagged for repeatedly failing the check
    shaken_at: int = 0  # when this line was last reported on, or had the first blocked call of an hour
    complete: bool = True


class ScreeningInput(NamedTuple):
    """The input of every rule."""

    caller: Number
    lookup: CallerLookup
    now: int  # epoch seconds
    own_numbers: frozenset[str] = frozenset()  # the operator's, normalised; short codes too
    always_ring: frozenset[str] = frozenset()  # a hospital, the police; normalised
    signals: Signals = Signals()
    campaign_threshold: int = CAMPAIGN_LINES


_DESK = {
    "trusted": (VerdictKind.TRUSTED, Reason.DESK_TRUSTED, Reason.PREFIX_TRUSTED),
    "flagged": (VerdictKind.FLAGGED, Reason.DESK_FLAGGED, Reason.PREFIX_FLAGGED),
    "blocked": (VerdictKind.BLOCKED, Reason.DESK_BLOCKED, Reason.PREFIX_BLOCKED),
}


def _is_own_and_attested(case: ScreeningInput) -> bool:
    """Whether the caller shows one of the operator's numbers with attestation A."""
    return case.signals.attestation is Attestation.FULL and case.caller.text in case.own_numbers


def _is_spared(case: ScreeningInput) -> bool:
    """Whether a report alone must not block this number: otherwise one spoofed call would block it for weeks."""
    decision = case.lookup.decision
    trusted = decision and decision.verdict == "trusted" and is_in_force(decision.until, case.now)
    return bool(trusted) or case.caller.text in case.own_numbers | case.always_ring


def own_block(case: ScreeningInput) -> Verdict | None:
    """1 (blocked): the customer's own block."""
    listed = case.lookup.listed
    if listed and listed.word == "block" and is_in_force(listed.until, case.now):
        if listed.by_report and _is_spared(case):  # the block is older than the number's protection
            return None
        return Verdict(VerdictKind.BLOCKED, Reason.OWN_BLOCK, 1)
    return None


def impersonation(case: ScreeningInput) -> Verdict | None:
    """2 (flagged): the caller shows one of the operator's own numbers (OWN_NUMBERS) without attestation A."""
    if case.caller.text in case.own_numbers and not _is_own_and_attested(case):
        return Verdict(VerdictKind.FLAGGED, Reason.IMPERSONATION, 2)
    return None


def spoofed(case: ScreeningInput) -> Verdict | None:
    """3 (flagged): caller-id attestation failed. Its absence says nothing: it exists in the US only."""
    if case.signals.attestation is Attestation.FAILED:
        return Verdict(VerdictKind.FLAGGED, Reason.SPOOFED, 3)
    return None


def own_allow(case: ScreeningInput) -> Verdict | None:
    """4 (trusted): the customer's own trust."""
    listed = case.lookup.listed
    if listed and listed.word == "allow" and is_in_force(listed.until, case.now):
        return Verdict(VerdictKind.TRUSTED, Reason.OWN_ALLOW, 4)
    return None


def desk_decision(case: ScreeningInput) -> Verdict | None:
    """5 (as decided): the fraud desk's decision on this number."""
    decision = case.lookup.decision
    if decision and is_in_force(decision.until, case.now):
        kind, reason, _ = _DESK[decision.verdict]
        return Verdict(kind, reason, 5, decision.note)
    return None


def prefix_rule(case: ScreeningInput) -> Verdict | None:
    """8 (as decided): the desk's prefix rules, the longest match wins."""
    matching = [
        rule
        for rule in case.lookup.prefix_rules
        if rule.prefix and case.caller.text.startswith(rule.prefix) and is_in_force(rule.until, case.now)
    ]
    if matching:
        longest = max(matching, key=lambda rule: len(rule.prefix))
        kind, _, reason = _DESK[longest.verdict]
        return Verdict(kind, reason, 8, longest.note or longest.prefix)
    return None


def reported(case: ScreeningInput) -> Verdict | None:
    """6 (flagged): customers' reports, over the threshold: on the caller, or on their block of numbers.

    It never flags the operator's own attested call: the reports are about others who showed the number.
    """
    if _is_own_and_attested(case):
        return None
    reputation = case.lookup.reputation
    if reputation and is_bad(reputation.score, case.now):
        return Verdict(VerdictKind.FLAGGED, Reason.REPORTED, 6, category=reputation.category)
    if any(block.is_bad(case.now) for block in case.lookup.blocks):
        return Verdict(VerdictKind.FLAGGED, Reason.REPORTED_BLOCK, 6)
    return None


def campaign(case: ScreeningInput) -> Verdict | None:
    """7 (flagged): a campaign: the caller rang ten different lines within ten minutes."""
    if len(case.lookup.campaign_lines) >= case.campaign_threshold:
        return Verdict(VerdictKind.FLAGGED, Reason.CAMPAIGN, 7)
    return None


def familiar(case: ScreeningInput) -> Verdict | None:
    """10 (unknown, without the check): accepted talks on two different days, and no report."""
    if len(case.lookup.talk_days) >= _FAMILIAR_DAYS and not case.lookup.distrusted and case.lookup.complete:
        return Verdict(VerdictKind.UNKNOWN, Reason.FAMILIAR, 10)
    return None


def aftermath(case: ScreeningInput) -> Verdict | None:
    """11 (flagged): the line was reported on or had a blocked call within the last minute.

    One blocked call an hour at most (``ivr.store.projections``): it costs its caller nothing.
    """
    if 0 <= case.now - case.lookup.shaken_at <= AFTERMATH_SECONDS:
        return Verdict(VerdictKind.FLAGGED, Reason.AFTERMATH, 11)
    return None


def spam_score(case: ScreeningInput) -> Verdict | None:
    """9 (flagged): the spam score of a third party."""
    if case.signals.spam_score:
        return Verdict(VerdictKind.FLAGGED, Reason.SPAM_SCORE, 9)
    return None


def failed_checks(case: ScreeningInput) -> Verdict | None:
    """14 (flagged): the caller failed the check repeatedly within an hour (FAILED_CHECKS_AN_HOUR).

    A robot can show a bank's number and fail under it, so all decisions of the customer and the desk come first.
    """
    if case.lookup.failing_until > case.now and not _is_own_and_attested(case):
        return Verdict(VerdictKind.FLAGGED, Reason.FAILED_CHECKS, 14)
    return None


def withheld(case: ScreeningInput) -> Verdict | None:
    """12 (unknown): a withheld, malformed or impossible number."""
    if case.caller.kind in {Kind.WITHHELD, Kind.MALFORMED}:
        return Verdict(VerdictKind.UNKNOWN, Reason.WITHHELD, 12)
    return None


def unknown(_: ScreeningInput) -> Verdict:
    """13 (unknown): nothing is known."""
    return Verdict(VerdictKind.UNKNOWN, Reason.UNKNOWN, 13)


RULES: tuple[Callable[[ScreeningInput], Verdict | None], ...] = (
    own_block,
    impersonation,
    spoofed,
    own_allow,
    desk_decision,
    reported,
    campaign,
    prefix_rule,
    spam_score,
    failed_checks,
    familiar,
    aftermath,
    withheld,
    unknown,
)


def verdicts(case: ScreeningInput) -> list[Verdict]:
    """The verdict of every rule that holds, in the order of the table. The first one decides.

    After an incomplete look-up no rule may trust the caller: a part that could not be read might forbid it.
    """
    spoke = [verdict for rule in RULES if (verdict := rule(case))]
    if not case.lookup.complete:
        spoke = [verdict for verdict in spoke if verdict.kind is not VerdictKind.TRUSTED]
    return spoke
