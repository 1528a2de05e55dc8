"""What the network says of the number that a caller shows (STIR/SHAKEN, ATIS-1000074)."""

from __future__ import annotations

from enum import StrEnum


class Attestation(StrEnum):
    """How far the caller's own network vouches for the number; none of it exists outside the United States so far."""

    FULL = "A"  # the caller may use this number
    PARTIAL = "B"  # the network knows the caller, not their right to the number
    GATEWAY = "C"  # the call came from elsewhere
    FAILED = "failed"  # the signature of what was said is wrong
    NONE = ""  # nothing was said
