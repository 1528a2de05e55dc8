"""Ready-made callers, one or more of each verdict, and the lines that they may call."""

from __future__ import annotations

from typing import Any, NamedTuple

from infra.local import demo

REPORTED = "+13035550124"
"""Other customers reported this number: their reports are stored when it calls for the first time."""


class Caller(NamedTuple):
    """Somebody who calls. ``parameters`` are Twilio's, sent with each webhook; ``verdict`` is the one at first."""

    id: str
    from_: str
    words: str
    verdict: str
    parameters: dict[str, str]


_FAILED = {"StirVerstat": "TN-Validation-Failed-C"}
CALLERS = (
    Caller("unknown", "+96891234567", "a stranger", "unknown", {}),
    Caller("trusted", demo.TRUSTED, "the customer's bank, trusted by the fraud desk", "trusted", {}),
    Caller("flagged", demo.FLAGGED, "a caller whom the fraud desk flagged", "flagged", {}),
    Caller("reported", REPORTED, "a caller whom five other customers reported", "flagged", {}),
    Caller("blocked", demo.BLOCKED, "robot calls, blocked by the fraud desk", "blocked", {}),
    Caller("withheld", "anonymous", "a caller who withholds the number", "unknown", {}),
    Caller(
        "spoofed",
        "+13035550125",
        "a caller whose number is forged: the network could not attest it",
        "flagged",
        _FAILED,
    ),
    Caller(
        "impersonating",
        demo.SETTINGS["OWN_NUMBERS"],
        "a caller who shows one of the operator's own numbers",
        "flagged",
        {},
    ),
    Caller("customer", demo.CUSTOMER, "the customer, who calls the report line", "", {}),
)
LINES = (
    {
        "number": demo.PROTECTED_LINE,
        "kind": "protected",
        "words": f"the line of the customer {demo.CUSTOMER}",
    },
    {"number": demo.REPORT_LINE, "kind": "report", "words": "the public report line"},
)


def as_json(caller: Caller, verdict: str) -> dict[str, Any]:
    """A caller as the page reads it, with the verdict that a call would have now."""
    return {
        "id": caller.id,
        "from": caller.from_,
        "words": caller.words,
        "verdict": verdict,
        "parameters": caller.parameters,
    }
