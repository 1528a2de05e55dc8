"""Calls that went wrong, each over the real handler: `ivr calls show` says in a plain sentence what it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, Refused
from infra.cli.call_words import SENTENCES
from infra.cli.call_words import in_short as in_words
from infra.cli.main import main
from infra.local import demo
from ivr.actions.screening import ScreeningActions
from ivr.calls.outcome import Outcome
from ivr.desk.call_summary import Finding, summary
from ivr.desk.calls import CallFile, Row
from ivr.screening.caller_list import ListEntry
from ivr.screening.line import Line
from ivr.telephony.twilio import rest
from tests.conftest import ENVIRONMENT

CALLER = "+96891234567"
ERRORS = "https://www.twilio.com/docs/api/errors/"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(rest, "IN_A_CALL_SECONDS", 0.2)


@pytest.fixture
def network(request):
    """What a test asks of its carrier, by indirect parameters."""
    return getattr(request, "param", {})


@pytest.fixture
def in_short(caplog, tmp_path, store, monkeypatch):
    """What `ivr calls show` says of a call, which knows the table and the log alone."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TIMEZONE", "Asia/Muscat")
    log = tmp_path / "log.jsonl"

    def in_short(call):
        lines = [record.line for record in caplog.records if hasattr(record, "line")]
        log.write_text("\n".join(json.dumps(line, default=str) for line in lines), encoding="utf-8")
        arguments = ["--table", store.table.name, "calls", "show", call.sid, "--log", str(log)]
        told = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert told.exit_code == 0, told.stderr
        assert CALLER.removeprefix("+") not in told.stdout
        [sentence] = [line for line in told.stdout.splitlines() if line.startswith("in short: ")]
        assert json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)["in_short"] in sentence
        return sentence.removeprefix("in short: ")

    return in_short


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"answers": "no-answer"}, "The customer's telephone rang, and nobody answered."),
        ({"answers": "busy"}, "The customer's telephone was busy, or rejected the call."),
        (
            {},
            "The customer's telephone was answered, by voicemail or by somebody who pressed no key.",
        ),
    ],
    ids=["nobody", "busy", "voicemail"],
)
def test_the_customer_does_not_take_it(ring, in_short, how, sentence):
    assert in_short(ring(CALLER, caller=[ANNOUNCED], customers_phone=how)) == sentence


@pytest.mark.slow
def test_the_customers_telephone_cant_be_reached(ring, in_short, store):
    call = ring(CALLER, caller=[ANNOUNCED], customers_phone={"answers": "failed"})
    assert in_short(call) == "The customer's telephone could not be reached (Twilio gave no error code)."
    for code, told in (("sip_404", "SIP answer 404"), ("13224", f"Twilio's error 13224, {ERRORS}13224")):
        store.put(replace(store.calls.get(call.sid), dial_error=code))  # as Twilio may tell
        assert in_short(call) == f"The customer's telephone could not be reached ({told})."


@pytest.mark.slow
def test_the_caller_hangs_up_during_the_check(ring, in_short):
    assert in_short(ring(CALLER, caller=[HANG_UP])) == (
        "The caller hung up during the notice or the check, so the customer was not rung."
    )


@pytest.mark.slow
def test_the_caller_does_not_press_the_digit(ring, in_short):
    assert in_short(ring(CALLER, caller=["1", "1"])) == (
        "The caller did not press the announced digit, so the customer was not rung."
    )


@pytest.mark.slow
def test_the_customer_has_blocked_the_caller(ring, in_short, store):
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=CALLER, word="block", at=1, source="CA1"))
    assert in_short(ring(CALLER)) == "The customer has blocked this caller, so nobody was rung."


@pytest.mark.slow
def test_the_desk_has_blocked_the_caller(ring, in_short):
    assert in_short(ring(demo.BLOCKED)) == "The caller is blocked (desk blocked), so nobody was rung."


@pytest.mark.slow
def test_the_line_is_not_registered(ring, in_short):
    assert in_short(ring(CALLER, "+12025550177", caller=[HANG_UP])) == (
        "The number that was called is not registered as a line, so the report line answered: add it with `ivr lines "
        "add`."
    )


