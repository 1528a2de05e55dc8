"""A fraudster cannot turn a verdict against the operator, a hospital or a line. Whole calls over the carrier."""

from __future__ import annotations

import re

import pytest

from infra.carrier import ANNOUNCED, BARGE_IN, HANG_UP, Phone
from infra.local import demo
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import DeskDecision
from ivr.screening.line import Line
from tests.conftest import NOW
from tests.slowly import slow_but

pytestmark = pytest.mark.slow  # many calls each; test_abuse_of_reports.py stays in the quick run

STRANGER = "+96891234567"
HOSPITAL = "+96824599000"
OWN = "+96824123456"
LINES = {f"+1202555013{n}": f"+1202555014{n}" for n in range(5)}  # line -> the customer's telephone
ATTESTED = {"StirVerstat": "TN-Validation-Passed-A"}
FORGED = {"StirVerstat": "TN-Validation-Failed-A"}
MINUTE, HOUR, DAY = 60, 3600, 86_400


@pytest.fixture
def strict(store):
    """The demo's line, whose customer wants to be rung by no flagged caller."""
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="strict"))


class TestTheOperatorsOwnNumberIsReported:
    """Reports on the operator's number are about those who show it, so they flag no call that it vouches for.

    Reports on a number count until ops name it in OWN_NUMBERS, and what they came to is still stored by then.
    """

    @pytest.fixture
    def reported_by_four(self, environment, voice, store, carrier, pickups, settle):
        for line, customer in LINES.items():
            store.put(Line(number=line, kind="protected", ring_to=customer))
            pickups[customer] = Phone(keys=["9", "1", "2"], name="customer")
            carrier.place(from_=OWN, to=line, phone=Phone(keys=[ANNOUNCED]), parameters=ATTESTED)
            carrier.run()
            settle()
            carrier.wait(2 * MINUTE)
        environment["OWN_NUMBERS"] = OWN
        voice.cache_clear()

    def test_is_flagged_until_own_numbers_names_it(self, environment, voice, reported_by_four, ring):
        environment["OWN_NUMBERS"] = ""
        voice.cache_clear()
        assert ring(OWN, caller=[ANNOUNCED], customer=["3"], parameters=ATTESTED).customer.hears("why.reported")

    def test_the_attested_call_is_not_flagged(self, reported_by_four, ring):
        call = ring(OWN, caller=[ANNOUNCED], customer=["1"], parameters=ATTESTED)
        assert call.caller.hears("unknown_notice")
        assert not call.caller.hears("fraud_warning")
        assert call.talked

    @pytest.mark.parametrize("shown", slow_but((FORGED,), [{}, FORGED, {"StirVerstat": "TN-Validation-Passed-B"}]))
    def test_a_call_without_full_attestation_is_impersonation(self, reported_by_four, ring, shown):
        call = ring(OWN, caller=[ANNOUNCED], customer=["3"], parameters=shown)
        assert call.caller.hears("fraud_warning")
        assert call.customer.hears("why.impersonation")


class TestASpoofedCallIsReported:
    """One forged call that the customer reports must not cut the real hospital, operator or bank off."""

    @pytest.mark.parametrize("mode", slow_but(("standard", "strict"), ["standard", "strict", "off"]))
    @pytest.mark.parametrize("parameters", [{}, FORGED], ids=["unattested", "forged"])
    def test_the_hospital_rings_in_every_mode(self, environment, ring, store, carrier, settle, mode, parameters):
        environment["ALWAYS_RING"] = HOSPITAL
        store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode=mode))
        if mode == "off":  # where nothing is asked, nothing can be reported in the call
            store.put(report_block(HOSPITAL))
        else:
            ring(HOSPITAL, customer=["9", "1", "2"], parameters=parameters)
            settle()
        carrier.wait(2 * MINUTE)
        call = ring(HOSPITAL, customer=["1"])
        assert call.talked
        assert not call.caller.hears("unknown_notice")
        assert mode == "off" or call.customer.hears("why.unknown")  # announced all the same

    @pytest.mark.parametrize("mode", slow_but(("standard", "strict"), ["standard", "strict", "off"]))
    def test_an_older_report_block_does_not_hold_for_a_number_that_always_rings(self, environment, ring, store, mode):
        store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode=mode))
        store.put(report_block(HOSPITAL))
        environment["ALWAYS_RING"] = HOSPITAL
        assert ring(HOSPITAL, customer=["1"]).talked

    def test_a_report_block_does_not_hold_for_a_number_that_the_desk_trusts(self, ring, store):
        store.put(report_block(STRANGER))
        assert ring(STRANGER).status == "rejected"
        store.put(DeskDecision(caller=STRANGER, verdict="trusted", note="a bank"))
        assert ring(STRANGER, customer=["1"]).talked

    @pytest.mark.parametrize("mode", slow_but(("standard", "strict"), ["standard", "strict", "off"]))
    def test_the_customers_own_block_of_the_hospital_holds(self, environment, ring, store, mode):
        environment["ALWAYS_RING"] = HOSPITAL
        store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode=mode))
        store.put(ListEntry(line=demo.PROTECTED_LINE, caller=HOSPITAL, word="block"))
        assert ring(HOSPITAL).status == "rejected"


