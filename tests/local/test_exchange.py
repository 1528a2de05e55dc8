"""Several carriers before one stack: each call has the REST API of its own carrier."""

import pytest

from infra.carrier import Carrier, Phone, Reset
from infra.local.exchange import Exchange
from ivr.secrets.source import Secrets
from ivr.settings import Settings
from ivr.telephony.port import NotSentError, RefusedError, UnknownOutcomeError
from ivr.telephony.twilio.rest import TwilioAccount
from tests.conftest import ENVIRONMENT, TOKEN

CUSTOMER, OTHER = "+12025550111", "+12025550112"


@pytest.fixture
def exchange():
    exchange = Exchange()
    exchange.start()
    yield exchange
    exchange.stop()


@pytest.fixture
def carriers():
    """Two carriers that answer, each with its REST server."""
    built = [Carrier(lambda *_: None, base_url="http://ivr", auth_token=TOKEN, seed=seed) for seed in (1, 2)]
    with built[0].rest() as first, built[1].rest() as second:
        yield [(built[0], first), (built[1], second)]


@pytest.fixture
def twilio(exchange):
    """The handlers' own client, as the stack gives it its address."""
    environment = {**ENVIRONMENT, "TWILIO_API_BASE_URL": exchange.address}
    settings = Settings.from_environment(environment)
    return TwilioAccount(settings, Secrets(settings, lambda *_: None), timeout=1)


def test_a_ring_and_a_message_reach_the_carrier_that_named_the_number(exchange, carriers, twilio):
    (first, one), (second, two) = carriers
    exchange.note(one.base_url, {"CallSid": "CA1", "From": CUSTOMER, "To": "+12025550199"})
    exchange.note(two.base_url, {"CallSid": "CA2", "From": "+96891234567", "To": OTHER})
    twilio.send(number=CUSTOMER, body="x")
    twilio.send(number=OTHER, body="y")
    assert [message.body for message in first.messages] == ["x"]
    assert [message.body for message in second.messages] == ["y"]


def test_a_call_is_looked_for_at_its_own_carrier_and_then_at_the_others(exchange, carriers, twilio):
    (first, one), (second, two) = carriers
    call = first.place(from_="+96891234567", to=CUSTOMER, phone=Phone())
    exchange.note(two.base_url, {"CallSid": "CA2"})
    with pytest.raises(RefusedError):
        twilio.is_live(call.sid)
    exchange.note(one.base_url, {"CallSid": call.sid})
    assert not twilio.is_live(call.sid)  # it rings
    exchange.note(two.base_url, {"CallSid": "CA3"})
    assert not twilio.is_live(call.sid)  # it rings
    assert len(second.messages) == 0


def test_without_a_carrier_a_request_counts_as_not_sent(exchange, carriers, twilio):
    with pytest.raises(NotSentError):
        twilio.send(number=CUSTOMER, body="x")
    (_, one), _ = carriers
    exchange.note(one.base_url, {"CallSid": "CA1", "To": CUSTOMER})
    one.__exit__(None, None, None)
    with pytest.raises(NotSentError):
        twilio.send(number=CUSTOMER, body="x")


def test_a_carrier_that_breaks_the_connection_may_have_acted(exchange, carriers, twilio):
    (_, one), _ = carriers
    exchange.note(one.base_url, {"To": CUSTOMER})
    one.faults.next("messages.create", Reset())
    with pytest.raises(UnknownOutcomeError):
        twilio.send(number=CUSTOMER, body="x")


@pytest.mark.parametrize(
    "address", ["http://192.0.2.1:80", "https://api.twilio.com", "http://127.0.0.1", "http://127.0.0.1:80/x"]
)
def test_an_address_elsewhere_gets_no_request(exchange, twilio, address):
    exchange.note(address, {"To": CUSTOMER})
    with pytest.raises(NotSentError):
        twilio.send(number=CUSTOMER, body="x")
