"""What the network and third parties say of the number that a caller shows, as the incoming call brings it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Attestation(StrEnum):
    """How far the caller's own network vouches for the number (STIR/SHAKEN, ATIS-1000074), so far only in the USA."""

    FULL = "A"  # the caller may use this number
    PARTIAL = "B"  # the network knows the caller, not their right to the number
    GATEWAY = "C"  # the call came from elsewhere
    FAILED = "failed"  # the signature of what was said is wrong
    NONE = ""  # nothing was said


class Signals(NamedTuple):
    """The signals of one incoming call. Calls, rules and the desk carry them whole: a rule reads the one that it needs.

    The provider's folder reads them (``ivr.telephony.twilio.fields.signals``). The default of each is what a provider
    that does not know it leaves it at, and must say nothing against a caller, nor for one.
    """

    attestation: Attestation = Attestation.NONE
    spam_score: int = 0  # 1: a third party's list, asked by the provider, calls the number spam
