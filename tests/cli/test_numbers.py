"""Numbers typed or pasted on the command line are read as a call reads them."""

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local import demo, stackfile
from infra.local.stack import Stack
from ivr.desk import DeskError
from ivr.desk.numbers import caller_id, full_number, may_ring
from ivr.numbers import phone_number
from tests.screening.number_spellings import dressed, in_full
from tests.slowly import slow_after

CALLER = "+96891234567"


@pytest.fixture
def newer_ranges(stack_file, database):
    """A running stack that is told of a range which libphonenumber does not know."""
    with Stack({"EXTRA_NUMBER_RANGES": "+9686xxxxxxx"}, log=io.StringIO(), database=database) as stack:
        stackfile.write(stack.running, stack_file)
        yield stack
    logging.getLogger("werkzeug").setLevel(logging.NOTSET)


@given(dressed(in_full(CALLER) | st.just("91234567")))
def test_a_number_is_one_in_every_spelling(text):
    assert caller_id(text, "OM").text == CALLER
    assert full_number(text, "OM", "NUMBER") == CALLER
    assert may_ring(text, "OM", "NUMBER", foreign=False) == CALLER


@given(st.text(max_size=30))
def test_any_text_is_read_as_a_call_reads_it_or_refused_in_one_line(text):
    number = phone_number.read(text, "OM")
    try:
        typed = caller_id(text, "OM")
    except DeskError:
        typed = None
    assert typed == number or (typed is None and not number.text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pasted", slow_after(1, [f"\u200e{CALLER}", "\u202a+968 9123 4567\u202c", "sip:%2B96891234567@pbx.example"])
)
def test_a_pasted_number_is_decided_about_and_found_again(ivr, stack, pasted):
    decided = ivr("callers", "decide", pasted, "flagged", "--note", "prizes", "--json")
    assert decided.json["caller"] == CALLER
    explained = ivr("explain", "9123-4567", "--line", demo.PROTECTED_LINE, "--json").json
    assert explained["verdict"]["reason"] == "desk_flagged"


@pytest.mark.parametrize(
    "withheld", slow_after(1, ["+17378742833", '"Anonymous"', "sip:anonymous@anonymous.invalid", "0000"])
)
def test_nothing_is_decided_about_a_withheld_caller(ivr, stack, withheld):
    assert "withheld" in ivr("callers", "decide", withheld, "blocked", "--note", "x").refusal


@pytest.mark.parametrize("impossible", slow_after(1, ["+968091234567", "091234567", "+10000000000"]))
def test_nothing_is_decided_about_an_invalid_number(ivr, stack, impossible):
    assert "no telephone number" in ivr("callers", "decide", impossible, "blocked", "--note", "x").refusal


def test_a_customer_of_a_range_newer_than_the_library_is_registered(ivr, newer_ranges):
    assert ivr("lines", "add", "+12025550170", "--ring-to", "61234567", "--json").json["ring_to"] == "+96861234567"
    assert "EXTRA_NUMBER_RANGES" in ivr("lines", "add", "+12025550171", "--ring-to", "+96851234567").refusal
    assert ivr("lines", "add", "+12025550171", "--ring-to", "+96890012345").refusal


@pytest.mark.slow
def test_a_call_from_a_newer_range_is_read_as_the_stack_reads_it(ivr, newer_ranges):
    """In the library's eyes these digits are a number of the Philippines."""
    ivr("lines", "add", "+12025550170", "--ring-to", "63211111")
    ivr("call", "--from", CALLER, "--to", "+12025550170", "--keys", "check 3")
    held = ivr("call", "--from", "6321-1111", "--to", demo.REPORT_LINE, "--keys", "2 1 1 1 1 1 2", "--json").json
    [rung_back] = held["calls_set_off"]
    assert rung_back["to"] == "+96863211111"
    assert rung_back["status"] == "completed"  # the telephone that called is the one that is rung


def test_a_call_with_a_stack_of_its_own_reads_numbers_by_the_environment(ivr, monkeypatch):
    monkeypatch.setenv("EXTRA_NUMBER_RANGES", "+9686xxxxxxx")
    monkeypatch.setenv("REPORT_NUMBER", "+96863211111")
    held = ivr("call", "--from", demo.CUSTOMER, "--to", "63211111", "--keys", "2 hangup", "--json").json
    assert held["way"] == "report_line"
    assert held["to"] == "+96863211111"


def test_an_invalid_range_is_refused_before_the_call(ivr, monkeypatch):
    monkeypatch.setenv("EXTRA_NUMBER_RANGES", "+9686")
    assert "EXTRA_NUMBER_RANGES" in ivr("call", "--from", "61234567", "--to", "+12025550100").refusal


def test_without_the_setting_the_number_is_refused_and_the_setting_named(ivr, stack):
    assert "EXTRA_NUMBER_RANGES" in ivr("lines", "add", "+12025550170", "--ring-to", "+96861234567").refusal
