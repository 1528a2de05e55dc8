"""Calls placed over REST by twilio's real client."""

import pytest
from twilio.base.exceptions import TwilioRestException

from infra.carrier import BARGE_IN, Answer, CarrierError, Phone

BASE, CUSTOMER, LINE = "https://ivr.example", "+12025550111", "+12025550100"
EVENTS = ["initiated", "ringing", "answered", "completed"]


def customer(**behaviour):
    return {CUSTOMER: Phone(name="customer", **behaviour)}


@pytest.fixture
def back(app):
    app["/voice/back"] = '<Gather numDigits="1" action="menu"><Say>Press 1</Say></Gather>'
    app["/voice/menu"] = "<Say>Thanks</Say>"
    app["/voice/progress"] = Answer(204, "", "")
    return app


def test_the_client_gets_a_queued_call_at_once(back, rest):
    with_rest = rest(pickups=customer())
    made = with_rest.calls_back()
    assert (made.status, made.direction, made.to) == ("queued", "outbound-api", CUSTOMER)
    assert with_rest.client.calls(made.sid).fetch().status == "queued"
    assert with_rest.carrier.legs == []
    with_rest.carrier.run()
    (leg,) = with_rest.carrier.legs
    assert leg.sid == made.sid
    fetched = with_rest.client.calls(made.sid).fetch()
    assert (fetched.status, fetched.duration) == ("completed", str(leg.duration))
    assert fetched.start_time is not None


def test_it_rings_the_phone_and_plays_the_documents(back, rest):
    with_rest = rest(pickups=customer(keys=["1"]))
    with_rest.calls_back()
    with_rest.carrier.run()
    (call,) = with_rest.carrier.calls
    assert call.transcript.said("customer") == ["Press 1", "Thanks"]
    form = back.asked("/voice/back")[0]
    expected = {"Direction": "outbound-api", "From": LINE, "To": CUSTOMER, "CallStatus": "in-progress"}
    assert expected.items() <= form.items()
    assert "ParentCallSid" not in form
    assert back.asked("/voice/status") == []


@pytest.mark.parametrize(
    ("behaviour", "status", "seconds"),
    [("busy", "busy", 1), ("declines", "busy", 6), ("no-answer", "no-answer", 20), ("failed", "failed", 1)],
)
def test_a_call_that_nobody_answers(back, rest, behaviour, status, seconds):
    with_rest = rest(pickups=customer(answers=behaviour))
    with_rest.calls_back(timeout=20, status_callback=f"{BASE}/voice/progress")
    with_rest.carrier.run()
    assert [form["CallStatus"] for form in back.asked("/voice/progress")] == [status]
    assert with_rest.carrier.legs[0].ended_at == seconds
    assert back.asked("/voice/back") == []


def test_progress_is_told_in_sequence(back, rest):
    with_rest = rest(pickups=customer(keys=["1"]))
    with_rest.calls_back(status_callback=f"{BASE}/voice/progress", status_callback_event=EVENTS)
    with_rest.carrier.run()
    assert [(form["SequenceNumber"], form["CallStatus"]) for form in back.asked("/voice/progress")] == [
        ("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed"),
    ]  # fmt: skip


def test_progress_may_come_twice_and_in_disorder(back, rest):
    with_rest = rest(pickups=customer(keys=["1"]), disorder_seed=4)
    with_rest.calls_back(status_callback=f"{BASE}/voice/progress", status_callback_event=EVENTS)
    with_rest.carrier.run()
    numbers = [form["SequenceNumber"] for form in back.asked("/voice/progress")]
    assert set(numbers) == {"0", "1", "2", "3"}
    assert numbers != sorted(set(numbers))


def test_one_call_a_second(back, rest):
    with_rest = rest(pickups=customer(answers="busy"))
    for _ in range(3):
        with_rest.calls_back()
    with_rest.carrier.run()
    assert [leg.placed_at for leg in with_rest.carrier.legs] == [0, 1, 2]
    assert [leg.ended_at for leg in with_rest.carrier.legs] == [1, 2, 3]


def test_a_call_placed_from_inside_a_webhook(back, rest):
    with_rest = rest(pickups=customer(keys=["1"]))

    def incoming(_form):
        with_rest.calls_back()
        return "<Say>We ring you back</Say>"

    back["/voice/incoming"] = incoming
    with_rest.carrier.place(from_="+96891234567", to=LINE, phone=Phone())
    with_rest.carrier.run()
    caller, called = with_rest.carrier.calls
    assert called.leg.placed_at == 0
    assert called.transcript.said() == ["Press 1", "Thanks"]
    assert caller.transcript.said() == ["We ring you back"]


