"""Twilio's own errors are logged by known words: no URL, number or free text gets into the log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.carrier import ANNOUNCED, Answer, Carrier, Phone
from infra.local import demo
from ivr.observability.failures import is_code
from ivr.telephony.twilio import fields
from ivr.telephony.twilio.form import Form
from tests.conftest import BASE_URL, NOW, TOKEN

STRANGER = "+96891234567"


def webhook(**form):
    return fields.webhook("/voice/fallback", "", Form(list(form.items())), NOW, BASE_URL)


@pytest.mark.parametrize(
    ("code", "told"), [("11200", "11200"), ("", "none"), ("+96891234567", "none"), ("12 100", "none"), ("٣٣٣٣", "none")]
)
def test_an_error_code_is_twilios_digits_or_none(code, told):
    assert webhook(ErrorCode=code).failure.code == told


@pytest.mark.parametrize(
    ("url", "step"),
    [
        (f"{BASE_URL}/voice/incoming", "incoming"),
        (f"{BASE_URL}/voice/whisper/offer?digits=567&why=unknown", "whisper.offer"),
        ("https://elsewhere.example/voice/whisper/offer", "elsewhere"),
        (f"{BASE_URL}/voice/+96891234567", "elsewhere"),
        (f"{BASE_URL}/voice/recordings/RE0.mp3", "elsewhere"),
        ("https://[", "elsewhere"),
        ("", "elsewhere"),
    ],
)
def test_a_failed_url_is_logged_by_its_step_alone(url, step):
    assert webhook(ErrorUrl=url).failure.step == step


@given(st.text(), st.text(), st.text())
def test_any_text_of_twilios_becomes_a_word(code, url, status):
    asked = webhook(ErrorCode=code, ErrorUrl=url, DialCallStatus=status, DialSipResponseCode=code)
    told = [asked.failure.code, asked.failure.step, asked.dial.error]
    assert all(map(is_code, [*told, asked.dial.status or "none"]))


def lines(caplog, message):
    return [line.line for line in caplog.records if line.message == message]


def test_the_fallback_is_counted_with_twilios_code_and_the_step_that_failed(post, caplog):
    def without_the_check(url, form, headers):
        return Answer(502, "text/plain", "") if "/voice/screened/" in url else post(url, form, headers)

    carrier = Carrier(without_the_check, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW)
    call = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    [line] = lines(caplog, "fallback_asked")
    assert (line["why"], line["step"]) == ("11200", "screened.unknown")
    assert (line["call_sid"], line["leg"], line["fallback_asked"]) == (call.sid, "caller", 1)


def test_a_number_that_can_never_be_rung_is_counted_and_no_missed_call_is(ring_to, caplog):
    for outcome, counted in {"failed": 1, "no-answer": 0, "busy": 0, "declines": 0, "answers": 0}.items():
        caplog.clear()
        ring_to(outcome)
        assert len(lines(caplog, "dial_failed")) == counted, outcome
        told = lines(caplog, "dial_failed") + lines(caplog, "dial_ended")
        assert [line["step"] for line in told] == ["screened.ring"]
        assert told[0]["line"] == "...100"


@pytest.fixture
def ring_to(carrier, pickups):
    def place(outcome):
        pickups[demo.CUSTOMER] = Phone(answers=outcome, name="customer")
        carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()

    return place
