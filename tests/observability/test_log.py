"""A log line is one event with its call and leg. No field shows a whole number."""

import io
import json
import threading

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from ivr.numbers import phone_number
from ivr.observability import log as log_module
from ivr.observability.log import Leg, Log
from tests.observability.emf_judge import faults

CALL, CUSTOMERS = "CA" + "0" * 32, "CA" + "1" * 32


@pytest.fixture
def log():
    """What is written from now on."""
    stream = io.StringIO()
    undo = log_module.write_to(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    undo()


def test_a_line_names_the_call_the_leg_and_what_happened(log):
    written = Log("INFO", "CallScreening/prod")
    written.begin(CALL, leg=Leg.CUSTOMER, leg_sid=CUSTOMERS)
    written.count("leg_moved", page="/voice/talk/enter", seconds=3)
    [line] = log()
    assert line["message"] == "leg_moved"
    assert (line["call_sid"], line["leg"], line["leg_sid"]) == (CALL, "customer", CUSTOMERS)
    assert (line["page"], line["seconds"]) == ("/voice/talk/enter", 3)
    assert not faults(json.dumps(line))


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARN", "ERROR"])
def test_the_level_changes_lines_and_never_counts(log, level):
    written = Log(level)
    written.begin(CALL)
    written.count("call_screened", verdict="flagged", reason="reported", way="flagged")
    written.failed("store_read_failed", ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem"))
    written.note("key_pressed", key="1")
    told = level in {"DEBUG", "INFO"}
    screened, failed, *pressed = log()
    assert all(not faults(json.dumps(line)) for line in (screened, failed))
    assert (screened["verdict"], screened["reason"]) == ("flagged", "reported")  # what it is counted by
    assert ("way" in screened, "call_sid" in screened, len(pressed)) == (told, told, int(told))
    assert (failed["why"], failed["error"], failed["call_sid"]) == ("AccessDeniedException", "ClientError", CALL)


def test_an_error_is_logged_by_code_and_place_without_its_text(log):
    try:
        int("+96891234567x")
    except ValueError as error:
        Log("INFO").failed("apology_spoken", error)
    [line] = log()
    assert (line["error"], line["why"]) == ("ValueError", "unexpected")
    assert "test_log.py" in line["frames"][-1]
    assert "91234567" not in json.dumps(line)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (phone_number.read("+96891234567", "OM"), "...567"),
        (phone_number.read("anonymous", "OM"), "withheld"),
        ("+96891234567", "...567"),
        ("0096891234567", "...567"),
        ("12345672", "12345672"),  # a report's reference
        ("RE" + "0" * 32, "RE" + "0" * 32),
        ("Mr. Said's prize", "unreadable"),
        ("a\nforged line", "unreadable"),
        ({"whisper.offer": "9"}, {"whisper.offer": "9"}),
        (True, True),
        (["+96891234567"], "unreadable"),
    ],
)
def test_a_field_is_a_known_word_or_masked(log, value, shown):
    Log("INFO").count("dispute_opened", field=value)
    assert log()[0]["field"] == shown


@given(name=st.text(min_size=1), value=st.one_of(st.text(), st.dictionaries(st.text(), st.text())))
def test_any_fields_give_one_valid_line_without_a_number(name, value):
    stream = io.StringIO()
    undo = log_module.write_to(stream)
    Log("INFO").count("webhook_malformed", why=value, also=f"+968{9_000_0000 + len(name)}")
    undo()
    [line] = stream.getvalue().splitlines()
    assert not faults(line)
    assert "+968" not in line


@pytest.mark.parametrize("name", ["name", "message", "module", "args", "levelname", "timestamp"])
def test_a_fields_name_never_breaks_the_call(log, name):
    Log("INFO").count("care_talked", **{name: "x"})
    assert not faults(json.dumps(log()[0]))


def test_a_closed_log_ends_no_call():
    stream = io.StringIO()
    undo = log_module.write_to(stream)
    stream.close()
    Log("INFO").count("care_talked")
    undo()


def test_simultaneous_calls_are_logged_apart(log):
    written, both = Log("INFO"), threading.Barrier(2)

    def one(call_sid):
        written.begin(call_sid)
        both.wait()
        written.count("care_talked", told=call_sid)

    threads = [threading.Thread(target=one, args=(call_sid,)) for call_sid in (CALL, CUSTOMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(line["call_sid"] == line["told"] for line in log())
    assert len(log()) == 2
