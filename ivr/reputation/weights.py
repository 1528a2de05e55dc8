"""The numbers that reputation rests on, in one place, each with its source."""

from __future__ import annotations

from typing import NamedTuple


class Weights(NamedTuple):
    """How reports add up, fade, and come to flag a caller.

    ``half_life_days`` and ``activity_half_life_days`` are part of what is stored: they can't change once data exists.
    """

    half_life_days: int = 125  # classification; PhoneBlock's (FACTS 9)
    activity_half_life_days: int = 14  # how busy a caller is; PhoneBlock's (FACTS 9)
    z: float = 1.96  # Wilson's lower bound at 95 %; n unanimous reports give n / (n + 3.84) (FACTS 9)
    threshold: float = 0.45  # four fresh reports give .51 and stay above for some six weeks without a fifth (DESIGN 5)
    most_evidence_read: int = 200  # above that a caller has "more than 200" (DESIGN 5)
    bad_in_a_block_of_10: int = 4  # FACTS 9
    bad_in_a_block_of_100: int = 8  # FACTS 9 ...
    bad_blocks_of_10: int = 4  # ... spread over this many blocks of ten


WEIGHTS = Weights()