def report_block(caller):
    """The block that a report made, as it may stand from before."""
    return ListEntry(
        line=demo.PROTECTED_LINE, caller=caller, word="block", until=NOW + 30 * DAY, at=NOW, source="CA1#screened"
    )


class TestABlockedCallerKeepsRinging:
    """A blocked call costs nothing, so it must not be a switch that shuts a line to everybody else."""

    @pytest.fixture
    def attacked(self, carrier, ring, settle):
        """A blocked caller rings once a minute, and in between somebody else does."""

        def attacked(minutes, from_=STRANGER, **parameters):
            calls = []
            for n in range(minutes):
                assert ring(demo.BLOCKED).status == "rejected"
                settle()
                carrier.wait(20)
                calls.append(ring(f"{from_[:-1]}{n}", caller=[ANNOUNCED], customer=["3"], **parameters))
                settle()
                carrier.wait(20)
            return calls

        return attacked

    def test_a_strict_line_rings_for_five_of_five_unknown_callers(self, strict, attacked):
        calls = attacked(5)
        assert [call.rang(demo.CUSTOMER) for call in calls] == [True] * 5

    def test_the_line_is_in_its_aftermath_at_most_once_an_hour(self, attacked):
        calls = attacked(5)
        careful = [call.caller.hears("fraud_warning") for call in calls]
        assert careful == [True, False, False, False, False]
        assert all(call.caller.hears("unknown_notice") for call in calls[1:])

    def test_an_hour_later_the_line_is_in_its_aftermath_again(self, attacked, carrier):
        attacked(2)
        carrier.wait(HOUR)
        assert [call.caller.hears("fraud_warning") for call in attacked(2)] == [True, False]

    def test_on_a_strict_line_the_customer_hears_the_reason(self, strict, attacked):
        [call] = attacked(1)
        assert call.caller.hears("fraud_warning")
        assert call.customer.hears("why.aftermath")

    def test_a_strict_line_refuses_withheld_callers_in_the_aftermath(self, strict, ring, settle):
        ring(demo.BLOCKED)
        settle()
        call = ring("anonymous", caller=[ANNOUNCED], customer=["1"])
        assert not call.rang(demo.CUSTOMER)
        assert call.caller.hears("withheld_refused")

    def test_a_strict_line_refuses_flagged_callers_in_the_aftermath(self, strict, ring, settle):
        ring(demo.BLOCKED)
        settle()
        assert not ring(demo.FLAGGED, caller=[ANNOUNCED], customer=["1"]).rang(demo.CUSTOMER)

    def test_a_report_starts_an_aftermath_after_any_number_of_blocked_calls(self, attacked, ring, settle):
        attacked(2)
        ring("+96895550000", caller=[ANNOUNCED], customer=[BARGE_IN("9"), HANG_UP])
        settle()
        assert ring("+96895550001", caller=[ANNOUNCED], customer=["3"]).caller.hears("fraud_warning")


class TestGuessingWhoseLineItIs:
    """A caller whose number the network found forged does not learn which telephone a line rings."""

    def test_the_customer_reaches_the_report_line(self, ring):
        for parameters in (
            {},
            ATTESTED,
            {"StirVerstat": "TN-Validation-Passed-C"},
            {"StirVerstat": "No-TN-Validation"},
        ):
            call = ring(demo.CUSTOMER, caller=["2", HANG_UP], parameters=parameters)
            assert call.caller.hears("welcome")

    def test_a_right_and_a_wrong_guess_sound_alike_to_a_forger(self, ring, store, carrier):
        right, wrong = (
            ring(guess, caller=[ANNOUNCED], customer=["3"], parameters=FORGED, callers_phone={"patience": 90})
            for guess in (demo.CUSTOMER, demo.CUSTOMER[:-1] + "2")
        )
        assert without_digits(right.caller.heard) == without_digits(wrong.caller.heard)
        assert right.caller.hears("fraud_warning")
        assert right.customer.hears("why.spoofed")

    def test_a_call_under_the_customers_forged_number_blocks_nobody_on_their_line(self, ring, store):
        ring(demo.CUSTOMER, caller=[ANNOUNCED], customer=["9", "1", "2"], parameters=FORGED)
        assert store.table.get(list_entry_key(demo.PROTECTED_LINE, demo.CUSTOMER)) is None
        assert ring(demo.CUSTOMER, caller=["2", HANG_UP]).caller.hears("welcome")


DIGITS = "three|four|five|six|seven|eight|ثلاثة|أربعة|خمسة|ستة|سبعة|ثمانية"


def without_digits(heard):
    """What was spoken, but for the key to press, which each call announces anew."""
    return [re.sub(f"{DIGITS}|[3-8]", "_", said) for said in heard]
