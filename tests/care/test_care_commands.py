"""What customer care types: its hours, and the call-backs that it owes."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.care.conftest import DAY, call_back
from tests.cli.conftest import _nothing_configured, ivr, stack, stack_file
from tests.slowly import slow_after

__all__ = ["_nothing_configured", "ivr", "stack", "stack_file"]

OMAN = "Su-Th 08:00-20:00; Fr 14:00-20:00; 2027-02-08..2027-03-09 09:00-15:00; 2027-01-01 closed"
ID = "84072573"


@pytest.fixture
def owed(stack):
    """Put call-backs into the running stack's table."""
    table = stack.store.call_backs

    def put(**changes):
        now = int(time.time())
        asked = call_back(**{"asked_at": now, "due_at": now + 3600, "expires": now + DAY, **changes})
        table.ask(asked, now, most=1)
        return asked

    put.table = table
    return put


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-11-19T10:00", "2026-11-19 10:00: open, until 2026-11-19 20:00."),
        ("2026-11-21T10:00", "2026-11-21 10:00: closed; it opens 2026-11-22 08:00."),
        ("2027-02-10T16:00", "2027-02-10 16:00: closed; it opens 2027-02-11 09:00."),
        ("2026-11-19T06:00+00:00", "2026-11-19 10:00: open, until 2026-11-19 20:00."),
    ],
)
def test_the_hours_are_printed_in_words(ivr, monkeypatch, at, says):
    monkeypatch.setenv("CARE_HOURS", OMAN)
    told = ivr("care", "hours", "--at", at).out.splitlines()
    assert told[0] == f"Hours, in Asia/Muscat: {OMAN}"
    assert told[1] == says


def test_the_due_time_of_a_call_back_is_printed(ivr, monkeypatch):
    monkeypatch.setenv("CALL_BACK_WITHIN_HOURS", "2")
    told = ivr("care", "hours", "--at", "2026-11-19T19:00", "--try", OMAN).out
    assert "A call-back that is asked for then is due by 2026-11-20 15:00." in told


def test_the_hours_are_printed_as_json(ivr):
    told = ivr("care", "hours", "--at", "2026-11-19T21:00", "--try", OMAN, "--json").json
    assert told == {
        "hours": OMAN,
        "timezone": "Asia/Muscat",
        "open": False,
        "at": "2026-11-19T21:00:00+04:00",
        "opens": "2026-11-20T14:00:00+04:00",
        "closes": "2026-11-20T20:00:00+04:00",
        "call_back_due": "2026-11-20T18:00:00+04:00",
    }


def test_by_default_care_is_always_open(ivr):
    assert "open, for the next 8 days and longer." in ivr("care", "hours").out
    assert ivr("care", "hours", "--json").json["closes"] is None


def test_a_running_stacks_hours_are_printed(ivr, stack):
    assert "24/7" in ivr("care", "hours").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--try", "Su-Th 8-20"], "write it as 08:00-20:00"),
        (["--try", "24/7; 9999-12-31 closed"], "9999-12-31 in '9999-12-31 closed'"),
        (["--at", "tomorrow"], "such as 2026-12-31 or 2026-12-31T18:00"),
        (["--at", "9999-12-31T23:00"], "years 2000 to 2100"),
        (["--at", "0001-01-01T00:00"], "years 2000 to 2100"),
        (["--at", "1970-01-01T00:00+14:00"], "years 2000 to 2100"),
    ],
)
def test_an_invalid_time_is_refused(ivr, arguments, says):
    assert says in ivr("care", "hours", *arguments).refusal


def test_wrong_hours_of_the_environment_name_their_setting(ivr, monkeypatch):
    monkeypatch.setenv("CARE_HOURS", "always")
    assert "CARE_HOURS is 'always'" in ivr("care", "hours").refusal


def test_call_backs_are_listed_with_all_that_care_needs(ivr, owed):
    owed(category="secrets", loss="yes", reference="12345671")
    listed = ivr("care", "call-backs").out
    for words in (ID, "asked", "+96892223344", "no", "ar-en", "12345671", "bank details", "something lost"):
        assert words in listed
    [found] = ivr("care", "call-backs", "--json").json
    assert (found["ticket"], found["number"], found["state"]) == (ID, "+96892223344", "asked")


def test_an_overdue_call_back_is_marked_until_it_is_done(ivr, owed):
    owed(due_at=int(time.time()) - 60)
    assert "(overdue)" in ivr("care", "call-backs").out
    ivr("care", "take", ID)
    assert "(overdue)" in ivr("care", "call-backs").out
    ivr("care", "done", ID, "--note", "told")
    assert "(overdue)" not in ivr("care", "call-backs", "--all").out


def test_a_call_back_is_given_back_for_others_to_take(ivr, owed):
    asked = owed()
    ivr("care", "take", ID)
    given_back = ivr("care", "give-back", ID)
    assert given_back.out == f"{ID} is given back: anybody may take it.\n"
    assert given_back.err.startswith("Changing the stack of this checkout")
    assert owed.table.of(asked.person) == asked
    assert "is not in progress" in ivr("care", "give-back", ID).err
    assert ivr("care", "take", ID).out.startswith(f"{ID} is yours")


def test_an_empty_list_is_a_sentence(ivr, stack):
    assert ivr("care", "call-backs").out == "Nobody waits for a call-back.\n"


def test_a_call_back_that_is_done_forgets_its_number(ivr, owed):
    asked = owed()
    taken = ivr("care", "take", ID)
    assert taken.out.startswith(f"{ID} is yours: call +96892223344, in ar-en; no report in that call.")
    assert "proves nothing" in taken.out
    assert taken.err.startswith("Changing the stack of this checkout")
    assert owed.table.of(asked.person).state == "in_progress"
    assert "is not to be taken any more" in ivr("care", "take", ID).err
    assert ivr("care", "done", ID, "--note", " told ").out == f"{ID} is done, and its number is forgotten.\n"
    done = owed.table.of(asked.person)
    assert (done.state, done.note, done.number) == ("done", "told", "")
    assert done.expires == pytest.approx(time.time() + 30 * DAY, abs=60)
    assert "is done already" in ivr("care", "done", ID, "--note", "again").err
    assert ivr("care", "call-backs").out == "Nobody waits for a call-back.\n"
    assert "told" in ivr("care", "call-backs", "--all").out


def test_json_prints_the_record(ivr, owed):
    owed(proved=1)
    assert ivr("care", "take", ID, "--json").json["state"] == "in_progress"
    assert ivr("care", "give-back", ID, "--json").json["state"] == "asked"
    assert ivr("care", "done", ID, "--note", "told", "--json").json["note"] == "told"


@pytest.mark.parametrize(
    ("arguments", "says"),
    slow_after(
        2,
        [
            (["take", "84072574"], "a digit is wrong or missing"),
            (["take", "12345671"], "there is no call-back 12345671"),
            (["give-back", "12345671"], "there is no call-back 12345671"),
            (["done", "12345671", "--note", "x"], "there is no call-back 12345671"),
            (["done", ID], "--note"),
            (["done", ID, "--note", " "], "--note is empty"),
        ],
    ),
)
def test_invalid_input_is_refused(ivr, owed, arguments, says):
    owed()
    refused = ivr("care", *arguments)
    assert refused.status == 2
    assert says in refused.err


def test_times_are_those_of_the_operators_zone(ivr, owed):
    asked = owed()
    due = datetime.fromtimestamp(asked.due_at, ZoneInfo("Asia/Muscat"))
    assert f"{due:%Y-%m-%d %H:%M}" in ivr("care", "call-backs").out
