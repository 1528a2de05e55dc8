"""Messages sent by twilio's real client, and all the ways in which that fails."""

import pytest
from requests import ConnectionError as NoConnection
from requests import Timeout
from twilio.base.exceptions import TwilioRestException

from infra.carrier import DoneButTimedOut, Refused, Reset, Slow, TimedOut
from infra.carrier.rest.sms import segments_of

LINE, CUSTOMER = "+12025550100", "+12025550111"


def send(with_rest, to=CUSTOMER, **more):
    return with_rest.client.messages.create(**{"to": to, "from_": LINE, "body": "Hello", **more})


def test_a_message_is_recorded(rest):
    with_rest = rest()
    with_rest.carrier.wait(12)
    sent = send(with_rest, body="مرحبا")
    (message,) = with_rest.carrier.messages
    assert (message.sid, message.to, message.from_, message.body) == (sent.sid, CUSTOMER, LINE, "مرحبا")
    assert (message.at, message.segments) == (1_800_000_012, 1)
    assert (sent.status, sent.num_segments, sent.error_code) == ("queued", "1", None)


def test_a_messaging_service_chooses_the_sender(rest):
    with_rest = rest()
    sent = send(with_rest, from_=None, messaging_service_sid="MG" + "1" * 32)
    assert sent.status == "accepted"
    assert with_rest.carrier.messages[0].messaging_service_sid == "MG" + "1" * 32


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("م" * 70, 1), ("م" * 71, 2), ("م" * 134, 2), ("م" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_segments(body, segments):
    assert segments_of(body) == segments


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550009"}, 21614),
        ({"to": "+15005550004"}, 21610),
        ({"to": "12"}, 21211),
        ({"to": ""}, 21604),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+12025550188"}, 21606),
        ({"from_": None}, 21603),
        ({"body": ""}, 21602),
        ({"body": "a" * 1601}, 21617),
        ({"media_url": ["https://ivr.example/a.png"]}, 20001),
    ],
)
def test_refused_messages_are_not_sent(rest, wrong, code):
    with_rest = rest(own_numbers=[LINE])
    with pytest.raises(TwilioRestException) as refused:
        send(with_rest, **wrong)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert with_rest.carrier.messages == []


def test_an_alphanumeric_sender_is_taken(rest):
    with_rest = rest(own_numbers=[LINE])
    send(with_rest, from_="OPERATOR")
    assert with_rest.carrier.messages[0].from_ == "OPERATOR"


@pytest.mark.parametrize("code", [None, 20500])
def test_an_http_error(rest, code):
    with_rest = rest()
    with_rest.faults.next("messages.create", Refused(500, code))
    with pytest.raises(TwilioRestException) as refused:
        send(with_rest)
    assert refused.value.status == 500
    assert with_rest.carrier.messages == []
    send(with_rest)


def test_a_connection_that_is_reset(rest):
    with_rest = rest()
    with_rest.faults.next("messages.create", Reset())
    with pytest.raises(NoConnection):
        send(with_rest)
    assert with_rest.carrier.messages == []


@pytest.mark.parametrize(("fault", "sent"), [(TimedOut(), 0), (DoneButTimedOut(), 1)])
def test_a_time_out_says_nothing_about_what_was_done(rest, fault, sent):
    with_rest = rest(timeout=0.2)
    with_rest.faults.next("messages.create", fault)
    with pytest.raises(Timeout):
        send(with_rest)
    assert len(with_rest.carrier.messages) == sent


def test_a_slow_answer_is_an_answer(rest):
    with_rest = rest()
    with_rest.faults.next("messages.create", Slow(0.05), None)
    assert send(with_rest).status == "queued"


def test_a_fault_for_a_number_and_for_always(rest):
    with_rest = rest()
    with_rest.faults.for_number("messages.create", "+12025550112", Refused(429, 20429))
    with_rest.faults.always("messages.create", Refused(503, None))
    for to, status in (("+12025550112", 429), (CUSTOMER, 503), (CUSTOMER, 503)):
        with pytest.raises(TwilioRestException) as refused:
            send(with_rest, to)
        assert refused.value.status == status
    with_rest.faults.always("messages.create", None)
    send(with_rest)


def test_a_stopped_server_refuses_connections(carrier, rest):
    with_rest = rest()
    with carrier().rest() as stopped:
        pass
    with_rest.server = stopped
    with pytest.raises(NoConnection):
        with_rest.client_with().messages.create(to=CUSTOMER, from_=LINE, body="Hello")
