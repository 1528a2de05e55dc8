"""`render` makes what is missing and nothing else, under names that say what they hold."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import NoCredentialsError

from infra.audio import rendering, waves
from infra.audio.engines import EngineError, Espeak, Polly
from infra.audio.rendering import render
from ivr.locales import audio, folder
from tests.audio.conftest import VOICES, tone

SOME = ("welcome", "report_line_menu", "key.report_number")


def files(place):
    return {file.name: file for file in (place / rendering.FILES).iterdir()}


@pytest.fixture
def speaker(polly):
    """Amazon Polly as the deployment's voice of a language, which has this much left to say."""

    def of(language, times, voice=None, sound=None):
        polly.says(times, sound)
        return Polly(voice or VOICES[language], {"en": "en-US", "ar": "ar-AE"}[language], polly.client)

    return of


def test_each_sentence_becomes_a_file_and_a_line_of_the_manifest(wanted, place, folders, speaker):
    done = render("en", wanted("en", *SOME), speaker("en", 4), place, said={})
    assert (done.made, done.kept, done.recorded) == (4, 0, 0)
    sounds = audio.sounds("en")
    assert [(one.key, one.press) for one in sounds] == [
        ("key.report_number", "1"),
        ("key.report_number", "2"),
        ("report_line_menu", ""),
        ("welcome", ""),
    ]
    assert {one.file for one in sounds} == set(files(place))
    for one in sounds:
        assert (one.language, one.engine, one.voice) == ("en", "neural", "Polly.Joanna-Neural")
        assert one.file == f"{one.hash}.wav"
        wave = waves.read(files(place)[one.file].read_bytes())
        assert (wave.hertz, wave.seconds) == (8000, one.seconds) == (8000, 1.0)


def test_polly_is_asked_in_the_words_of_its_api(wanted, place, folders, speaker, polly):
    [welcome] = wanted("ar", "welcome")
    render("ar", [welcome], speaker("ar", 1), place, said={})
    assert polly.asked == [
        {
            "Engine": "neural",
            "VoiceId": "Hala",
            "LanguageCode": "ar-AE",
            "OutputFormat": "pcm",
            "SampleRate": "8000",
            "Text": welcome.text,
            "TextType": "text",
        }
    ]
    assert "نخلة" in welcome.text


def test_what_is_unchanged_is_not_made_again(wanted, place, folders, speaker, polly):
    render("en", wanted("en", *SOME), speaker("en", 4), place, said={})
    before = folder.file_of("en", audio.NAME).read_text("utf-8")
    again = render("en", wanted("en", *SOME), speaker("en", 0), place, said={})
    assert (again.made, again.letters, again.kept) == (0, 0, 4)
    assert folder.file_of("en", audio.NAME).read_text("utf-8") == before
    assert len(polly.asked) == 4


def test_another_name_makes_the_sentences_with_the_name_alone_anew(wanted, place, folders, speaker, polly):
    render("en", wanted("en", *SOME), speaker("en", 4), place, said={})
    done = render("en", wanted("en", *SOME, BRAND_EN="Example"), speaker("en", 1), place, said={})
    assert (done.made, done.kept) == (1, 3)
    assert polly.asked[-1]["Text"] == "Welcome to the fraud reporting line of Example."
    assert len(files(place)) == 5, "calls that have begun still play the old one"


def test_another_voice_makes_all_anew_under_other_names(wanted, place, folders, speaker):
    first = render("en", wanted("en", *SOME), speaker("en", 4), place, said={}).sounds
    second = render("en", wanted("en", *SOME), speaker("en", 4, "Polly.Amy-Neural"), place, said={}).sounds
    assert not {one.file for one in first} & {one.file for one in second}


def test_a_run_that_was_stopped_goes_on_where_it_was(wanted, place, folders, speaker, polly):
    polly.says(2)
    polly.stub.add_client_error("synthesize_speech", "ThrottlingException", "Rate exceeded")
    with pytest.raises(EngineError, match="Rate exceeded"):
        render("en", wanted("en", *SOME), speaker("en", 0), place, said={})
    assert audio.sounds("en") == ()
    assert render("en", wanted("en", *SOME), speaker("en", 2), place, said={}).made == 2


