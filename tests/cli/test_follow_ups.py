"""`ivr call` and the call's follow-ups: the SMS about a report, the ring-back, and writes that wait in the queue."""

import re
import socket
import subprocess
import sys

import pytest

from infra.cli import call as command
from infra.local import demo, follow_ups
from infra.local.background import Background
from ivr.screening.line import Line
from tests.conftest import Outage

pytestmark = pytest.mark.slow  # calls with all that they set off; test_call.py stays in the quick run

HOME = "+96891234567"
REPORTED = ["call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check 9 1 2"]
TALKED = ["call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check 1 hangup"]
ASKED = ["call", "--from", demo.CUSTOMER, "--to", demo.REPORT_LINE]
LAST_CALL = [*ASKED, "--keys", "2 1 1 1 1 1 2 hangup"]


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(command, "_at_a_terminal", lambda: True)


def texted(told):
    return [entry for entry in told.json["transcript"] if entry["kind"] == "texted"]


def test_a_report_is_followed_by_an_sms_in_the_customers_language(ivr, stack):
    told = ivr(*REPORTED, "--json")
    [report] = told.json["reports"]
    [message] = told.json["messages"]
    assert (message["to"], message["from"], message["segments"]) == (demo.CUSTOMER, demo.REPORT_LINE, 2)
    assert message["body"].startswith("نخلة للاتصالات")
    assert report["reference"] in message["body"]
    [entry] = texted(told)
    assert (entry["leg"], entry["text"]) == ("customer", f"{demo.CUSTOMER}, 2 segments: {message['body']}")
    assert not told.err


@pytest.mark.slow
def test_an_english_customer_gets_an_english_sms(ivr, stack):
    stack.store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, languages="en-ar"))
    told = ivr(*REPORTED).out
    [sms] = re.findall(r"customer  \[texted \+12025550111, ([^\]]*)\]", re.sub(r"\s*\n\s+", " ", told))
    assert sms.startswith(("1 segment: Nakhla Telecom", "2 segments: Nakhla Telecom"))


def test_a_call_without_a_report_has_no_follow_ups(ivr, stack):
    told = ivr(*TALKED, "--json")
    assert (told.json["messages"], told.json["calls_set_off"], texted(told)) == ([], [], [])


def test_the_customer_is_rung_back_and_reports_the_last_call_with_the_keys_that_are_left(ivr, stack):
    ivr(*TALKED)
    told = ivr(*LAST_CALL)
    assert told.status == 0
    assert not told.err
    assert f"customer  [dialled {demo.CUSTOMER}, shown {demo.PROTECTED_LINE}]" in told.out
    assert told.out.index("caller        [pressed 1]") < told.out.index("customer  [pressed 1]")
    assert f"customer  [texted {demo.CUSTOMER}, " in told.out
    [report] = ivr("reports", "list", "--json").json
    assert (report["caller"], report["line"], report["verified"]) == (HOME, demo.PROTECTED_LINE, True)
    assert told.out.endswith(f"Stored: report {report['reference']} of {HOME}, verified: a prize; nothing lost\n")


def test_as_json_the_ring_back_is_a_call_of_its_own(ivr, stack):
    ivr(*TALKED)
    told = ivr(*LAST_CALL, "--json").json
    [rung] = told["calls_set_off"]
    assert (rung["from"], rung["to"], rung["status"]) == (demo.PROTECTED_LINE, demo.CUSTOMER, "completed")
    assert {entry["sid"] for entry in told["transcript"] if entry["leg"] == "caller"} == {told["call_sid"]}
    assert rung["call_sid"] in {entry["sid"] for entry in told["transcript"] if entry["leg"] == "customer"}
    assert [report["caller"] for report in told["reports"]] == [HOME]
    times = [entry["at"] for entry in told["transcript"]]
    assert times == sorted(times)
    assert told["keys_left"] == []


@pytest.mark.slow
def test_a_voicemail_that_is_rung_back_is_told_nothing_and_reports_nothing(ivr, stack):
    ivr(*REPORTED)
    told = ivr(*ASKED, "--keys", "2 1", "--customer", "voicemail", "--json").json
    assert [rung["status"] for rung in told["calls_set_off"]] == ["completed"]
    assert told["reports"] == []


