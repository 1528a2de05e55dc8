"""A third language in whole calls: Urdu beside Arabic and English."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, Phone
from infra.carrier.speech import why_unspeakable
from infra.local import demo
from ivr.jobs.segments import segments
from ivr.locales import catalog, folder, language
from ivr.screening.line import Line
from ivr.settings import DEFAULT_LANGUAGES, Settings
from tests.calls.conftest import *  # noqa: F403  # a call as the tests of calls write it
from tests.conftest import ENVIRONMENT

URDU = catalog.load("ur")
DIGITS = dict(zip("0123456789", ["صفر", "ایک", "دو", "تین", "چار", "پانچ", "چھ", "سات", "آٹھ", "نو"], strict=True))


@pytest.fixture(autouse=True)
def _all_three_are_offered(environment):
    environment.update({"LANGUAGES": "ar,en,ur", "SMS_FROM": "+12025550190"})


@pytest.fixture
def urdu_line(store):
    """The customer hears Urdu, then Arabic."""
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, languages="ur-ar"))


def test_nine_is_said_as_nau():
    assert URDU.keys["9"] == "نو"
    assert {digit: URDU.keys[digit] for digit in DIGITS} == DIGITS


def test_a_call_to_a_line_that_hears_urdu_and_arabic(urdu_line, ring, reports, settle, follow_up, carrier):
    call = ring(caller=[ANNOUNCED], customer=["9", "1", "2", HANG_UP])
    # Nobody knows what the caller speaks: the first two languages of the deployment.
    assert call.caller.hears("unknown_notice", "ar", "en")
    assert call.call.transcript.said("caller", "ur") == []
    # The customer hears their own, Urdu first.
    assert call.customer.hears("why.unknown", "ur", "ar")
    assert call.call.transcript.said("customer", "en") == []
    spoken = [entry.language for entry in call.call.transcript.of("customer") if entry.kind == "said"]
    assert spoken[:2] == ["ur", "ar"]
    said = " ".join(call.call.transcript.said("customer", "ur"))
    assert "نخلہ ٹیلیکام: نامعلوم نمبر کی کال۔" in said
    assert "اطلاع کے لیے، نو دبائیں۔" in said
    # 9 is a report, and its reference is read out digit by digit.
    [report] = reports()
    assert report.category == "prize"
    assert f"آپ کا حوالہ نمبر ہے: {'، '.join(DIGITS[digit] for digit in report.reference)}۔" in said
    settle()
    follow_up()
    [message] = carrier.messages
    assert message.body.startswith(f"نخلہ ٹیلیکام: اطلاع {report.reference} درج ہو گئی۔")
    assert segments(message.body) <= 2


def test_each_language_of_the_menu_is_offered_in_its_own_voice(ring):
    call = ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["3", HANG_UP]).call
    for code, nth in (("ar", "1"), ("en", "2"), ("ur", "3")):
        words = catalog.load(code)
        option = words.press.format(goal=words.prompts["key.this_language"].say[0], key=words.keys[nth])
        assert [one for one in folder.known() if option in " ".join(call.transcript.said("caller", one))] == [code]
    welcome, *_ = call.transcript.said("caller", "ur")
    assert welcome == "اردو کے لیے، تین دبائیں۔"  # the option alone: the welcome is in the first two


def test_a_chosen_language_holds_to_the_end(ring):
    caller = ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["3", "3", HANG_UP]).caller
    assert caller.hears("report_line_menu", "ur")
    assert caller.hears("advice.never_ask", "ur")
    assert not caller.hears("report_line_menu", "ar")
    assert not caller.hears("report_line_menu", "en")


def test_an_agent_hears_that_urdu_was_chosen(environment, ring, pickups):
    environment["CARE_LANGUAGES"] = "ar-en"
    pickups[demo.CARE] = Phone(keys=["1"], name="care")
    call = ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["3", "0"]).call
    assert any("اللغة: الأردية." in said for said in call.transcript.said("care", "ar"))
    assert any("The language is Urdu." in said for said in call.transcript.said("care", "en"))


def test_a_person_who_speaks_urdu_alone_finds_the_announced_digit(environment, ring):
    environment["LANGUAGES"] = "ur,ar"
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.caller.hears("unknown_notice", "ur", "ar")
    assert call.talked


def test_a_call_goes_on_when_urdu_is_no_longer_offered(environment, urdu_line, ring):
    environment["LANGUAGES"] = "ar,en"
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.customer.hears("why.unknown", "ar")
    assert call.call.transcript.said("customer", "ur") == []
    assert call.talked


def test_two_settings_offer_urdu_and_its_brand():
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "BRAND_UR"}
    assert Settings.from_environment(environment).languages == tuple(DEFAULT_LANGUAGES.split(","))
    offered = {**environment, "LANGUAGES": "ar,en,ur"}
    with pytest.raises(ValueError, match=r"BRAND_UR is not set, and LANGUAGES offers ur: .* as Urdu prompts say it"):
        Settings.from_environment(offered)
    settings = Settings.from_environment({**offered, "BRANDS": "ur=نخلہ", "VOICES": "ur=Google.ur-IN-Wavenet-B ur-IN"})
    assert settings.brand["ur"] == "نخلہ"
    assert (settings.voice["ur"], settings.voice_language["ur"]) == ("Google.ur-IN-Wavenet-B", "ur-IN")
    assert Settings.from_environment({**offered, "BRAND_UR": "نخلہ"}).voice["ur"] == language.load("ur").voice


def test_the_urdu_voice_speaks_urdu_alone():
    voice = language.load("ur").voice
    assert why_unspeakable("خدا حافظ۔", voice, "ur-IN") == ""
    assert why_unspeakable("خدا حافظ۔", voice, "ar-AE") == f"voice {voice} does not speak ar-AE"
    assert why_unspeakable("خدا حافظ۔", voice, "ur-PK") == f"voice {voice} is of ur-IN, not ur-PK"
    assert why_unspeakable("خدا حافظ۔", "Polly.Hala-Neural", "ur-IN") == "voice Polly.Hala-Neural does not speak ur-IN"
    assert "does not speak ur-IN" in why_unspeakable("خدا حافظ۔", "", "ur-IN")


def test_urdu_is_marked_as_not_reviewed():
    reviewed = folder.read("ur", "review")["reviewed"]
    assert reviewed["by_a_native_speaker"] is False
