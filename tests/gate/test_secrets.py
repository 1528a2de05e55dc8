"""The deployment's secrets: read from SSM once in a while, and the last good ones when SSM is down."""

from __future__ import annotations

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from infra.local.events import event
from ivr import secrets
from ivr.settings import Settings
from tests.conftest import ENVIRONMENT, TOKEN

NAME = "/call-screening/twilio-auth-token"


@pytest.fixture
def settings():
    return Settings.from_environment({**ENVIRONMENT, "TWILIO_AUTH_TOKEN": "", "TWILIO_AUTH_TOKEN_PARAMETER": NAME})


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    secrets._provider.cache_clear()
    monkeypatch.setattr(secrets, "_last_good", {})
    monkeypatch.setattr(secrets, "_not_before", {})
    monkeypatch.setattr(secrets, "_KEPT_SECONDS", 0)
    yield
    secrets._provider.cache_clear()


@pytest.fixture
def parameter(dynamodb):  # moto is up
    boto3.client("ssm").put_parameter(Name=NAME, Type="SecureString", Value=TOKEN)


@pytest.fixture
def ssm_down(monkeypatch):
    asked = []

    def get(*_, **__):
        asked.append(1)
        raise GetParameterError("down")

    def go_down():
        monkeypatch.setattr(SSMProvider, "get", get)
        return asked

    return go_down


def test_the_token_comes_from_ssm(settings, parameter):
    assert secrets.auth_token(settings) == TOKEN


def test_the_last_good_token_serves_while_ssm_is_down_and_no_call_waits_for_it_again(settings, parameter, ssm_down):
    secrets.auth_token(settings)
    asked = ssm_down()
    assert [secrets.auth_token(settings) for _ in range(5)] == [TOKEN] * 5
    assert len(asked) == 1


def test_without_any_token_nothing_is_verified_said_or_done(environment, voice, outage, ssm_down, caplog):
    ssm_down()
    environment |= {"TWILIO_AUTH_TOKEN": "", "TWILIO_AUTH_TOKEN_PARAMETER": NAME}
    answer = voice().answer(event(method="POST", path="/voice/fallback", query="", headers={}, body=b"", now_ms=0))
    assert (answer["statusCode"], answer["body"]) == (503, "")
    assert outage.asked == []
    assert [record.metric for record in caplog.records] == ["secret_unavailable"]


def test_ssm_is_never_waited_for_longer_than_a_caller_would(settings, parameter):
    config = secrets._provider().client.meta.config
    assert config.connect_timeout + config.read_timeout <= 3
    assert config.retries["total_max_attempts"] == 1


def test_what_asks_ssm_is_made_before_a_snapshot_and_asks_nothing(settings, parameter, ssm_down):
    asked = ssm_down()
    secrets.prepare(settings)
    assert secrets._provider.cache_info().currsize == 1
    assert asked == []


def test_a_call_is_put_through_even_without_the_pseudonyms_key(environment, post, carrier, pickups, ssm_down):
    from infra.carrier import ANNOUNCED, Phone
    from infra.local import demo

    ssm_down()
    environment |= {"HMAC_KEY": "", "HMAC_KEY_PARAMETER": NAME}
    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer")
    call = carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert any(entry.kind == "bridged" for entry in call.transcript)
