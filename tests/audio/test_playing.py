"""A call plays the very words that it would say, where there is a sound of them; what must be heard is said."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree as ET

import pytest

from infra.build import contents
from infra.carrier import Answer, Sound
from infra.carrier.document import read_document
from infra.local import demo, understanding
from infra.local.understanding import heard_in
from ivr.flow.pages import BOOK
from ivr.flow.used_prompts import used
from ivr.locales import catalog, folder
from ivr.locales.audio import is_always_said
from ivr.locales.catalog import Prompt
from ivr.settings import Settings, SettingsError
from ivr.telephony.turn import Ask, Turn
from ivr.telephony.twilio import twiml
from tests.conftest import ENVIRONMENT

HOST = "https://audio.example.com/prompts"
ON_THIS_MACHINE = "http://127.0.0.1:8080/phone/audio"
ANSWERS = Ask((), "/voice/report_line/menu", 6)


def written(*prompts, asked=(), host=HOST, **changes):
    """What a telephone is given for prompts, as pairs of verb and text."""
    settings = Settings.from_environment({**ENVIRONMENT, "AUDIO_BASE_URL": host, **changes})
    verbs = (*prompts, *([ANSWERS._replace(prompts=asked)] if asked else []))
    text = twiml.Writer(settings).write(Turn(verbs))
    assert not read_document(Answer(200, twiml.CONTENT_TYPE, text)).warnings
    document = ET.fromstring(text.encode())
    return [(verb.tag, verb.text) for verb in document.iter() if verb.tag in {"Say", "Play"}]


WELCOME, GOODBYE = Prompt("welcome", "en"), Prompt("goodbye", "en")


def test_what_has_a_sound_is_played_and_the_rest_is_said(wanted, manifest):
    [sound] = manifest(wanted("en", "welcome"))
    assert written(WELCOME, Prompt("no_call_found", "en"), GOODBYE) == [
        ("Play", f"{HOST}/{sound.file}"),
        ("Say", "There is no call to report. Goodbye."),
    ]


def test_an_option_is_played_with_the_key_that_the_menu_gives_it(wanted, manifest):
    sounds = {one.press: one.file for one in manifest(wanted("en", "key.report_number"))}
    assert set(sounds) == {"1", "2"}
    options = [Prompt("key.report_number", "en", press=press) for press in "123"]
    assert written(asked=options) == [
        ("Play", f"{HOST}/{sounds['1']}"),
        ("Play", f"{HOST}/{sounds['2']}"),
        ("Say", "To report a number, press 3."),
    ]


def test_a_sentence_that_is_heard_twice_in_a_row_is_played_twice(wanted, manifest):
    manifest(wanted("en", "welcome"))
    assert [verb for verb, _ in written(WELCOME, WELCOME)] == ["Play", "Play"]


def test_a_further_round_is_said_because_the_first_may_not_have_been_heard(wanted, manifest):
    manifest(wanted("en", "report_line_menu", "key.report_number"))
    again = [Prompt("report_line_menu", "en", 1), Prompt("key.report_number", "en", 1, press="2")]
    assert written(asked=again) == [("Say", "Please choose one of these options. To report a number, press 2.")]


def changed(folders):
    folders.change("en", "prompts", lambda data: data["prompts"].update(welcome="Welcome."))


NOT_PLAYED = {
    "another operator's name": ({}, {"BRAND_EN": "Example"}, "Welcome to the fraud reporting line of Example."),
    "another voice": ({}, {"VOICE_EN": "Polly.Amy-Neural", "VOICE_LANGUAGE_EN": "en-GB"}, "Nakhla Telecom."),
    "made for trying": ({"engine": "espeak-ng", "voice": "espeak-ng.en"}, {}, "Nakhla Telecom."),
    "no host": ({}, {"host": ""}, "Nakhla Telecom."),
}


@pytest.mark.parametrize(("made", "settings", "says"), NOT_PLAYED.values(), ids=NOT_PLAYED)
def test_a_sound_that_does_not_fit_the_deployment_is_said(wanted, manifest, made, settings, says):
    manifest(wanted("en", "welcome"), **made)
    [(verb, text)] = written(WELCOME, **settings)
    assert verb == "Say"
    assert text.endswith(says)


def test_changed_words_are_said_until_they_are_rendered_again(wanted, manifest, folders):
    manifest(wanted("en", "welcome"))
    assert written(WELCOME)[0][0] == "Play"
    changed(folders)
    assert written(WELCOME) == [("Say", "Welcome.")]


def test_a_recording_is_played_whatever_the_voice(wanted, manifest):
    manifest(wanted("en", "welcome"), engine="studio", voice="")
    assert written(WELCOME, VOICE_EN="Polly.Amy-Neural", VOICE_LANGUAGE_EN="en-GB")[0][0] == "Play"


def test_sounds_for_trying_are_played_by_this_machine_alone(wanted, manifest):
    [sound] = manifest(wanted("en", "welcome"), engine="espeak-ng", voice="espeak-ng.en")
    assert written(WELCOME, host=ON_THIS_MACHINE) == [("Play", f"{ON_THIS_MACHINE}/{sound.file}")]


def test_no_language_is_played_that_has_no_manifest(wanted, manifest):
    manifest(wanted("en", "welcome"))
    assert [verb for verb, _ in written(Prompt("welcome", "ar"), WELCOME)] == ["Say", "Play"]


# What must be heard.

BEFORE_A_TALK = ("screened", "whisper", "apology")
AT_ONCE = {"key.end_and_report", "bank_at_once", "not_recorded"}


def test_what_is_heard_before_a_talk_is_always_said():
    needed = {key for key, where in used(BOOK).items() if {at.page for at in where} & set(BEFORE_A_TALK)} | AT_ONCE
    assert {key for key in used(BOOK) if is_always_said(key)} == needed, (
        "ivr/locales/audio.py must name what is said on these pages, and nothing else"
    )


def test_a_manifest_that_was_written_by_hand_plays_no_warning(wanted, manifest):
    english = catalog.load("en")
    [like] = wanted("en", "welcome")
    warnings = [
        like._replace(key=key, text=english.text(Prompt(key, "en"), demo.SETTINGS["BRAND_EN"]))
        for key in ("fraud_warning", "unknown_notice", "why.reported", "advice_for.reported", "bank_at_once")
    ]
    manifest(warnings)
    assert {verb for verb, _ in written(*(Prompt(one.key, "en") for one in warnings))} == {"Say"}


# The manifest and the setting.


def test_the_manifest_goes_with_what_is_built(wanted, manifest, folders):
    manifest(wanted("en", "welcome"))
    checkout = folders.path.parent / "checkout"
    shutil.copytree(folders.path, checkout / "ivr" / "locales")
    kept = [file.name for pattern in contents.DATA_OF_OURS["voice"] for file in checkout.glob(pattern)]
    assert kept.count("audio.json") == 1


@pytest.mark.parametrize(
    "text",
    ["{}", '{"sounds": [{"key": "welcome"}]}', '{"sounds": ["welcome"]}', "[", None],
    ids=["empty", "half a sound", "no sound", "half a file", "a path"],
)
def test_a_manifest_that_is_not_whole_is_refused_at_the_start(wanted, manifest, text):
    manifest(wanted("en", "welcome"), file="../../secret.wav")
    if text:
        folder.file_of("en", "audio").write_text(text, "utf-8")
        folder.read.cache_clear()
    with pytest.raises(folder.LocaleError, match=r"ivr/locales/en/audio\.json"):
        written(WELCOME)


@pytest.mark.parametrize("value", [None, ["x"], {}, 5], ids=["nothing", "a list", "an object", "a number"])
@pytest.mark.parametrize("name", ["key", "press", "text", "engine", "voice"])
def test_a_manifest_with_a_value_of_another_kind_is_refused_at_the_start(wanted, manifest, name, value):
    manifest(wanted("en", "welcome"))
    file = folder.file_of("en", "audio")
    told = json.loads(file.read_text("utf-8"))
    told["sounds"][0][name] = value
    file.write_text(json.dumps(told), "utf-8")
    folder.read.cache_clear()
    with pytest.raises(folder.LocaleError, match=r"ivr/locales/en/audio\.json"):
        written(WELCOME)


@pytest.mark.parametrize(
    "url", ["http://audio.example.com", "audio.example.com", "https://a.example.com/?x=1", "https://u:p@a.example.com"]
)
def test_an_audio_host_without_tls_or_with_more_than_a_folder_is_refused(url):
    with pytest.raises(SettingsError, match=r"AUDIO_BASE_URL.*https://audio\.example\.com/prompts"):
        Settings.from_environment({**ENVIRONMENT, "AUDIO_BASE_URL": url})


def test_people_on_the_network_hear_the_words_of_a_sound(wanted, manifest):
    understanding.teach()
    [sound] = manifest(wanted("ar", "welcome"))
    assert heard_in(f"{HOST}/{sound.file}") == Sound(sound.text, "ar", 2.0, sound.file)
    assert heard_in(f"{HOST}/another.wav") is None
