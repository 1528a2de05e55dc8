"""A line that reaches Twilio over SIP: the customer is rung, and shown a number that Twilio lets us show."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, Phone
from infra.local import demo

VERIFIED = "+96824000000"
TO = f"sip:{demo.PROTECTED_LINE}@pbx.example"
FROM = "sip:+96891234567@pbx.example:5060"
OVER_SIP = {"both addresses": (FROM, TO), "To alone": ("+96891234567", TO), "From alone": (FROM, demo.PROTECTED_LINE)}


def shown(call):
    """What the customer's telephone showed."""
    return next(leg.from_ for leg in call.call.legs if leg.parent)


@pytest.fixture
def network(request):
    return {"verified": getattr(request, "param", [VERIFIED])}


@pytest.mark.slow
@pytest.mark.parametrize("which", ["line", "caller"])
@pytest.mark.parametrize(("from_", "to"), OVER_SIP.values(), ids=OVER_SIP)
def test_the_customer_is_shown_the_verified_number(environment, ring, from_, to, which):
    environment |= {"SIP_CALLER_ID": VERIFIED, "CALLER_ID_SHOWN": which}
    call = ring(from_, to, caller=[ANNOUNCED], customer=["1"])
    assert shown(call) == VERIFIED
    assert call.talked_in_conference


def test_a_call_that_names_a_sip_domain_is_over_sip(environment, ring):
    environment |= {"SIP_CALLER_ID": VERIFIED, "CALLER_ID_SHOWN": "caller"}
    call = ring(caller=[ANNOUNCED], customer=["1"], parameters={"SipDomain": "pbx.example"})
    assert shown(call) == VERIFIED


@pytest.mark.parametrize("network", [[demo.PROTECTED_LINE]], indirect=True, ids=["verified"])
@pytest.mark.parametrize("which", ["line", "caller"])
def test_without_the_setting_the_lines_own_number_is_shown(environment, ring, which):
    environment["CALLER_ID_SHOWN"] = which
    call = ring(FROM, TO, caller=[ANNOUNCED], customer=["1"])
    assert shown(call) == demo.PROTECTED_LINE
    assert call.talked_in_conference


def test_customer_care_is_rung_from_a_report_line_over_sip(environment, ring):
    environment["SIP_CALLER_ID"] = VERIFIED
    call = ring(FROM, f"sip:{demo.REPORT_LINE}@pbx.example", caller=["2", "0"])
    assert call.rang(demo.CARE)
    assert shown(call) == VERIFIED


@pytest.mark.parametrize("network", [[demo.REPORT_LINE]], indirect=True, ids=["verified"])
def test_an_address_without_a_number_shows_the_report_line(ring):
    call = ring(FROM, "sip:reception@pbx.example", caller=["2", "0"])
    assert shown(call) == demo.REPORT_LINE


def test_a_call_over_the_telephone_network_shows_the_line(environment, ring):
    environment["SIP_CALLER_ID"] = VERIFIED
    assert shown(ring(caller=[ANNOUNCED], customer=["1"])) == demo.PROTECTED_LINE


def test_the_number_on_the_record_is_the_line(ring, environment, store):
    environment["SIP_CALLER_ID"] = VERIFIED
    call = ring(FROM, TO, caller=[ANNOUNCED], customer=["1"])
    record = store.calls.get(call.sid)
    assert (record.line, record.caller) == (demo.PROTECTED_LINE, "+96891234567")


class TestRingBack:
    """Twilio refuses to ring from a number that is neither the account's nor verified; then the setting's is shown."""

    @pytest.fixture
    def network(self):
        return {"own_numbers": [VERIFIED], "verified": []}

    def ring_back(self, work, carrier, pickups):
        pickups[demo.CUSTOMER] = Phone(name="customer")
        sid = work.api.account.ring(number=demo.CUSTOMER, line=demo.PROTECTED_LINE, to="/voice/ring_back/start")
        carrier.run()
        [leg] = [leg for leg in carrier.legs if leg.sid == sid]
        return leg

    @pytest.fixture
    def environment(self, environment):
        return {**environment, "SIP_CALLER_ID": VERIFIED}

    def test_shows_the_verified_number_and_rings_once(self, work, carrier, pickups):
        assert self.ring_back(work, carrier, pickups).from_ == VERIFIED
        assert len(carrier.calls) == 1


class TestRingBackFromANumberOfTheAccount(TestRingBack):
    @pytest.fixture
    def network(self):
        return {"own_numbers": [VERIFIED, demo.PROTECTED_LINE], "verified": []}

    def test_shows_the_verified_number_and_rings_once(self, work, carrier, pickups):
        assert self.ring_back(work, carrier, pickups).from_ == demo.PROTECTED_LINE
