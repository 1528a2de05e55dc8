"""The route of an incoming call after its verdict: one of the exits of the step ``screened:arrive``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ivr.calls.verdict import Reason, Verdict, VerdictKind

if TYPE_CHECKING:
    from ivr.numbers.phone_number import Number
    from ivr.screening.rules import CallerLookup

    Route = Literal["loop", "report_line", "blocked", "ring", "unknown", "flagged", "strict_withheld", "strict_flagged"]


def route(  # noqa: PLR0911  # a table of ways, each with its reason, reads best as returns
    lookup: CallerLookup,
    verdict: Verdict,
    *,
    caller: Number,
    forwarded_from: str,
    call_sid: str,
    now: int,
    always_ring: frozenset[str],
) -> Route:
    """The route of a call.

    ``forwarded_from`` is normalised E.164 or empty. A number without a line is a report line.

    The customer's own block overrides ``always_ring``, since it is their telephone. (A report alone blocks no such
    number: ``ivr.screening.rules.own_block``.)
    """
    line, ring = lookup.line, lookup.ring
    if lookup.caller_is_line or (line and caller.text == line.number):
        return "loop"
    if line is None or line.kind == "report":
        return "report_line"
    # A customer who dials their own line. A number that the network found forged does not count: the answer would tell
    # the forger that this line rings that number. In networks without attestation a forger can still learn this. That
    # is accepted: the answer reveals nothing of any call, the forger knows the number already, and otherwise every
    # customer who calls for help would have to pass a notice and a check.
    if caller.text and caller.text == line.ring_to and verdict.reason is not Reason.SPOOFED:
        return "report_line"
    if forwarded_from and forwarded_from == line.ring_to:
        return "loop"
    # The customer's telephone forwards this service's call back to it, with the caller's number.
    if ring and caller.text and ring.caller == caller.text and ring.call_sid != call_sid and ring.rings_until > now:
        return "loop"
    if verdict.reason is Reason.OWN_BLOCK:
        return "blocked"
    if line.mode == "off" or caller.text in always_ring:
        return "ring"
    if verdict.reason is Reason.FAMILIAR:
        return "ring"
    return _by_verdict_strictly(verdict, caller) if line.mode == "strict" else _by_verdict(verdict)


def _by_verdict(verdict: Verdict) -> Route:
    match verdict.kind:
        case VerdictKind.BLOCKED:
            return "blocked"
        case VerdictKind.TRUSTED:
            return "ring"
        case VerdictKind.FLAGGED:
            return "flagged"
        case VerdictKind.UNKNOWN:
            return "unknown"


def _by_verdict_strictly(verdict: Verdict, caller: Number) -> Route:
    """On a strict line: flagged and withheld callers never ring the customer.

    Aftermath alone refuses no unknown caller: otherwise one blocked caller would close the line for all. Failed checks
    alone refuse nobody either: a fraudster could shut out the customer's family by failing under their numbers. Such a
    caller hears the warning and the check. A caller who withholds the number is refused in every case.
    """
    way = _by_verdict(verdict)
    if verdict.reason in {Reason.WITHHELD, Reason.AFTERMATH, Reason.FAILED_CHECKS}:
        return way if caller.text else "strict_withheld"
    return "strict_flagged" if way == "flagged" else way
