"""Forged calls, mass reports and sham trusts change no verdict. Whole calls over the carrier."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, Phone
from infra.local import demo
from ivr.numbers import phone_number
from ivr.reports import Report
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from tests.conftest import NOW
from tests.slowly import slow_but_rows

BANK = "+96824123456"
HOSPITAL, OPERATOR, FRAUDSTER = "+96824599000", "+96824000000", "+96891234567"
SPOOFED = {"StirVerstat": "TN-Validation-Failed-A"}
GENUINE = {"StirVerstat": "TN-Validation-Passed-A"}
LINES = {f"+120255501{n:02}": f"+120255502{n:02}" for n in range(30, 60)}  # line -> the customer's telephone
REPORTED = "customers reported this caller"
DAY = 86_400


@pytest.fixture
def environment(environment):
    return environment | {"OWN_NUMBERS": f"1500,{OPERATOR}", "ALWAYS_RING": HOSPITAL}


@pytest.fixture
def customers(store):
    for line, customer in LINES.items():
        store.put(Line(number=line, kind="protected", ring_to=customer))
    return list(LINES.items())


@pytest.fixture
def call(carrier, pickups, settle):
    """A caller rings a customer, who presses these keys; then the stream is followed, and two minutes go by."""

    def call(customer, *keys, from_=FRAUDSTER, wait=120, **parameters):
        line, telephone = customer
        pickups[telephone] = Phone(keys=list(keys), name="customer", talks_for=90)
        placed = carrier.place(from_=from_, to=line, phone=Phone(keys=[ANNOUNCED]), parameters=parameters)
        carrier.run()
        settle()
        carrier.wait(wait)
        return placed

    return call


@pytest.fixture
def standing(store, carrier):
    """What the table knows of a number, for a line that has had nothing to do with it."""

    def look(number, line=demo.PROTECTED_LINE):
        return store.look_up(line, phone_number.read(number, "OM"), carrier.epoch)

    return look


@pytest.fixture
def word(store):
    """What stands on a customer's list about a number."""

    def look(customer, number):
        found = store.table.read(ListEntry, store.table.get(list_entry_key(customer[0], number)))
        return found.word if found else ""

    return look


def said(placed, leg="caller"):
    return " ".join(placed.transcript.said(leg, "en"))


# Reports on forged calls.


@pytest.mark.slow
def test_reports_on_spoofed_calls_are_kept_and_do_not_count_against_the_bank(customers, call, reports, standing, word):
    for customer in customers[:20]:
        call(customer, "9", "1", "2", from_=BANK, **SPOOFED)
    assert len(reports()) == 20
    assert {(one.verified, one.counted, one.uncounted, one.caller) for one in reports()} == {(1, 0, "spoofed", BANK)}
    looked = standing(BANK)
    assert (looked.reputation, looked.blocks, looked.campaign_lines) == (None, (), frozenset())
    assert {word(customer, BANK) for customer in customers} == {""}
    genuine = call(customers[0], "3", from_=BANK)
    assert "protected against fraud" in said(genuine)
    assert "unknown number" in said(genuine, "customer")


@pytest.mark.slow
def test_spoofed_calls_from_ten_neighbours_flag_no_block_of_numbers(customers, call, standing):
    for n in range(4):
        for customer in customers[:4]:
            call(customer, "9", HANG_UP, from_=f"+9682412345{n}", **SPOOFED)
    assert standing("+96824123459").blocks == ()


@pytest.mark.slow
def test_twelve_spoofed_calls_in_ten_minutes_are_no_campaign_of_the_bank(customers, call, standing):
    for customer in customers[:12]:
        call(customer, "3", from_=BANK, wait=0, **SPOOFED)
    assert standing(BANK).campaign_lines == frozenset()


@pytest.mark.slow
def test_reports_on_impersonation_do_not_flag_the_operator(customers, call, reports, standing, word):
    for customer in customers[:6]:
        call(customer, "9", "4", "2", from_=OPERATOR)
    assert {(one.counted, one.uncounted, one.verdict) for one in reports()} == {(0, "impersonation", "flagged")}
    assert standing(OPERATOR).reputation is None
    attested = call(customers[7], "3", from_=OPERATOR, **GENUINE)
    assert "fraud warning" not in said(attested)
    assert "protected against fraud" in said(attested)
    assert word(customers[0], OPERATOR) == ""


@pytest.mark.slow
def test_a_report_on_the_operators_attested_call_counts_against_no_number_of_its_own(
    customers, call, reports, standing
):
    for customer in customers[:5]:
        call(customer, "9", "6", "2", from_=OPERATOR, **GENUINE)
    assert {(one.counted, one.uncounted) for one in reports()} == {(0, "own_number")}
    assert standing(OPERATOR).reputation is None


@pytest.mark.slow
def test_a_forged_call_makes_nobody_familiar_and_ends_no_familiarity(customers, call, standing):
    customer = customers[0]
    for _ in range(2):
        call(customer, "1", from_=BANK, wait=DAY)
    assert standing(BANK, customer[0]).talk_days
    call(customer, "9", HANG_UP, from_=BANK, **SPOOFED)
    looked = standing(BANK, customer[0])
    assert (len(looked.talk_days), looked.distrusted) == (2, False)


def test_a_withheld_callers_report_counts_against_nobody(customers, call, reports):
    call(customers[0], "9", HANG_UP, from_="anonymous")
    [report] = reports()
    assert (report.caller, report.counted, report.uncounted, report.blocks_until) == ("", 0, "withheld", 0)


