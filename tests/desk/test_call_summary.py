"""What is said of a call: from its row and from the log's lines about it, the causes first."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ivr.calls.outcome import UNRUNG, Outcome
from ivr.desk import calls
from ivr.desk.call_summary import Finding, Found, summary
from ivr.desk.calls import CallFile, Row
from ivr.jobs.job import CLAIM_SECONDS, CLAIMED, DONE, FAILED, UNKNOWN, Sms
from tests.desk.subjects import LINE


def told(outcome="accepted", reason="unknown", **more):
    row = Row("CA1", 0, "", "", "unknown", reason, outcome, is_open=False, seconds=0)
    return CallFile(row, {}, {}, {}, None, [], [])._replace(**more)


def line(message, why="", **more):
    return {"message": message, "why": why, **more}


ACCEPTED = Found(Finding.ACCEPTED)


@pytest.mark.parametrize(
    ("call", "lines", "found"),
    [
        (told(), [], [ACCEPTED]),
        (told("blocked", "own_block"), [], [Found(Finding.OWN_BLOCK, "own_block")]),
        (told("blocked", "desk_blocked"), [], [Found(Finding.DESK_BLOCK, "desk_blocked")]),
        (told("refused", "desk_flagged"), [], [Found(Finding.REFUSED, "desk_flagged")]),
        (told("dial_failed", words={"dial_error": "13224"}), [], [Found(Finding.UNREACHABLE, "13224")]),
        (told("dial_failed", words={"dial_error": "none"}), [], [Found(Finding.UNREACHABLE)]),
        (told("not_answered", words={"dial_status": "busy"}), [], [Found(Finding.BUSY)]),
        (told("not_answered", words={"dial_status": "no-answer"}), [], [Found(Finding.NOT_ANSWERED)]),
        (told(""), [], [Found(Finding.OPEN)]),
        (told(report_waits=True), [], [Found(Finding.REPORT_WAITS), ACCEPTED]),
        (told(lost_star=True), [], [Found(Finding.NO_STAR), ACCEPTED]),
        (told(lost_star=True), [line("rest_failed", "20003")], [Found(Finding.NO_STAR, "20003"), ACCEPTED]),
        (told("care"), [], [Found(Finding.CARE)]),
        (told("care"), [line("care_not_taken")], [Found(Finding.CARE_NOT_TAKEN)]),
        # The second number took it.
        (told("care"), [line("care_not_taken"), line("care_talked")], [Found(Finding.CARE)]),
        (told("care"), [line("care_talked"), line("care_not_taken")], [Found(Finding.CARE)]),
        (told(row=None), [], []),
        (told(row=None), [line("call_screened", line="unregistered")], [Found(Finding.UNREGISTERED)]),
        (told(row=None), [line("call_screened", line="report", way="report_line")], [Found(Finding.REPORT_LINE)]),
        (told(row=None), [line("call_screened", line="protected", way="unknown")], []),
    ],
)
def test_what_came_of_a_call_is_told(call, lines, found):
    assert summary(call, lines) == found


@pytest.mark.parametrize(
    ("lines", "causes"),
    [
        ([line("secret_unavailable", "timed_out")], [Found(Finding.SECRET_UNAVAILABLE, "timed_out")]),
        ([line("fallback_asked", "11200")], [Found(Finding.FALLBACK, "11200")]),
        ([line("apology_spoken", "unexpected")], [Found(Finding.APOLOGY, "unexpected")]),
        ([line("store_read_failed", "timed_out")], [Found(Finding.TABLE_DOWN, "timed_out")]),
        ([line("store_write_failed", "throttled")], [Found(Finding.TABLE_DOWN, "throttled")]),
        # A table that is down is the cause of an apology.
        (
            [line("store_read_failed", "timed_out"), line("apology_spoken", "unexpected")],
            [Found(Finding.TABLE_DOWN, "timed_out")],
        ),
        # Of several lines of a kind the first is the cause.
        ([line("fallback_asked", "11200"), line("fallback_asked", "11205")], [Found(Finding.FALLBACK, "11200")]),
        (
            [line("store_read_failed", "timed_out"), line("fallback_asked", "11200")],
            [Found(Finding.FALLBACK, "11200"), Found(Finding.TABLE_DOWN, "timed_out")],
        ),
    ],
)
def test_a_cause_comes_before_what_came_of_the_call(lines, causes):
    assert summary(told(), lines) == [*causes, ACCEPTED]


def test_where_a_signature_was_refused_nothing_else_is_known():
    lines = [line("signature_rejected", "wrong_signature"), line("fallback_asked", "11200")]
    assert summary(told(), lines) == [Found(Finding.SIGNATURE_REFUSED, "wrong_signature")]


@pytest.mark.parametrize("outcome", Outcome)
def test_after_an_apology_only_an_outcome_that_came_about_is_told(outcome):
    """Before the customer is rung, a row holds the outcome that the first step expected."""
    found = summary(told(outcome), [line("apology_spoken", "unexpected")])
    assert found[0] == Found(Finding.APOLOGY, "unexpected")
    assert (len(found) == 1) == (outcome in UNRUNG)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (FAILED, [ACCEPTED, Found(Finding.SMS_REFUSED, "21614")]),
        (UNKNOWN, [ACCEPTED, Found(Finding.SMS_UNKNOWN, "21614")]),
        (DONE, [ACCEPTED]),
    ],
)
def test_an_sms_that_was_not_sent_is_told(state, found):
    assert summary(told(messages=[SimpleNamespace(state=state, outcome="21614")]), []) == found


@pytest.mark.parametrize(("ago", "found"), [(CLAIM_SECONDS + 1, [Finding.SMS_UNKNOWN]), (1, [])])
def test_an_sms_whose_function_ended_without_an_answer_is_told(context, store, ago, found):
    now = context.now()
    claimed = {"state": CLAIMED, "claimed_at": now - ago}
    store.put(
        Sms(call_sid="CA1", which="screened", reference="84072573", line=LINE, person="a", expires=now, **claimed)
    )
    assert [one.finding for one in summary(calls.file(context, "CA1"), [])] == found
