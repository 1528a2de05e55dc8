"""Which reports count against their caller's number, and which block it: decided once, as a report is written. Pure.

A number that was shown proves nothing by itself: otherwise a caller who can choose what is shown could have any number
flagged for everybody, or have a hospital refused on a customer's line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.verdict import Reason

if TYPE_CHECKING:
    from ivr.reports import Report

FORGED = frozenset({Reason.SPOOFED, Reason.IMPERSONATION})  # verdicts that say: the number shown is not the caller's
# Why a report does not count, as it is stored.
UNVERIFIED, WITHHELD, OWN_NUMBER, OVER_THE_LIMIT = "unverified", "withheld", "own_number", "over_the_limit"
_TRUSTED_BY_THE_DESK = frozenset({Reason.DESK_TRUSTED, Reason.PREFIX_TRUSTED})


class Apart(NamedTuple):
    """Numbers (normalised) whose reports are judged with more care."""

    own: frozenset[str] = frozenset()  # the operator's: reported as impersonated, never as callers
    always_ring: frozenset[str] = frozenset()  # a hospital, the police: no report alone may cut them off


NONE_APART = Apart()


def is_forged(reason: str) -> bool:
    """Whether a call's verdict says that the number shown is not the caller's."""
    return reason in FORGED


def why_uncounted(report: Report, apart: Apart = NONE_APART) -> str:
    """Why a report is no evidence against its caller's number, or an empty string."""
    if not report.verified:
        return UNVERIFIED
    if not report.caller:
        return WITHHELD
    if is_forged(report.reason):
        return report.reason
    return OWN_NUMBER if report.caller in apart.own else ""


def may_block(report: Report, apart: Apart = NONE_APART) -> bool:
    """Whether a report alone may block its caller on its line, as far as its call's verdict tells.

    A decision of the desk that the verdict does not show is looked at as the report is stored (``Reports.put_report``).
    """
    spared = report.caller in apart.own | apart.always_ring or report.reason in _TRUSTED_BY_THE_DESK
    return bool(report.verified and report.caller and not spared and not is_forged(report.reason))
