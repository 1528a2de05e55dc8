"""Reports protect the next customer: four people flag a number for everybody, one person alone never does."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, BARGE_IN, HANG_UP, Phone
from infra.local import demo
from ivr.numbers import phone_number
from ivr.screening.line import Line
from tests.conftest import NOW

pytestmark = pytest.mark.slow  # many calls each; reputation's own tests stay quick

STRANGER = "+96891234567"
LINES = {f"+1202555013{n}": f"+1202555014{n}" for n in range(9)}  # line -> the customer's telephone


@pytest.fixture
def customers(store):
    for line, customer in LINES.items():
        store.put(Line(number=line, kind="protected", ring_to=customer))
    return list(LINES.items())


@pytest.fixture
def reports_from(carrier, pickups, settle):
    """A caller rings a customer, who presses these keys; then the stream is followed."""

    def call(line, customer, *keys, from_=STRANGER):
        pickups[customer] = Phone(keys=list(keys), name="customer")
        placed = carrier.place(from_=from_, to=line, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        settle()
        carrier.wait(120)  # past the aftermath
        return placed

    return call


def test_four_customers_flag_a_number_and_the_fifth_is_told_so_and_for_what(customers, reports_from):
    for line, customer in customers[:4]:
        reports_from(line, customer, "9", "1", "2")
    fifth = reports_from(*customers[4], "3")
    said = " ".join(fifth.transcript.said("customer", "en"))
    assert "customers reported this caller" in said
    assert "prize" in said
    assert "fraud" in " ".join(fifth.transcript.said("caller", "en"))


def test_three_customers_are_not_enough(customers, reports_from, store):
    for line, customer in customers[:3]:
        reports_from(line, customer, "9", "1", "2")
    fourth = reports_from(*customers[3], "3")
    assert "unknown number" in " ".join(fourth.transcript.said("customer", "en"))


@pytest.mark.slow
@pytest.mark.no_cover
def test_one_customer_pressing_nine_forty_times_changes_nothing_after_the_first(
    environment, customers, reports_from, reports, store
):
    environment["PERSONAL_BLOCK_DAYS"] = "0"  # or the caller would not ring a second time
    line, customer = customers[0]
    reports_from(line, customer, "9", "1", "2")
    first = store.look_up(line, phone_number.read(STRANGER, "OM"), NOW).reputation
    for _ in range(39):
        reports_from(line, customer, "9", "1", "2")
    after = store.look_up(line, phone_number.read(STRANGER, "OM"), NOW).reputation
    assert (first.spam, first.live) == (after.spam, after.live) == (1_000_000, 1)
    assert len(reports()) == 40


@pytest.mark.slow
@pytest.mark.no_cover
def test_forty_typed_reports_change_nothing_at_all(customers, carrier, settle, store):
    for n in range(40):
        carrier.place(
            from_=f"+968922233{n:02}", to=demo.REPORT_LINE, phone=Phone(keys=["2", "2", "91234567#", "1", HANG_UP])
        )
        carrier.run()
    settle()
    assert store.look_up(demo.PROTECTED_LINE, phone_number.read(STRANGER, "OM"), NOW).reputation is None


@pytest.mark.slow
@pytest.mark.no_cover
def test_of_one_reporters_day_twenty_reports_count(customers, reports_from, reports):
    line, customer = customers[0]
    for n in range(23):
        reports_from(line, customer, "9", HANG_UP, from_=f"+9689555{n:04}")
    assert sum(report.counted for report in reports()) == 20
    assert len(reports()) == 23


def test_a_line_is_in_its_aftermath_for_a_minute_after_a_report(customers, carrier, pickups, settle):
    line, customer = customers[0]
    pickups[customer] = Phone(keys=[BARGE_IN("9")], hangs_up_after=3, name="customer")
    carrier.place(from_=STRANGER, to=line, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    settle()
    pickups[customer] = Phone(keys=["3"], name="customer")
    again = carrier.place(from_="+96899887766", to=line, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert "this follows a suspicious call" in " ".join(again.transcript.said("customer", "en"))


def test_a_caller_who_rings_many_lines_in_ten_minutes_is_a_campaign(store, carrier, pickups, settle):
    lines = {f"+120255501{n}": f"+120255502{n}" for n in range(60, 71)}
    for line, customer in lines.items():
        store.put(Line(number=line, kind="protected", ring_to=customer))
        pickups[customer] = Phone(keys=["3"], name="customer")
    *first, last = lines
    for n, line in enumerate(first):
        carrier.place(from_=STRANGER, to=line, phone=Phone(keys=[ANNOUNCED]), after=n)
    carrier.run()
    settle()
    call = carrier.place(from_=STRANGER, to=last, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert "ringing many people" in " ".join(call.transcript.said("customer", "en"))


def test_after_two_talks_on_two_days_a_caller_is_familiar_and_skips_the_check(customers, reports_from, carrier):
    line, customer = customers[0]
    for _ in range(2):
        reports_from(line, customer, "1")
        carrier.wait(86_400)
    third = reports_from(line, customer, "3")
    assert third.transcript.said("caller", "en")[0].startswith("The person you are calling")
    assert "a familiar number" in " ".join(third.transcript.said("customer", "en"))


def test_a_reported_caller_is_never_familiar(customers, reports_from, carrier):
    line, customer = customers[0]
    for keys in (["1"], ["1"], ["9", HANG_UP]):
        reports_from(line, customer, *keys)
        carrier.wait(86_400)
    carrier.wait(31 * 86_400)  # until the block that the report put on the customer's own list has expired
    last = reports_from(line, customer, "3")
    assert "protected against fraud" in last.transcript.said("caller", "en")[0]


def test_after_a_blocked_call_an_unknown_caller_of_the_next_minute_is_flagged(ring, settle, store, carrier):
    """The aftermath of a call that nobody answered (rule 11): the refused caller may try from another number."""
    blocked = ring(demo.BLOCKED)
    settle()
    record = store.calls.get(blocked.sid)
    assert (record.verdict, record.reason, record.line, record.caller) == (
        "blocked",
        "desk_blocked",
        demo.PROTECTED_LINE,
        demo.BLOCKED,
    )
    assert record.expires
    assert ring("+96892345678").caller.hears("fraud_warning")
    carrier.wait(90)
    assert ring("+96892345678").caller.hears("unknown_notice")


def test_a_caller_who_gives_up_while_it_rings_is_recorded_once_and_not_as_blocked(ring, settle, store):
    call = ring(demo.TRUSTED, callers_phone={"hangs_up_after": 3})
    settle()
    assert call.status == "no-answer"
    assert store.calls.get(call.sid).verdict == "trusted"
    assert ring("+96892345678").caller.hears("unknown_notice")
