"""A verdict on a caller and its reason, in the words of rules, records and prompts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VerdictKind(StrEnum):
    """The kinds of verdict."""

    TRUSTED = "trusted"
    UNKNOWN = "unknown"
    FLAGGED = "flagged"
    BLOCKED = "blocked"


class Reason(StrEnum):
    """The rule that gave the verdict. Prompts explain the verdict to the customer under this name."""

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
    note: str = ""  # a note of the desk, only for the desk
    category: str = ""  # of a reported caller: the category of most reports
