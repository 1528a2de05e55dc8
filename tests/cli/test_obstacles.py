"""`ivr call` ends with the call's verdict, its rule, and why nobody talked."""

from __future__ import annotations

import time

import pytest

from infra.local import demo
from infra.local.database import client
from ivr.calls.call_record import LineLock
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from ivr.store.desk import Desk
from tests.slowly import slow_after

pytestmark = pytest.mark.slow  # a call for each obstacle; test_call.py stays in the quick run

HOME, OTHER = "+96891234567", "+96899887766"
PREMIUM = "+19002345678"
SPAM = 'AddOns={"status":"successful","results":{"nomorobo_spamscore":{"status":"successful","result":{"score":1}}}}'
YEAR = 365 * 86_400
NO_KEY = "the customer's telephone was answered, by voicemail or by somebody who pressed no key"


@pytest.fixture
def table(stack):
    running = stack.running
    return Desk(running.table, client(running.dynamodb, running.region))


@pytest.fixture
def call(ivr):
    def place(from_, keys, *more, to=demo.PROTECTED_LINE):
        return ivr("call", "--from", from_, "--to", to, "--keys", keys, *more)

    return place


def ends(told):
    """The lines on verdict and obstacles."""
    return [
        line for line in told.out.splitlines() if line.startswith(("Verdict: ", "Not connected: ", "No ring-back: "))
    ]


def test_a_call_after_a_report_is_blocked_by_the_customers_own_block_because_of_that_report(call, stack):
    first = call(HOME, "check 9 1 2", "--json").json
    second = call(HOME, "")
    assert "[rejected]" in second.out
    verdict, obstacle = ends(second)
    assert verdict == "Verdict: blocked, by rule 1 (own block)"
    assert obstacle.startswith("Not connected: blocked by the customer's own block until 20")
    assert f" because of report {first['reports'][0]['reference']} of 20" in obstacle
    as_json = call(HOME, "", "--json").json
    assert as_json["verdict"]["rule"] == 1
    assert as_json["way"] == "blocked"
    assert as_json["obstacles"] == [obstacle]


def test_a_ring_back_over_the_days_limit_is_explained(call, stack):
    """The first ring-back is accepted with a key; one that was not accepted does not count."""
    first = call(demo.CUSTOMER, "2 1 1 hangup")
    assert "no ring-back" not in first.out
    second = call(demo.CUSTOMER, "2 1 1 hangup")
    assert "No ring-back: today's are used up" in second.out


def test_a_promised_ring_back_that_was_not_placed_does_not_count_as_used_up(call, table):
    """The number is registered, and Twilio may not ring it: the day's limit is not used up."""
    table.put(Line(number="+12025550164", kind="protected", ring_to=PREMIUM))
    told = call(PREMIUM, "2 1", to="+12025550164")
    assert "No ring-back: it was requested, but no call was placed: read the stack's log for the reason" in told.out
    assert "used up" not in told.out


def test_an_unregistered_number_is_promised_as_many_ring_backs_as_a_registered_one(call, stack):
    for _ in range(3):
        call(OTHER, "2 1", to=demo.REPORT_LINE)
    told = call(OTHER, "2 1", to=demo.REPORT_LINE)
    assert "No ring-back: today's are used up: 3 were requested, or one was taken" in told.out


def test_a_call_over_sip_rings_and_shows_the_lines_own_number(call, stack):
    told = call("sip:+96891234567@pbx.example", "check 1")
    assert ends(told) == ["Verdict: unknown, by rule 13 (unknown)"]
    assert told.status == 0
    assert f"[dialled {demo.CUSTOMER}, shown {demo.PROTECTED_LINE}]" in told.out


def test_a_refused_dial_is_told_apart_from_a_failed_check(call, table):
    table.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to="12"))
    told = call(HOME, "check")
    assert ends(told)[1].startswith("Not connected: Twilio could not or would not dial the customer's telephone")


def test_an_unregistered_number_is_not_rung_back(call, stack):
    told = call(OTHER, "2 1", to=demo.REPORT_LINE)
    assert "No ring-back: no line is registered for this number" in told.out