def test_a_document_given_as_twiml(back, rest):
    with_rest = rest(pickups=customer(keys=[BARGE_IN("1")]))
    inner = f'<Gather numDigits="1" action="{BASE}/voice/menu"><Say>Hello</Say></Gather>'
    with_rest.calls_back(url=None, twiml=f"<Response>{inner}</Response>")
    with_rest.carrier.run()
    assert with_rest.carrier.calls[0].transcript.said() == ["Hello", "Thanks"]
    assert back.paths == ["/voice/menu"]


def test_twiml_with_a_relative_address_is_a_fault(back, rest):
    with_rest = rest(pickups=customer(keys=["1"]), strict=False)
    with_rest.calls_back(url=None, twiml='<Response><Gather numDigits="1" action="menu"/></Response>')
    with_rest.carrier.run()
    assert with_rest.carrier.errors[0].code == "11100"


def test_a_call_whose_document_fails_goes_to_its_own_fallback(back, rest):
    back["/voice/back"] = Answer(500, "", "")
    back["/voice/spare"] = "<Say>Sorry</Say>"
    with_rest = rest(pickups=customer())
    with_rest.calls_back(fallback_url=f"{BASE}/voice/spare")
    with_rest.carrier.run()
    assert with_rest.carrier.calls[0].transcript.said() == ["Sorry"]


def test_without_a_fallback_the_customer_hears_an_error(back, rest):
    back["/voice/back"] = Answer(500, "", "")
    with_rest = rest(pickups=customer(), strict=False)
    with_rest.calls_back()
    with_rest.carrier.run()
    assert "application error" in with_rest.carrier.calls[0].transcript.said()[0]
    assert back.asked("/voice/fallback") == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"machine_detection": "Enable"}, 20001),
        ({"send_digits": "1"}, 20001),
        ({"method": "GET"}, 20001),
        ({"method": "PUT"}, 21209),
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"from_": "sip:+12025550100@pbx.example"}, 21212),
        ({"url": f"https://ivr.example/{'x' * 4000}"}, 21205),
        ({"status_callback": "https://an_ivr.example/voice/status"}, 21609),
        ({"timeout": 601}, 21208),
        ({"status_callback_event": ["hello"]}, 21626),
        ({"url": None}, 21205),
        ({"url": "/voice/back"}, 21205),
        ({"status_callback": "progress"}, 21609),
        ({"url": None, "twiml": "<Response>" + " " * 4000}, 32018),
    ],
)
def test_an_invalid_parameter_is_refused_by_name_and_reported(back, rest, wrong, code):
    with_rest = rest(pickups=customer())
    with pytest.raises(TwilioRestException) as refused:
        with_rest.calls_back(**wrong)
    assert (refused.value.status, refused.value.code) == (400, code)
    with pytest.raises(CarrierError, match=f"{code} on the leg rest"):
        with_rest.carrier.run()
    assert with_rest.carrier.legs == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "1500"}, 21211),
        ({"from_": "+12025550177"}, 21210),
        ({"to": "+15005550001"}, 21217),
    ],
)
def test_numbers_that_twilio_refuses(back, rest, wrong, code):
    with_rest = rest(own_numbers=[LINE], verified=["+12025550178"])
    with pytest.raises(TwilioRestException) as refused:
        with_rest.calls_back(**wrong)
    assert refused.value.code == code
    with_rest.calls_back(from_="+12025550178")
    with_rest.calls_back(from_="+15005550006")
    with_rest.carrier.run()


def test_the_same_seed_gives_the_same_sids(back, rest):
    first, second = rest(pickups=customer()), rest(pickups=customer())
    assert first.calls_back().sid == second.calls_back().sid
    with_other = rest(pickups=customer(), seed=8)
    assert with_other.calls_back().sid != first.calls_back().sid


def test_a_machine_answers(back, rest):
    with_rest = rest(pickups=customer(answers="voicemail"))
    with_rest.calls_back()
    with_rest.carrier.run()
    assert back.asked("/voice/menu") == []
    assert "answered" in [entry.kind for entry in with_rest.carrier.calls[0].transcript]
