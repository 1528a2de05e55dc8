"""How a call is received at one of our numbers, once its verdict is known. Pure; the ways are those of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.screening.verdict import Reason, Verdict, VerdictKind

if TYPE_CHECKING:
    from ivr.numbers import Number
    from ivr.screening.rules import Looked


def way_in(  # noqa: PLR0911  # a table of ways, each with its reason, reads best as returns
    looked: Looked,
    verdict: Verdict,
    *,
    caller: Number,
    forwarded_from: str,
    call_sid: str,
    now: int,
    always_ring: frozenset[str],
) -> str:
    """The way that the step ``screened:arrive`` leaves by.

    ``forwarded_from`` is normalised E.164 or empty. A line that was read and not found is nobody's: a report line.
    """
    line, ring = looked.line, looked.ring
    if looked.caller_is_line or (line and caller.text == line.number):
        return "loop"
    if line is None or line.kind == "report":
        return "report_line"
    if caller.text and caller.text == line.ring_to:
        return "report_line"
    if forwarded_from and forwarded_from == line.ring_to:
        return "loop"
    # The customer's telephone sends our own ring back to us, with the caller's number on it.
    if ring and caller.text and ring.caller == caller.text and ring.call_sid != call_sid and ring.rings_until > now:
        return "loop"
    if verdict.reason is Reason.OWN_BLOCK:
        return "blocked"
    if line.mode == "off" or caller.text in always_ring:
        return "ring"
    if verdict.reason is Reason.FAMILIAR:
        return "ring"
    return _by_verdict(verdict, strict=line.mode == "strict")


def _by_verdict(verdict: Verdict, *, strict: bool) -> str:
    match verdict.kind:
        case VerdictKind.BLOCKED:
            return "blocked"
        case VerdictKind.TRUSTED:
            return "ring"
        case VerdictKind.FLAGGED:
            return "strict_flagged" if strict else "flagged"
        case VerdictKind.UNKNOWN:
            return "strict_withheld" if strict and verdict.reason is Reason.WITHHELD else "unknown"