def test_silence_is_not_kept(wanted, place, folders, speaker):
    silent = tone(1.0, loud=0)
    with pytest.raises(EngineError, match=r"'Main menu\.' so that it cannot be played: it is silent"):
        render("en", wanted("en", "report_line_menu"), speaker("en", 1, sound=silent), place, said={})
    assert files(place) == {}


def test_a_manifest_differs_by_what_has_changed(wanted, place, folders, speaker):
    """A person reads in a comparison what a release plays anew."""
    render("en", wanted("en", *SOME), speaker("en", 4), place, said={})
    before = folder.file_of("en", audio.NAME).read_text("utf-8").splitlines()
    render("en", wanted("en", *SOME, BRAND_EN="Example"), speaker("en", 1), place, said={})
    after = folder.file_of("en", audio.NAME).read_text("utf-8").splitlines()
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 3  # text, file and hash


@pytest.mark.parametrize("voice", ["Google.ur-IN-Standard-A", "Polly.Nobody-Neural", "alice", "Polly.Joanna Neural"])
def test_a_voice_that_polly_has_not_is_named(polly, voice):
    with pytest.raises(EngineError, match=f"{voice} is no voice of Amazon Polly's"):
        Polly(voice, "ur-IN", polly.client)


@pytest.mark.parametrize(
    ("voice", "engine"),
    [("Polly.Zeina", "standard"), ("Polly.Zayd-Neural", "neural"), ("Polly.Joanna-Generative", "generative")],
)
def test_the_engine_is_part_of_twilios_name_of_a_voice(polly, voice, engine):
    assert Polly(voice, "arb", polly.client).name == engine


def test_without_credentials_polly_says_what_it_needs(polly, monkeypatch):
    polly.stub.deactivate()

    def nobody(**_):
        raise NoCredentialsError

    polly.client.meta.events.register("before-call.polly.SynthesizeSpeech", nobody)
    with pytest.raises(EngineError, match=r"polly:SynthesizeSpeech, and a region .*AWS_REGION"):
        Polly("Polly.Joanna-Neural", "en-US", polly.client).say("Hello.")


# Real sound.


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_espeak_makes_real_sound(language, wanted, place, folders):
    sentences = wanted(language, *SOME)
    done = render(language, sentences, Espeak(language), place, said={})
    assert done.made == len(sentences) == 4
    for one in done.sounds:
        wave = waves.read(files(place)[one.file].read_bytes())
        assert wave.hertz == 22050
        assert wave.seconds == one.seconds
        assert wave.loudest > 3000
        words = len(one.text.split())
        assert 0.15 * words < wave.seconds < 1.5 * words, one.text
    assert (done.sounds[0].engine, done.sounds[0].voice) == ("espeak-ng", f"espeak-ng.{language}")


@pytest.mark.slow
def test_a_language_that_espeak_lacks_is_named():
    with pytest.raises(EngineError, match="espeak-ng speaks no qq"):
        Espeak("qq")


def test_without_espeak_it_is_said_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="apt-get install espeak-ng"):
        Espeak("en")


def test_the_manifest_is_json_that_other_programs_read(wanted, place, folders, speaker):
    render("en", wanted("en", "welcome"), speaker("en", 1), place, said={})
    [line] = json.loads(folder.file_of("en", audio.NAME).read_text("utf-8"))["sounds"]
    assert line == {
        "key": "welcome",
        "press": "",
        "language": "en",
        "text": "Welcome to the fraud reporting line of Nakhla Telecom.",
        "file": line["hash"] + ".wav",
        "seconds": 1.0,
        "engine": "neural",
        "voice": "Polly.Joanna-Neural",
        "format": "wav pcm16 8000",
        "hash": line["hash"],
    }