@pytest.mark.slow
def test_a_strict_line_does_not_ring(ring, in_short, store):
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="strict"))
    assert in_short(ring(demo.FLAGGED)) == "The line is strict and does not ring for such a caller (desk flagged)."


def test_the_rest_api_is_down_and_the_star_is_lost(ring, in_short, rest_server):
    rest_server.faults.always("calls.update", Refused())
    call = ring(CALLER, caller=[ANNOUNCED], customer=["1", PRESS_IN_TALK("*", after=5)])
    assert in_short(call) == (
        "The star key was lost: Twilio's REST API did not move the customer's leg (http 500), so the two were joined "
        "directly. The customer accepted, and the two talked."
    )


@pytest.mark.slow
def test_the_table_is_down(ring, in_short, outage):
    outage.down = True
    call = ring(CALLER, caller=[ANNOUNCED], customer=["1"])
    outage.down = False
    assert in_short(call) == (
        "The table did not answer (no connection): the caller was taken for unknown, and the call was not stored whole."
    )


@pytest.mark.slow
def test_the_sms_about_the_report_is_refused(ring, in_short, rest_server, follow_up):
    rest_server.faults.next("messages.create", Refused(400, 21614))
    call = ring(CALLER, caller=[ANNOUNCED], customer=["9", "1", "2"])
    follow_up()
    assert in_short(call) == (
        f"The customer reported the call. The SMS about the report was not sent (Twilio's error 21614, {ERRORS}21614)."
    )


@pytest.mark.parametrize("network", [{"strict": False}], indirect=True)
@pytest.mark.slow
def test_the_signature_is_wrong(ring, in_short, environment):
    environment["TWILIO_AUTH_TOKEN"] = "of another account"
    call = ring(CALLER, caller=[ANNOUNCED], customer=["1"])
    assert in_short(call) == (
        "A webhook was refused (wrong signature), so Twilio's own error was heard: compare the auth token with the "
        "account's, and PUBLIC_BASE_URL with the address that the number asks."
    )


@pytest.mark.slow
def test_the_product_fails_and_apologises(ring, in_short, monkeypatch):
    monkeypatch.setattr(ScreeningActions, "screen", lambda *_: 1 / 0)
    assert in_short(ring(CALLER)) == "The product failed (unexpected), and apologised on the telephone."


@pytest.mark.slow
def test_a_talk_that_went_well_is_one_sentence_too(ring, in_short):
    call = ring(CALLER, caller=[ANNOUNCED], customer=["1"])
    assert in_short(call) == "The customer accepted, and the two talked."


def test_every_finding_has_its_sentence_and_every_outcome_its_finding():
    assert SENTENCES.keys() == set(Finding)
    told = CallFile(None, {}, {}, {}, None, [], [])
    for outcome in Outcome:
        row = Row("CA1", 0, "", "", "unknown", "unknown", outcome, is_open=False, seconds=0)
        [found] = summary(told._replace(row=row), [])
        assert in_words([found]).endswith(".")


@pytest.mark.parametrize(
    ("outcome", "status", "sentences"),
    [
        ("", "", [Finding.OPEN]),
        (Outcome.NOT_ANSWERED, "", [Finding.OPEN]),  # it rings: the outcome is what would be without an answer
        (Outcome.NOT_ANSWERED, "no-answer", [Finding.NOT_ANSWERED, Finding.OPEN]),
        (Outcome.ACCEPTED, "", [Finding.ACCEPTED, Finding.OPEN]),
    ],
    ids=["begun", "rings", "has rung", "talks"],
)
def test_a_call_that_goes_on_is_not_told_as_if_it_were_over(outcome, status, sentences):
    row = Row("CA1", 0, "", "", "unknown", "unknown", outcome, is_open=True, seconds=0)
    told = CallFile(row, {}, {"dial_status": status} if status else {}, {}, None, [], [])
    assert [one.finding for one in summary(told, [])] == sentences


@pytest.mark.slow
def test_customer_care_is_not_taken(ring, in_short):
    call = ring(CALLER, caller=[ANNOUNCED], customer=["0"], care="")
    assert in_short(call) == ("The customer went to customer care, and no agent took the call.")
