"""During a rotation of the auth token our requests to Twilio's REST API succeed with whichever token it accepts."""

from __future__ import annotations

from contextlib import suppress

import boto3
import pytest

from infra.carrier import ANNOUNCED, Refused
from infra.local import demo
from ivr.jobs.job import RingBack
from ivr.pseudonym import pseudonym
from ivr.secrets.source import Secrets
from ivr.settings import Settings
from ivr.telephony.port import RefusedError
from ivr.telephony.twilio.rest import TwilioAccount
from tests.calls.test_guarded_call import STAR
from tests.conftest import NOW, TOKEN

PARAMETER = "/call-screening/twilio-auth-token"
OLD, NEW = "0" * 31 + "a", "0" * 31 + "b"
PERSON = pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])


@pytest.fixture
def account(carrier, rest_server):
    return rest_server.api.account


@pytest.fixture
def stored(environment, dynamodb):
    """What Parameter Store holds."""
    environment |= {"TWILIO_AUTH_TOKEN": "", "TWILIO_AUTH_TOKEN_PARAMETER": PARAMETER}

    def put(value):
        boto3.client("ssm").put_parameter(Name=PARAMETER, Type="SecureString", Value=value, Overwrite=True)

    return put


@pytest.fixture
def twilio(environment):
    def twilio():
        settings = Settings.from_environment(environment)
        return TwilioAccount(settings, Secrets(settings, lambda *_: None))

    return twilio


@pytest.fixture
def ask_ring_back(store):
    def ask(call_sid):
        given = {
            "call_sid": call_sid,
            "day": "2026-11-24",
            "line": demo.PROTECTED_LINE,
            "languages": "en",
            "asked_at": NOW,
        }
        asked = RingBack(person=PERSON, expires=NOW + 99, **given)
        store.put(asked)
        return asked

    return ask


@pytest.mark.parametrize("stored_tokens", [f"revoked {TOKEN}", f"{TOKEN} not-yet"])
def test_a_guarded_call_gets_its_conference_with_either_token(ring, environment, reports, account, stored_tokens):
    environment["TWILIO_AUTH_TOKEN"] = stored_tokens
    call = ring(caller=[ANNOUNCED], customer=["1", STAR, "1", "2"])
    assert call.talked_in_conference
    assert reports()


def test_the_token_that_was_refused_is_not_tried_first_again(twilio, environment, account):
    environment["TWILIO_AUTH_TOKEN"] = f"revoked {TOKEN}"
    asked = twilio()
    for _ in range(5):
        asked.send(number=demo.CUSTOMER, body="x")
    assert account.turned_away == 1


def test_a_token_that_is_refused_later_gives_way_to_the_other_again(twilio, environment, account):
    environment["TWILIO_AUTH_TOKEN"] = f"other {TOKEN}"
    asked = twilio()
    for token in ("other", TOKEN, TOKEN, "other"):
        account.auth_token = token
        asked.send(number=demo.CUSTOMER, body="x")
    assert len(account.messages) == 4
    assert account.turned_away == 2


def test_when_twilio_refuses_both_tokens_each_is_tried_once(twilio, environment, account):
    environment["TWILIO_AUTH_TOKEN"] = "revoked revoked-too"
    with pytest.raises(RefusedError, match="20003"):
        twilio().send(number=demo.CUSTOMER, body="x")
    assert account.turned_away == 2


def test_another_refusal_does_not_try_the_other_token(twilio, environment, rest_server, account):
    environment["TWILIO_AUTH_TOKEN"] = f"{TOKEN} revoked"
    rest_server.faults.next("messages.create", Refused(403, 20008, "Resource not accessible with Test Credentials"))
    with pytest.raises(RefusedError, match="20008"):
        twilio().send(number=demo.CUSTOMER, body="x")
    assert len(account.requests) == 1
    assert account.turned_away == 0


def test_a_recording_is_fetched_and_erased_with_the_token_that_twilio_takes(twilio, environment, account):
    environment["TWILIO_AUTH_TOKEN"] = f"revoked {TOKEN}"
    for ask in (twilio().recording, twilio().delete_recording):
        account.turned_away = 0
        with suppress(RefusedError):  # there is no such recording
            ask("RE" + "1" * 32)
        assert account.turned_away == 1


@pytest.mark.slow
def test_a_ring_back_is_placed_though_its_container_knows_the_replaced_token_alone(
    stored, ask_ring_back, work, follow_up, account
):
    """The follow-up function sees no signatures: a refusal is all that tells it of a rotation."""
    stored(OLD)
    account.auth_token = OLD
    first = ask_ring_back("CA1")
    follow_up()
    stored(NEW)
    account.auth_token = NEW
    second = ask_ring_back("CA2")
    follow_up()
    assert [work.store.jobs.current(job).state for job in (first, second)] == ["done", "done"]


def test_refusals_read_parameter_store_again_at_most_once_a_minute(stored, twilio, account, monkeypatch):
    stored(OLD)
    asked = twilio()
    secrets, reads = asked.secrets, []
    assert secrets.auth_token() == OLD
    get = secrets.store.get
    monkeypatch.setattr(secrets.store, "get", lambda name: reads.append(name) or get(name))
    for _ in range(20):
        with pytest.raises(RefusedError, match="20003"):
            asked.send(number=demo.CUSTOMER, body="x")
    assert reads == [PARAMETER]
