"""A verdict on a caller, with its reason: the words that the rules, the records and the prompts share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VerdictKind(StrEnum):
    """What a call is taken for."""

    TRUSTED = "trusted"
    UNKNOWN = "unknown"
    FLAGGED = "flagged"
    BLOCKED = "blocked"


class Reason(StrEnum):
    """The rule that gave the verdict; also the name under which prompts tell the customer why."""

    OWN_BLOCK = "own_block"
    IMPERSONATION = "impersonation"
    SPOOFED = "spoofed"
    OWN_ALLOW = "own_allow"
    DESK_TRUSTED = "desk_trusted"
    DESK_FLAGGED = "desk_flagged"
    DESK_BLOCKED = "desk_blocked"
    REPORTED = "reported"
    REPORTED_BLOCK = "reported_block"
    CAMPAIGN = "campaign"
    PREFIX_TRUSTED = "prefix_trusted"
    PREFIX_FLAGGED = "prefix_flagged"
    PREFIX_BLOCKED = "prefix_blocked"
    SPAM_SCORE = "spam_score"
    FAILED_CHECKS = "failed_checks"
    FAMILIAR = "familiar"
    AFTERMATH = "aftermath"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and the rule that gave it. ``rule`` is its number in the table."""

    kind: VerdictKind
    reason: Reason
    rule: int
    note: str = ""  # the desk's words, for the desk alone
    category: str = ""  # of a reported caller: what most reports are about
