"""The writer: any words give well-formed TwiML with the URLs of the turn."""

from __future__ import annotations

import dataclasses
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.carrier import Answer
from infra.carrier.document import read_document
from ivr.locales.catalog import Prompt
from ivr.settings import Settings, SettingsError
from ivr.telephony.turn import Ask, Confer, Dial, Enqueue, Turn
from ivr.telephony.twilio import twiml
from tests.conftest import BASE_URL, ENVIRONMENT

USUAL = Settings.from_environment(ENVIRONMENT)
ACTION = "/voice/whisper/offer?languages=ar&why=unknown"
SAYS_BRAND = Prompt("advice_for.impersonation", "en")
FORBIDDEN = ["\0", "\x0b", "\x0c", "\x1b", "\ufffe", "\uffff", "\ud800"]


def written(*verbs, brand="Example", **changes):
    """The document for a turn, read as XML; the brand is put past the check at the start."""
    settings = dataclasses.replace(USUAL, brand={**USUAL.brand, "en": brand}, **changes)
    return ET.fromstring(twiml.Writer(settings).write(Turn(verbs)).encode())


def asked(brand):
    return written(Ask((SAYS_BRAND,), ACTION, 6), brand=brand)


@pytest.mark.parametrize("brand", ['"{action}"', "{action}", "{brand}", '"\\0"', '" action="', "<Hangup/>", "&amp;"])
def test_a_brand_is_never_taken_for_a_placeholder_of_the_url(brand):
    document = asked(brand)
    assert document.find("Gather").get("action") == ACTION
    assert brand in document.find("Gather/Say").text


@given(st.text(st.characters(), max_size=60))
def test_any_text_that_is_spoken_makes_a_document_that_can_be_parsed(brand):
    document = asked(brand)
    assert document.find("Gather").get("action") == ACTION
    assert [one.tag for one in document.iter()] == ["Response", "Gather", "Say"]


@pytest.mark.parametrize("character", FORBIDDEN, ids=ascii)
def test_a_character_that_xml_forbids_never_gets_into_a_document(character):
    said = asked(f"Ex{character}ample").find("Gather/Say").text
    assert "Ex ample" in said
    dialled = written(Dial(f"+1202{character}", f"+{character}1", 25, f"/voice/a{character}"))
    assert character not in "".join([dialled.find("Dial/Number").text, *dialled.find("Dial").attrib.values()])


@pytest.mark.parametrize("name", ["BRAND_EN", "BRAND_AR", "VOICE_AR", "VOICE_LANGUAGE_EN", "AUDIO_BASE_URL"])
@pytest.mark.parametrize("character", FORBIDDEN[1:], ids=ascii)
def test_a_setting_with_a_character_that_xml_forbids_is_refused_at_the_start(name, character):
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**ENVIRONMENT, name: f"x{character}y"})
    assert name in str(error.value)
    assert f"U+{ord(character):04X}" in str(error.value)


def test_a_brand_that_is_a_text_rather_than_a_name_is_refused_at_the_start():
    with pytest.raises(SettingsError, match=r"BRAND_AR.*at most 60 characters"):
        Settings.from_environment({**ENVIRONMENT, "BRAND_AR": "ب" * 61})


def test_callbacks_are_absolute_urls():
    """A real account refused a relative statusCallback with 21609."""
    dialled = written(Dial("+12025550111", "+12025550100", 25, ACTION, whisper=ACTION, status="/voice/status"))
    assert dialled.find("Dial/Number").get("statusCallback") == f"{BASE_URL}/voice/status"
    met = written(Confer("CA1", ACTION, "/voice/wait/hold", leaves_by_star=True))
    assert met.find("Dial/Conference").get("waitUrl") == f"{BASE_URL}/voice/wait/hold"
    queued = written(Enqueue("WW" + "0" * 32, ACTION, "/voice/care/in_queue", (("who", "customer"),)))
    assert queued.find("Enqueue").get("action") == f"{BASE_URL}{ACTION}"
    assert queued.find("Enqueue").get("waitUrl") == f"{BASE_URL}/voice/care/in_queue"


def test_an_unknown_caller_id_is_left_out():
    assert "callerId" not in written(Dial("+12025550111", "", 25, ACTION)).find("Dial").attrib


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_long_text_is_spoken_in_several_says(language):
    prompts = tuple(Prompt("advice.announced", language) for _ in range(40))
    document = twiml.Writer(USUAL).write(Turn((Ask(prompts, ACTION, 6),)))
    says = [say.text for say in ET.fromstring(document.encode()).iter("Say")]
    assert len(says) > 1
    assert all(len(quote(said, safe="")) <= 4500 for said in says)
    assert not read_document(Answer(200, twiml.CONTENT_TYPE, document)).warnings
