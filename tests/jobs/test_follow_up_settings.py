"""The settings of the follow-up function: a stand-in only on this machine, and a sender that Twilio knows."""

from __future__ import annotations

import pytest

from handlers import follow_up
from ivr import settings as module
from ivr.settings import Settings, SettingsError
from ivr.telephony.twilio import rest
from tests.conftest import ENVIRONMENT


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TWILIO_API_BASE_URL", "http://192.0.2.1:8080", "this machine"),
        ("TWILIO_API_BASE_URL", "https://api.example.com", "this machine"),
        ("TWILIO_API_BASE_URL", "http://127.0.0.1@example.com", "this machine"),
        ("TWILIO_API_BASE_URL", "http://127.0.0.1:8080/2010", "this machine"),
        ("TWILIO_EDGE", "evil.example/", "location"),
        ("TWILIO_REGION", "IE1", "location"),
        ("SMS_FROM", "24123456", "messaging service"),
        ("SMS_FROM", "MG123!", "messaging service"),
        ("SMS_FROM", "+1", "E.164"),
        ("SMS_FROM", "Nakhla Telecom", "messaging service"),
    ],
)
def test_a_wrong_setting_names_itself_and_the_remedy(name, value, says):
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**ENVIRONMENT, name: value})
    assert name in str(error.value)
    assert says in str(error.value)


@pytest.mark.parametrize("sender", ["", "+12025550190", "MG" + "0" * 32, "Nakhla"])
def test_a_sender_is_a_number_a_service_or_a_name(sender):
    assert Settings.from_environment({**ENVIRONMENT, "SMS_FROM": sender}).sms_from == sender


def test_the_client_has_a_timeout_edge_and_region_and_no_retry():
    client = rest._client("AC1", "token", "dublin", "ie1", "", rest.TIMEOUT_SECONDS)
    assert client.http_client.timeout == rest.TIMEOUT_SECONDS
    assert client.get_hostname("https://api.twilio.com/x") == "https://api.dublin.ie1.twilio.com/x"


def test_the_container_reads_its_settings_from_the_environment(monkeypatch, dynamodb):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module.current.cache_clear()
    follow_up.runner.cache_clear()
    try:
        removal = {"eventSource": "aws:dynamodb", "eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}}
        assert follow_up.handler({"Records": [removal]}, None) == {"batchItemFailures": []}
        assert follow_up.runner() is follow_up.runner()
    finally:
        module.current.cache_clear()
        follow_up.runner.cache_clear()