def test_a_report_on_a_typed_number_that_never_rang_does_not_count(carrier, reports, settle, standing):
    for n in range(6):
        phone = Phone(keys=["2", "2", "24123456#", "1", HANG_UP])
        carrier.place(from_=f"+968922233{n:02}", to=demo.REPORT_LINE, phone=phone)
        carrier.run()
    settle()
    assert {(one.verified, one.counted, one.uncounted) for one in reports()} == {(0, 0, "unverified")}
    assert standing(BANK).reputation is None


# A report that blocks.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "parameters"),
    slow_but_rows(
        [(HOSPITAL, {}), (OPERATOR, GENUINE), (BANK, SPOOFED)],
        [(HOSPITAL, {}), (HOSPITAL, SPOOFED), (OPERATOR, {}), (OPERATOR, GENUINE), (BANK, SPOOFED)],
    ),
)
def test_no_report_blocks_a_hospital_the_operator_or_a_forged_number(customers, call, word, number, parameters):
    customer = customers[0]
    call(customer, "9", "1", "2", from_=number, **parameters)
    assert word(customer, number) == ""
    again = call(customer, "1", from_=number, **parameters)
    assert again.status != "rejected"
    assert any(leg.to == customer[1] for leg in again.legs)


@pytest.mark.slow
def test_no_report_blocks_a_number_that_the_desk_trusts(customers, call, word, store, reports):
    trusted, allowed, ranged = "+96824777001", "+96824777002", "+96825111222"
    store.put(DeskDecision(caller=trusted, verdict="trusted", note="a bank"))
    store.put(DeskDecision(caller=allowed, verdict="trusted", until=NOW + 9 * DAY))
    store.put(PrefixRule(prefix="+96825", verdict="trusted", note="a ministry"))
    customer = customers[0]
    store.put(
        ListEntry(line=customer[0], caller=allowed, word="allow")
    )  # so that the verdict does not tell of the desk
    for number in (trusted, allowed, ranged):
        call(customer, "9", "1", "2", from_=number)
        assert word(customer, number) in {"", "allow"}
        assert any(leg.to == customer[1] for leg in call(customer, "3", from_=number).legs)
    assert {one.blocks_until for one in reports()} == {0}
    assert {one.counted for one in reports()} == {1}  # the call was real, and the desk sees the report


def test_a_report_blocks_a_number_whose_desk_trust_has_expired(customers, call, word, store):
    store.put(DeskDecision(caller=FRAUDSTER, verdict="trusted", until=NOW - 1))
    call(customers[0], "9", "1", "2")
    assert word(customers[0], FRAUDSTER) == "block"


def test_a_report_blocks_an_unknown_caller(customers, call, word):
    call(customers[0], "9", "1", "2")
    assert word(customers[0], FRAUDSTER) == "block"
    assert call(customers[0]).status == "rejected"


# Trusts.


def trusts(call, customers, **how):
    for customer in customers:
        call(customer, "2", **how)


@pytest.mark.slow
def test_a_victims_trust_of_this_week_does_not_count(customers, call, standing):
    """Before, two trusts needed seven reports."""
    trusts(call, customers[:3])
    assert len(standing(FRAUDSTER).reputation.young.split()) == 3
    for customer in customers[3:7]:
        call(customer, "9", "1", "2")
    fifth = call(customers[8], "3")
    assert REPORTED in said(fifth, "customer")


@pytest.mark.slow
def test_old_trusts_of_sham_customers_outweigh_one_report_at_most(customers, call, carrier, standing):
    trusts(call, customers[:10])
    carrier.wait(30 * DAY)
    for customer in customers[10:14]:
        call(customer, "9", "1", "2")
    assert REPORTED not in said(call(customers[20], "3"), "customer")
    call(customers[14], "9", "1", "2")
    assert REPORTED in said(call(customers[21], "3"), "customer")
    assert standing(FRAUDSTER).reputation.live == 5  # and no trust is told as a report


@pytest.mark.slow
def test_a_trust_becomes_evidence_after_a_week_without_a_call(customers, call, carrier, standing):
    trusts(call, customers[:1])
    for customer in customers[1:5]:
        call(customer, "9", "1", "2")
    assert REPORTED in said(call(customers[8], "3"), "customer")
    carrier.wait(8 * DAY)
    assert REPORTED not in said(call(customers[9], "3"), "customer")
    assert isinstance(standing(FRAUDSTER).reputation.young, str)


@pytest.mark.slow
def test_a_report_replaces_its_reporters_earlier_trust(customers, call, carrier, standing, reports):
    trusts(call, customers[:1])
    carrier.wait(30 * DAY)
    call(customers[0], "9", "3", "1")
    reputation = standing(FRAUDSTER).reputation
    assert (reputation.spam, reputation.legit, reputation.young) == (1_000_000, 0, "")
    assert [one.counted for one in reports()] == [1]


def test_a_report_stored_by_an_earlier_release_still_counts(store, settle, standing):
    for n in range(4):
        report = Report(
            call_sid=f"CA{n}",
            which="screened",
            reference="12345674",
            reported_at=NOW,
            reporter=f"{n:032x}",
            expires=NOW + 400 * DAY,
            verified=1,
            counted=1,
            caller=BANK,
            line=demo.PROTECTED_LINE,
            verdict="unknown",
            reason="unknown",
        )
        store.put(report)
    settle()
    assert standing(BANK).reputation.live == 4
