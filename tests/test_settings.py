"""Settings: an error names the setting, its value and the remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cfnlint.decode import decode
from hypothesis import given
from hypothesis import strategies as st

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
        ("HOME_REGION", "om", "two-letter"),
        ("HOME_REGION", "XX", "of a country that has telephone numbers, such as OM"),
        ("EXTRA_NUMBER_RANGES", "+9686", "no range"),
        ("EXTRA_NUMBER_RANGES", "9686xxxxxxx", "no range"),
        ("EXTRA_NUMBER_RANGES", "+9686xxxxxxx;+9683xxxxxxx", "no range"),
        ("EXTRA_NUMBER_RANGES", "+9686xxxxxxxxxxxxx", "at most 15 digits"),
        ("EXTRA_NUMBER_RANGES", "+9686xxxxxxx,+968xxxxxxxx", "'+968xxxxxxxx' is all of +968"),
        ("EXTRA_NUMBER_RANGES", "+9996xxxxxxx", "no country code"),
        ("EXTRA_NUMBER_RANGES", "+96890xxxxxx", "premium"),
        ("TIMEZONE", "Muscat", "Asia/Muscat"),
        ("TIMEZONE", "/usr/share/zoneinfo/Asia/Muscat", "Asia/Muscat"),
        ("TIMEZONE", "/etc/passwd", "Asia/Muscat"),
        ("TIMEZONE", "Asia//Muscat", "Asia/Muscat"),
        ("TIMEZONE", "Asia", "Asia/Muscat"),
        ("TIMEZONE", "leapseconds", "Asia/Muscat"),
        ("TIMEZONE", "A" * 300, "Asia/Muscat"),
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


@pytest.mark.parametrize("password", ["secret-word", "secret-/word", "secret- word", "SECRET-@word"])
@pytest.mark.parametrize("name", ["PUBLIC_BASE_URL", "LANGUAGES", "BRANDS", "CARE_HOURS", "OWN_NUMBERS"])
def test_a_url_in_the_wrong_setting_does_not_show_its_password(name, password):
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**ENVIRONMENT, name: f"https://user:{password}@ivr.example.com/?"})
    assert name in str(error.value)
    assert "secret-" not in str(error.value).lower()


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


ADDRESSES = {  # what is typed, and what webhooks are signed over; None: refused, with these words
    "https://ivr.example.com": "https://ivr.example.com",
    "https://ivr.example.com/": "https://ivr.example.com",
    "  https://ivr.example.com\n": "https://ivr.example.com",
    "https://ivr.example.com:443": "https://ivr.example.com",
    "https://ivr.example.com:443/": "https://ivr.example.com",
    "https://ivr.example.com:8443": "https://ivr.example.com:8443",
    "https://xn--mgbh0fb.example": "https://xn--mgbh0fb.example",
}
REFUSED_ADDRESSES = {
    "https://IVR.example.com": "small letters",
    "HTTPS://ivr.example.com": "small letters",
    "https://user:secret-word@ivr.example.com": "drops a user's name and password",
    "https://user@ivr.example.com": "drops a user's name and password",
    "https://ivr.example.com?": "everything from ? or # on",
    "https://ivr.example.com/?": "everything from ? or # on",
    "https://ivr.example.com#": "everything from ? or # on",
    "https://ivr.example.com/#rc=2": "everything from ? or # on",
    "https://ivr.example.com/voice": "without a path",
    "https://ivr.example.com//": "without a path",
    "https://ivr.example.com/.": "without a path",
    "https://ivr.example.com.": "nothing else",
    "https://.ivr.example.com": "nothing else",
    "https://ivr..example.com": "nothing else",
    "https://-ivr.example.com": "nothing else",
    "https://ivr.example.com:": "nothing else",
    "https://ivr.example.com:0": "nothing else",
    "https://ivr.example.com:0443": "nothing else",
    "https://ivr.example.com:65536": "nothing else",
    "https://ivr.example.com:٤٤٣": "in ASCII",
    "https://عمان.example": "in ASCII",
    "https://ivr.example.com\u200e": "in ASCII",
    "https://ivr example.com": "nothing else",
    "https://ivr.exam\tple.com": "nothing else",
    "https://ivr.exam\nple.com": "nothing else",
    "https://ivr.example.com\\@evil.example": "drops a user's name",
    "https://ivr_1.example.com": "nothing else",
    "https://[2001:db8::1]": "nothing else",
    "https://%69vr.example.com": "nothing else",
    "https:/ivr.example.com": "nothing else",
    "https://": "nothing else",
    "http://ivr.example.com": "https",
    "ftp://ivr.example.com": "https",
    "'https://ivr.example.com'": "nothing else",
}


def pattern_of_the_template():
    decoded, _ = decode(str(Path(__file__).resolve().parents[1] / "template.yaml"))
    return re.compile(decoded["Parameters"]["PublicBaseUrl"]["AllowedPattern"])


@pytest.mark.parametrize(("typed", "signed"), ADDRESSES.items())
def test_an_address_is_what_twilio_signs_however_it_is_typed(typed, signed):
    assert Settings.from_environment({**ENVIRONMENT, "PUBLIC_BASE_URL": typed}).public_base_url == signed


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "remedy"), REFUSED_ADDRESSES.items())
def test_an_address_that_twilios_signatures_would_not_fit_is_refused_here_and_by_the_template(typed, remedy):
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**ENVIRONMENT, "PUBLIC_BASE_URL": typed})
    assert remedy in str(error.value)
    assert "secret-word" not in str(error.value)
    assert not pattern_of_the_template().search(typed)


@given(st.from_regex(pattern_of_the_template(), fullmatch=True).filter(lambda text: 0 < len(text) <= 253))
def test_values_that_the_template_accepts_pass_the_start(typed):
    deployed = {"TWILIO_AUTH_TOKEN": "", "TWILIO_AUTH_TOKEN_PARAMETER": "/token"}
    typed = typed.strip()
    read = Settings.from_environment({**ENVIRONMENT, **deployed, "PUBLIC_BASE_URL": typed}).public_base_url
    assert read == typed.removesuffix(":443")


@pytest.mark.parametrize("typed", ["http://127.0.0.1:8080", "http://localhost", "https://localhost"])
def test_a_deployment_is_reached_by_https_from_outside_and_a_laptop_need_not_be(typed):
    assert Settings.from_environment({**ENVIRONMENT, "PUBLIC_BASE_URL": typed}).public_base_url == typed
    deployed = {"TWILIO_AUTH_TOKEN": "", "TWILIO_AUTH_TOKEN_PARAMETER": "/token", "PUBLIC_BASE_URL": typed}
    with pytest.raises(SettingsError, match="by https from outside"):
        Settings.from_environment({**ENVIRONMENT, **deployed})


def test_own_numbers_are_those_set_and_customer_care():
    own = Settings.from_environment(ENVIRONMENT).numbers_of_our_own
    assert own == {"1500", "+12025550150", "+12025550151"}


def test_secrets_never_show_in_a_settings_text():
    assert "12345" not in repr(Settings.from_environment(ENVIRONMENT))
    assert ENVIRONMENT["HMAC_KEY"] not in repr(Settings.from_environment(ENVIRONMENT))
