"""How a call is received, row by row: the line, the caller, the verdict, and the route."""

from __future__ import annotations

import pytest

from ivr.calls.call_record import LineLock
from ivr.calls.verdict import Reason, Verdict, VerdictKind
from ivr.numbers.phone_number import read
from ivr.screening.line import Line
from ivr.screening.routing import route
from ivr.screening.rules import CallerLookup

NOW = 1_795_000_000
LINE, CUSTOMER, REPORT_LINE = "+12025550100", "+12025550111", "+12025550199"
STRANGER, HOSPITAL = "+96891234567", "+96824599000"
THIS_CALL, OTHER_CALL = "CA1", "CA2"


def line(mode="standard", **changed):
    given = {"number": LINE, "kind": "protected", "ring_to": CUSTOMER, "mode": mode}
    return Line(**{**given, **changed})


def ring(**changed):
    """Our own ring of the customer's telephone for a stranger, in another call, that still rings."""
    given = {"caller": STRANGER, "call_sid": OTHER_CALL, "rings_until": NOW + 1}
    return LineLock(**{"line": LINE, "until": NOW + 60, "expires": NOW + 999, **given, **changed})


VERDICTS = {
    "unknown": (VerdictKind.UNKNOWN, Reason.UNKNOWN),
    "withheld": (VerdictKind.UNKNOWN, Reason.WITHHELD),
    "familiar": (VerdictKind.UNKNOWN, Reason.FAMILIAR),
    "trusted": (VerdictKind.TRUSTED, Reason.DESK_TRUSTED),
    "flagged": (VerdictKind.FLAGGED, Reason.DESK_FLAGGED),
    "spoofed": (VerdictKind.FLAGGED, Reason.SPOOFED),
    "aftermath": (VerdictKind.FLAGGED, Reason.AFTERMATH),
    "failed checks": (VerdictKind.FLAGGED, Reason.FAILED_CHECKS),
    "blocked": (VerdictKind.BLOCKED, Reason.DESK_BLOCKED),
    "own block": (VerdictKind.BLOCKED, Reason.OWN_BLOCK),
}


def way(found, caller, verdict, *, forwarded_from=""):
    lookup = found if isinstance(found, CallerLookup) else CallerLookup(line=found)
    kind, reason = VERDICTS[verdict]
    return route(
        lookup,
        Verdict(kind, reason, 0),
        caller=read(caller, "OM"),
        forwarded_from=forwarded_from,
        call_sid=THIS_CALL,
        now=NOW,
        always_ring=frozenset({HOSPITAL}),
    )


@pytest.mark.parametrize(
    ("mode", "caller", "verdict", "expected"),
    [
        ("standard", STRANGER, "unknown", "unknown"),
        ("standard", "anonymous", "withheld", "unknown"),
        ("standard", STRANGER, "familiar", "ring"),
        ("standard", STRANGER, "trusted", "ring"),
        ("standard", STRANGER, "flagged", "flagged"),
        ("standard", STRANGER, "spoofed", "flagged"),
        ("standard", STRANGER, "aftermath", "flagged"),
        ("standard", "anonymous", "aftermath", "flagged"),
        ("standard", STRANGER, "blocked", "blocked"),
        ("standard", STRANGER, "own block", "blocked"),
        ("strict", STRANGER, "unknown", "unknown"),
        ("strict", "anonymous", "withheld", "strict_withheld"),
        ("strict", STRANGER, "familiar", "ring"),
        ("strict", STRANGER, "trusted", "ring"),
        ("strict", STRANGER, "flagged", "strict_flagged"),
        ("strict", STRANGER, "spoofed", "strict_flagged"),
        ("strict", "anonymous", "flagged", "strict_flagged"),
        ("strict", STRANGER, "aftermath", "flagged"),  # one blocked caller closes the line to no other caller
        ("strict", "anonymous", "aftermath", "strict_withheld"),  # and opens it to no other caller
        ("strict", STRANGER, "blocked", "blocked"),
        ("strict", STRANGER, "own block", "blocked"),
        ("off", STRANGER, "unknown", "ring"),
        ("off", "anonymous", "withheld", "ring"),
        ("off", STRANGER, "familiar", "ring"),
        ("off", STRANGER, "trusted", "ring"),
        ("off", STRANGER, "flagged", "ring"),
        ("off", STRANGER, "aftermath", "ring"),
        ("off", STRANGER, "blocked", "ring"),
        ("off", STRANGER, "own block", "blocked"),  # the customer's word holds in every mode
    ],
)
def test_each_verdict_in_each_mode(mode, caller, verdict, expected):
    assert way(line(mode), caller, verdict) == expected


