"""The constants of the reputation score, each with its source."""

from __future__ import annotations

from typing import NamedTuple


class Weights(NamedTuple):
    """How reports and trusts add up, fade, and flag a caller.

    ``half_life_days`` and ``trust_counts_after_days`` are part of what is stored: they can't change once data exists.
    The others are used as a reputation is read, and may; of blocks of numbers, as a member's score is stored.
    """

    half_life_days: int = 125  # classification; PhoneBlock's
    z: float = 1.96  # Wilson's lower bound at 95 %; n unanimous reports give n / (n + 3.84)
    threshold: float = 0.45  # four fresh reports give .51 and stay above for about six weeks
    # A victim who was persuaded to trust a caller notices within days, so a trust is no evidence before.
    trust_counts_after_days: int = 7
    # All trusts together offset at most one report, because trusts can be bought or given by sham customers: above .37
    # four fresh reports don't flag a caller with many trusts, and up to .84 five within a day do.
    most_legit: float = 0.7
    most_evidence_read: int = 200  # above that a caller has "more than 200" reports
    bad_in_a_block_of_10: int = 4  # these three are PhoneBlock's
    bad_in_a_block_of_100: int = 8
    bad_blocks_of_10: int = 4  # that the bad members of a block of a hundred must be in


WEIGHTS = Weights()
