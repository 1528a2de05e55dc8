"""Which reports count against their caller's number, and which block it. Decided once, when a report is written. Pure.

Caller id can be forged. If a shown number were proof, a caller could have any number flagged for all customers, or have
a hospital blocked on a customer's line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.verdict import Reason

if TYPE_CHECKING:
    from ivr.reports import Report

FORGED = frozenset({Reason.SPOOFED, Reason.IMPERSONATION})  # the shown number is not the caller's
# Why a report does not count, as it is stored.
UNVERIFIED, WITHHELD, OWN_NUMBER, OVER_THE_LIMIT = "unverified", "withheld", "own_number", "over_the_limit"
_TRUSTED_BY_THE_DESK = frozenset({Reason.DESK_TRUSTED, Reason.PREFIX_TRUSTED})


class SpecialNumbers(NamedTuple):
    """Numbers (normalised) with stricter rules for reports."""

    own: frozenset[str] = frozenset()  # the operator's: reports mean that they were impersonated
    always_ring: frozenset[str] = frozenset()  # a hospital, the police: no single report may block them


NO_SPECIAL_NUMBERS = SpecialNumbers()


def is_forged(reason: str) -> bool:
    """Whether a verdict's reason means that the shown number is not the caller's."""
    return reason in FORGED


def why_uncounted(report: Report, special: SpecialNumbers = NO_SPECIAL_NUMBERS) -> str:
    """Why a report is no evidence against its caller's number (one of the codes above), or an empty string."""
    if not report.verified:
        return UNVERIFIED
    if not report.caller:
        return WITHHELD
    if is_forged(report.reason):
        return report.reason
    return OWN_NUMBER if report.caller in special.own else ""


def may_block(report: Report, special: SpecialNumbers = NO_SPECIAL_NUMBERS) -> bool:
    """Whether a report alone may block its caller on its line, by its call's verdict.

    A decision of the desk that the verdict doesn't show is checked when the report is stored (``ivr.store.reports``).
    """
    spared = report.caller in special.own | special.always_ring or report.reason in _TRUSTED_BY_THE_DESK
    return bool(report.verified and report.caller and not spared and not is_forged(report.reason))