@pytest.mark.slow
def test_another_customer_is_rung_back_on_their_own_telephone(ivr, stack):
    stack.store.put(Line(number="+12025550170", kind="protected", ring_to="+96899999999"))
    ivr("call", "--from", HOME, "--to", "+12025550170", "--keys", "check 1 hangup")
    told = ivr("call", "--from", "+96899999999", "--to", demo.REPORT_LINE, "--keys", "2 1 1 hangup").out
    assert "customer  [dialled +96899999999, shown +12025550170]" in told
    assert "    customer  [pressed 1]" in told


@pytest.mark.slow
def test_the_same_script_gives_the_same_transcript(ivr):
    """Without a running stack each call gets a new one, so its follow-ups come at the same simulated time."""
    first, second = (ivr(*REPORTED, "--seed", "3").out for _ in range(2))
    assert "[texted " in first
    assert first == second


def test_at_the_prompt_the_ring_back_asks_for_keys(ivr, stack, terminal):
    ivr(*TALKED)
    told = ivr(*ASKED, typed="2\n1\n1\n1\n1\n1\n2\nhangup\n").out
    assert told.count("caller presses> ") == 2
    assert told.count("customer presses> ") == 6
    assert told.index("[dialled +12025550111, shown +12025550100]") < told.index("customer presses> ")
    assert told.count("[texted ") == 1
    assert "Stored: report" in told


def test_a_refused_report_is_shown_as_queued_and_stored_afterwards(ivr, stack, monkeypatch):
    outage = Outage(stack.store.table.client)
    outage.down, outage.touching = True, "REPORT#"
    with monkeypatch.context() as hurried:
        hurried.setattr(follow_ups, "_PATIENCE", 0.2)
        told = ivr(*REPORTED)
    assert told.status == 0
    assert "Your report has been recorded." in told.out
    assert "Stored:" not in told.out
    assert "is not done yet: read the stack's log for the reason" in told.err
    outage.down = False
    later = ivr("call", "--from", demo.TRUSTED, "--to", demo.REPORT_LINE, "--keys", "2 hangup")  # it waits for that too
    assert not later.err
    [report] = ivr("reports", "list", "--json").json
    assert report["caller"] == HOME
    assert ", ".join(report["reference"]) in told.out


def test_a_call_is_printed_with_another_server_at_twilios_address(ivr, stack_file, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as another:
        port = another.getsockname()[1]
        monkeypatch.setenv("TWILIO_API_BASE_URL", f"http://127.0.0.1:{port}")
        told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check 3")
    assert told.status == 0
    assert f"Something else answers at http://127.0.0.1:{port}" in told.err
    assert "[pressed 3]" in told.out


@pytest.mark.slow
def test_simultaneous_calls_from_two_terminals_have_their_own_rest_api(stack, stack_file):
    stack.store.put(Line(number="+12025550120", kind="protected", ring_to="+12025550121"))
    command_line = [sys.executable, "-m", "infra.cli", "--stack-file", str(stack_file), *TALKED]
    terminals = [
        subprocess.Popen(
            [line if part == demo.PROTECTED_LINE else part for part in command_line],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in (demo.PROTECTED_LINE, "+12025550120")
    ]
    for terminal in terminals:
        out, err = terminal.communicate(timeout=60)
        assert terminal.returncode == 0
        assert "in CA" in out  # they met in a room: the leg was moved over REST
        assert "Something else answers" not in err


def test_a_stack_that_uses_twilio_itself_is_recognised(ivr, stack_file, monkeypatch):
    monkeypatch.setenv("TWILIO_API_BASE_URL", "")
    told = ivr("call", "--from", demo.BLOCKED, "--to", demo.PROTECTED_LINE, "--keys", "")
    assert told.status == 0
    assert "This stack uses the real Twilio API" in told.err


def test_waiting_for_the_follow_ups_has_a_limit(ivr, stack, monkeypatch):
    monkeypatch.setattr(Background, "settle", lambda *_: False)
    monkeypatch.setattr(follow_ups, "_PATIENCE", 0.2)
    told = ivr(*REPORTED)
    assert told.status == 0
    assert "is not done yet" in told.err
    assert "Stored: report" in told.out


def test_star_reports_the_talk_and_a_mistake_is_withdrawn(ivr, stack):
    keys = "check 1 talk:*@15"
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", f"{keys} 2 3 2")
    assert "verified: money; nothing lost\n" in told.out
    mistaken = ivr("call", "--from", "+96892345678", "--to", demo.PROTECTED_LINE, "--keys", f"{keys} 1")
    assert "; withdrawn" in mistaken.out
