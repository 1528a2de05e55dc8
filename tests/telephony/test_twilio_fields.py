"""Twilio's parameters in the product's words."""

from __future__ import annotations

import pytest

from ivr.telephony.inputs import DialEnded, Entered, Pressed, Recorded
from ivr.telephony.signals import Attestation
from ivr.telephony.twilio import fields
from ivr.telephony.twilio.form import Form
from ivr.telephony.webhook import Webhook
from tests.conftest import BASE_URL, NOW


def webhook(**form):
    return fields.webhook("/voice/screened/unknown", "", Form(list(form.items())), NOW, BASE_URL)


def test_a_webhook_without_parameters_says_nothing():
    """Every field then has its default, as with a provider that does not know it."""
    bare = Webhook("/voice/screened/unknown", "", NOW, call_sid="", screened_sid="", input=Entered())
    assert webhook() == bare


@pytest.mark.parametrize(
    ("verstat", "told"),
    [
        ("TN-Validation-Passed-A", Attestation.FULL),
        ("TN-Validation-Passed-A-Diverted", Attestation.FULL),
        ("TN-Validation-Passed-A-Passthrough", Attestation.FULL),
        ("TN-Validation-Passed-B", Attestation.PARTIAL),
        ("TN-Validation-Passed-C-Diverted", Attestation.GATEWAY),
        ("TN-Validation-Passed-AB", Attestation.NONE),
        ("XTN-Validation-Passed-A", Attestation.NONE),
        ("TN-Validation-Failed", Attestation.FAILED),
        ("TN-Validation-Failed-A", Attestation.FAILED),
        ("TN-Validation-Failed-C-Diverted", Attestation.FAILED),
        ("No-TN-Validation", Attestation.NONE),
        ("NULL", Attestation.NONE),
        ("", Attestation.NONE),
    ],
)
def test_attestation_is_read_from_stir_verstat(verstat, told):
    assert webhook(StirVerstat=verstat).signals.attestation is told


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"Digits": "7"}, Pressed("7")),
        ({}, Entered()),
        ({"DialCallStatus": "completed"}, DialEnded(answered=True)),
        ({"DialCallStatus": "answered"}, DialEnded(answered=True)),
        ({"DialCallStatus": "no-answer"}, DialEnded(answered=False)),
        ({"DialCallStatus": ""}, DialEnded(answered=False)),
        ({"RecordingSid": "RE1"}, Recorded()),
        ({"QueueResult": "bridged"}, DialEnded(answered=True)),
        ({"QueueResult": "redirected"}, DialEnded(answered=False)),
        ({"DialCallStatus": "busy", "Digits": "1", "RecordingSid": "RE1"}, DialEnded(answered=False)),
    ],
)
def test_the_parameters_give_the_engines_input(form, told):
    assert webhook(**form).input == told


def test_a_dial_is_reported_with_its_leg_and_its_seconds():
    dial = webhook(DialCallStatus="completed", DialBridged="true", DialCallSid="CA2", DialCallDuration="61").dial
    assert (dial.status, dial.answered, dial.bridged, dial.leg_sid, dial.seconds) == (
        "completed", True, True, "CA2", 61,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "dialled", "outbound", "ring_back"),
    [
        ({"Direction": "inbound"}, False, False, False),
        ({"Direction": "outbound-dial", "ParentCallSid": "CA0"}, True, True, False),
        ({"Direction": "outbound-api"}, False, True, True),
    ],
)
def test_direction_and_parent_say_who_dialled_a_leg(form, dialled, outbound, ring_back):
    read = webhook(CallSid="CA1", From="+1", To="+2", **form)
    assert (read.is_dialled, read.is_outbound, read.is_ring_back) == (dialled, outbound, ring_back)
    assert read.screened_sid == ("CA0" if dialled else "CA1")
    assert read.person == ("+2" if ring_back else "+1")


@pytest.mark.parametrize("form", [{"SipDomain": "x.sip.twilio.com"}, {"From": "sip:1@x"}, {"To": "SIPS:1@x"}])
def test_a_call_over_sip_is_recognised_by_its_domain_or_addresses(form):
    assert webhook(**form).is_over_sip
    assert not webhook(From="+1", To="+2").is_over_sip


@pytest.mark.parametrize(("text", "told"), [("12", 12), ("", None), ("-1", None), ("9" * 10, None), ("٣", None)])
def test_the_place_in_a_queue_is_a_number_or_not_known(text, told):
    assert webhook(QueuePosition=text, QueueTime=text).queue == (told, told)
