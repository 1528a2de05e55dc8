"""Settings: each wrong value names itself and says what to do."""

from __future__ import annotations

import pytest

from ivr.settings import Settings, SettingsError
from tests.conftest import ENVIRONMENT


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TABLE_NAME", "", "TABLE_NAME is not set"),
        ("PUBLIC_BASE_URL", "", "PUBLIC_BASE_URL is not set"),
        ("PUBLIC_BASE_URL", "http://ivr.example.com", "https"),
        ("PUBLIC_BASE_URL", "ivr.example.com", "https"),
        ("PUBLIC_BASE_URL", "https://ivr.example.com/?a=1", "https"),
        ("PUBLIC_BASE_URL", "https://ivr.example.com/stage", "without a path"),
        ("TWILIO_AUTH_TOKEN", "", "TWILIO_AUTH_TOKEN_PARAMETER"),
        ("HMAC_KEY", "", "HMAC_KEY_PARAMETER"),
        ("CARE_NUMBER", "24123456", "E.164"),
        ("OWN_NUMBERS", "1500,abc", "'abc'"),
        ("ALWAYS_RING", "+1", "'+1'"),
        ("CARE_NUMBER", "\u200e24123456", "E.164"),
        ("HOME_REGION", "Oman", "two-letter"),
        ("EXTRA_NUMBER_RANGES", "+9686", "no range"),
        ("EXTRA_NUMBER_RANGES", "9686xxxxxxx", "no range"),
        ("EXTRA_NUMBER_RANGES", "+9686xxxxxxx;+9683xxxxxxx", "no range"),
        ("EXTRA_NUMBER_RANGES", "+9686xxxxxxxxxxxxx", "at most 15 digits"),
        ("EXTRA_NUMBER_RANGES", "+9686xxxxxxx,+968xxxxxxxx", "'+968xxxxxxxx' is all of +968"),
        ("EXTRA_NUMBER_RANGES", "+9996xxxxxxx", "no country code"),
        ("EXTRA_NUMBER_RANGES", "+96890xxxxxx", "premium"),
        ("TIMEZONE", "Muscat", "Asia/Muscat"),
        ("CALLER_ID_SHOWN", "both", "line or caller"),
        ("SIP_CALLER_ID", "anonymous", "E.164"),
        ("RING_SECONDS", "4", "from 5 to 600"),
        ("RING_SECONDS", "soon", "from 5 to 600"),
        ("RETENTION_CALLS_DAYS", "0", "from 1"),
        ("LOG_LEVEL", "loud", "DEBUG"),
    ],
)
def test_a_wrong_setting_names_itself_and_the_remedy(name, value, says):
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**ENVIRONMENT, name: value})
    assert name in str(error.value)
    assert says in str(error.value)


def test_a_base_url_loses_its_trailing_slash():
    settings = Settings.from_environment({**ENVIRONMENT, "PUBLIC_BASE_URL": "https://ivr.example.com/"})
    assert settings.public_base_url == "https://ivr.example.com"


def test_ranges_newer_than_the_library_are_those_set():
    given = {**ENVIRONMENT, "EXTRA_NUMBER_RANGES": "+9686xxxxxxx, +96839xxxxxx"}
    settings = Settings.from_environment(given)
    assert settings.extra_number_ranges == ("+9686xxxxxxx", "+96839xxxxxx")
    assert settings.number("61234567").text == "+96861234567"


def test_a_setting_that_must_be_a_number_in_full_may_be_pasted_with_invisible_marks():
    given = {**ENVIRONMENT, "CARE_NUMBER": "\u202a+968 2412 3456\u202c"}
    assert Settings.from_environment(given).care_number == "+96824123456"


def test_our_own_numbers_are_those_set_and_customer_care():
    own = Settings.from_environment(ENVIRONMENT).numbers_of_our_own
    assert own == {"1500", "+12025550150", "+12025550151"}


def test_secrets_never_show_in_a_settings_text():
    assert "12345" not in repr(Settings.from_environment(ENVIRONMENT))
    assert ENVIRONMENT["HMAC_KEY"] not in repr(Settings.from_environment(ENVIRONMENT))