@pytest.mark.parametrize("mode", ["standard", "strict", "off"])
@pytest.mark.parametrize("verdict", sorted(set(VERDICTS) - {"own block"}))
def test_a_number_that_always_rings_does_so_under_every_verdict(mode, verdict):
    assert way(line(mode), HOSPITAL, verdict) == "ring"


@pytest.mark.parametrize("mode", ["standard", "strict", "off"])
def test_a_number_that_always_rings_is_rejected_after_the_customers_block(mode):
    assert way(line(mode), HOSPITAL, "own block") == "blocked"


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize(
    "found",
    [None, line(kind="report", ring_to=""), line(kind="report", ring_to="", mode="off")],
    ids=["unregistered", "report line", "report line, off"],
)
def test_a_report_line_answers_everybody(found, verdict):
    assert way(found, STRANGER, verdict) == "report_line"
    assert way(found, "anonymous", verdict) == "report_line"


@pytest.mark.parametrize("verdict", sorted(set(VERDICTS) - {"spoofed"}))
def test_a_customer_who_dials_their_own_line_gets_the_report_line(verdict):
    assert way(line(), CUSTOMER, verdict) == "report_line"


def test_a_forged_call_under_the_customers_number_does_not_get_the_report_line():
    assert way(line(), CUSTOMER, "spoofed") == "flagged"


def test_a_caller_without_a_number_is_not_the_customer_of_a_line_without_one():
    assert way(line(ring_to=""), "anonymous", "withheld") == "unknown"


class TestLoops:
    @pytest.mark.parametrize("verdict", VERDICTS)
    @pytest.mark.parametrize(
        "found", [None, line(), line(kind="report", ring_to="")], ids=["nobody's", "own", "report"]
    )
    def test_a_call_from_a_registered_line(self, found, verdict):
        assert way(CallerLookup(line=found, caller_is_line=True), REPORT_LINE, verdict) == "loop"

    def test_a_line_that_calls_itself(self):
        assert way(line(), LINE, "unknown") == "loop"
        assert way(line(number=LINE, kind="report", ring_to=""), LINE, "unknown") == "loop"

    @pytest.mark.parametrize("verdict", VERDICTS)
    def test_a_call_that_the_customers_telephone_forwards(self, verdict):
        assert way(line(), STRANGER, verdict, forwarded_from=CUSTOMER) == "loop"

    def test_a_call_that_another_telephone_forwards_is_no_loop(self):
        assert way(line(), STRANGER, "unknown", forwarded_from=HOSPITAL) == "unknown"
        assert way(line(ring_to=""), STRANGER, "unknown") == "unknown"

    @pytest.mark.parametrize(
        ("open_ring", "caller", "expected"),
        [
            (ring(), STRANGER, "loop"),
            (ring(), "00968 9123 4567", "loop"),
            (None, STRANGER, "unknown"),
            (ring(), "+96891234568", "unknown"),  # somebody else who calls while the customer is rung
            (ring(call_sid=THIS_CALL), STRANGER, "unknown"),  # the same webhook again
            (ring(rings_until=NOW), STRANGER, "unknown"),  # it rings no more
            (ring(caller=""), "anonymous", "unknown"),  # two withheld callers need not be the same person
        ],
        ids=["ours", "ours, spelled otherwise", "no ring", "another caller", "a retry", "over", "withheld"],
    )
    def test_our_own_ring_that_comes_back(self, open_ring, caller, expected):
        assert way(CallerLookup(line=line(), ring=open_ring), caller, "unknown") == expected

    def test_a_loop_is_one_even_for_a_caller_whom_the_customer_blocked(self):
        assert way(CallerLookup(line=line(), ring=ring()), STRANGER, "own block") == "loop"