RINGING = {
    "taken": ("check 1", (), []),
    "declined by a key": ("check 3", (), ["the customer declined the call with a key"]),
    "to customer care": ("check 0 1", (), ["the customer went to customer care"]),
    "reported": ("check 9 1 2", (), ["the customer reported the call"]),
    "no key": ("check - -", (), [NO_KEY]),
    "voicemail": (
        "check",
        ("--customer", "voicemail"),
        [NO_KEY],
    ),
    "no answer": ("check", ("--customer", "no-answer"), ["the customer's telephone rang, and nobody answered"]),
    "busy": ("check", ("--customer", "busy"), ["the customer's telephone was busy, or rejected the call"]),
    "given up": ("check ring:hangup@3", (), ["the caller hung up before the customer accepted"]),
    "given up while the customer is told who calls": (
        "check",
        ("--caller-keys", "check hangup@40"),
        ["the caller hung up before the customer accepted"],
    ),
    "no check": ("- -", (), ["the caller did not press the announced digit, so the customer was not rung"]),
    "gone before the check": (
        "hangup",
        (),
        ["the caller hung up during the notice or the check, so the customer was not rung"],
    ),
}


@pytest.mark.parametrize(("keys", "more", "obstacles"), slow_after(5, RINGING.values()), ids=RINGING)
def test_a_call_that_may_ring_says_why_nobody_talked(call, stack, keys, more, obstacles):
    told = call(HOME, keys, *more)
    assert ends(told) == [
        "Verdict: unknown, by rule 13 (unknown)",
        *(f"Not connected: {obstacle}" for obstacle in obstacles),
    ]


def test_each_kind_of_block_is_named(call, table):
    now = int(time.time())
    assert ends(call(demo.BLOCKED, ""))[1] == (
        "Not connected: blocked by the fraud desk's decision on this number, for ever"
    )
    table.put(DeskDecision(caller=HOME, verdict="blocked", note="secret 4711", until=now + YEAR))
    desk = call(HOME, "")
    assert ends(desk)[0] == "Verdict: blocked, by rule 5 (desk blocked)"
    assert "until 20" in ends(desk)[1]
    assert "4711" not in desk.out
    table.put(PrefixRule(prefix="+371", verdict="blocked", note=""))
    assert "rule for this number's prefix" in ends(call("+37167123456", ""))[1]
    table.put(ListEntry(line=demo.PROTECTED_LINE, caller=OTHER, word="block"))
    assert ends(call(OTHER, ""))[1] == "Not connected: blocked by the customer's own block for ever"


def test_a_strict_and_an_engaged_line_are_named(call, table):
    now = int(time.time())
    table.put(
        LineLock(
            line=demo.PROTECTED_LINE,
            call_sid="CA1",
            caller=OTHER,
            rings_until=now + 9,
            until=now + 600,
            expires=now + YEAR,
        )
    )
    assert "the line is engaged with another call, until 20" in ends(call(HOME, "check"))[1]
    assert "this caller's last call still rings" in ends(call(OTHER, ""))[1]
    table.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="strict"))
    assert "the line is strict: a flagged caller" in ends(call(demo.FLAGGED, ""))[1]
    assert "the line is strict: a caller without a number" in ends(call("anonymous", ""))[1]


def test_the_report_line_gives_no_verdict(call, stack):
    told = call(HOME, "2 hangup", to=demo.REPORT_LINE)
    assert ends(told) == ["Verdict: none: the report line answers"]
    assert call(HOME, "2 hangup", "--json", to=demo.REPORT_LINE).json["verdict"] is None


@pytest.mark.parametrize(
    ("parameter", "verdict"),
    [
        ("StirVerstat=TN-Validation-Failed-C", "flagged, by rule 3 (spoofed)"),
        (
            SPAM,
            "flagged, by rule 9 (spam score)",
        ),
    ],
)
def test_twilios_parameters_of_the_caller_are_judged(call, stack, parameter, verdict):
    assert ends(call(HOME, "hangup", "--param", parameter))[0] == f"Verdict: {verdict}"


def test_only_typed_numbers_are_printed(call, stack):
    for told in (call(HOME, "check 3"), call(HOME, "check 9"), call(HOME, "")):
        assert demo.CUSTOMER not in " ".join(ends(told))
