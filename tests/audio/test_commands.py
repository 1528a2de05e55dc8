"""`ivr prompts render`, `listen`, `show --audio` and `check --audio`, as a person types them."""

from __future__ import annotations

import pytest

from infra.audio import hosted, rendering, waves
from infra.cli import prompt_audio
from infra.local import demo
from infra.local.documented import documented
from ivr.locales import audio
from ivr.locales.audio import TRIAL
from ivr.settings import Settings
from tests.audio.conftest import tone
from tests.cli.conftest import typing
from tests.conftest import ENVIRONMENT

DEPLOYED = {"LANGUAGES": "en,ar", **{name: demo.SETTINGS[name] for name in ("BRAND_EN", "BRAND_AR")}}
NOWHERE = "http://127.0.0.1:9/prompts"


@pytest.fixture
def ivr(tmp_path, monkeypatch, place, folders):
    """Type a command in a checkout of one's own, where no stack runs."""
    for name in documented():
        monkeypatch.delenv(name, raising=False)
    for name, value in DEPLOYED.items():
        monkeypatch.setenv(name, value)
    return typing(tmp_path / "stack.json")


@pytest.fixture
def by_polly(polly, monkeypatch):
    """`--engine polly` asks this API."""

    def take(*_, **__):
        return polly.client

    monkeypatch.setattr("boto3.client", take)
    return polly


NOT_THERE = "played, but its file {} is not in {}, from where it is uploaded; `ivr prompts render` renders it"


def test_polly_renders_every_language_that_is_offered(ivr, by_polly, wanted):
    english, arabic = (wanted(language, LANGUAGES="en,ar") for language in ("en", "ar"))
    new, of_arabic = {one.text for one in english}, {one.text for one in arabic}
    by_polly.says(len(new | of_arabic))
    rendered = ivr("prompts", "render")
    assert rendered.status == 0
    made = f"en: {len(english)} sounds: {len(new)} made now ({sum(map(len, new))} letters)"
    assert f"{made}, {len(english) - len(new)} as they were, 0 recorded by a person." in rendered.out
    assert "en: for Nakhla Telecom, whose voice is Polly.Joanna-Neural" in rendered.err
    assert "docs/voice.md says how" in rendered.err
    again = ivr("prompts", "render", "--language", "ar")
    assert f"ar: {len(arabic)} sounds: 0 made now (0 letters), {len(arabic)} as they were" in again.out


def test_a_language_that_polly_does_not_speak_is_left_to_the_voice(ivr, by_polly, monkeypatch):
    monkeypatch.setenv("LANGUAGES", "ur,en")
    monkeypatch.setenv("BRANDS", "ur=نخلہ")
    rendered = ivr("prompts", "render", "--language", "ur")
    assert rendered.status == 0
    assert "ur: Google.ur-IN-Standard-A is no voice of Amazon Polly's. The voice says its prompts" in rendered.err
    assert "ur: 0 sounds" in rendered.out


def test_a_refused_recording_fails_the_command(ivr, by_polly, wanted, place):
    by_polly.says(200)
    studio = place / rendering.STUDIO_FOLDER / "en"
    studio.mkdir(parents=True)
    (studio / "welcome.wav").write_bytes(waves.wav(tone(1.0, hertz=44100)))
    rendered = ivr("prompts", "render", "--language", "en")
    assert rendered.status == 1
    assert "welcome.wav: it has 44100 samples a second, and a telephone carries 8000: make it so:" in rendered.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("render", "--language", "fr"), "'fr' is not offered: LANGUAGES are en, ar"),
        (("render", "--still-right", "fraud_warning"), "no prompt 'fraud_warning' is played"),
        (("render", "--engine", "say"), "'say' is not one of 'polly', 'espeak-ng'"),
        (("listen", "welcome"), "there is no sound of 'welcome' in en. To hear it nonetheless, add --engine"),
        (("listen", "why.reported"), "it is always said by the voice"),
        (("listen", "reference"), "it holds {reference}, which differs from call to call"),
        (("listen", "nothing", "--engine", "espeak-ng"), "there is no prompt 'nothing'"),
        (("listen", "welcom"), "there is no prompt 'welcom': ivr prompts show prints them all"),
        (("listen", "welcome", "--language", "ur"), "'ur' is not offered"),
    ],
)
def test_what_can_not_be_is_one_line(ivr, arguments, says):
    assert says in ivr("prompts", *arguments).refusal


def test_a_rendered_prompt_is_written_to_a_file(ivr, wanted, manifest, place, tmp_path):
    [sound] = manifest(wanted("en", "welcome"))
    assert "is not there: ivr prompts render makes it again" in ivr("prompts", "listen", "welcome").refusal
    (place / rendering.FILES).mkdir(parents=True)
    (place / rendering.FILES / sound.file).write_bytes(waves.wav(tone()))
    to = tmp_path / "welcome.wav"
    assert ivr("prompts", "listen", "welcome", "--to", str(to)).out == f"{to} holds it.\n"
    assert waves.read(to.read_bytes()) == tone()


def test_an_option_of_several_keys_is_asked_for_by_one(ivr, wanted, manifest):
    manifest(wanted("en", "key.report_number"))
    assert "several keys (1, 2): say which with --press" in ivr("prompts", "listen", "key.report_number").refusal


def test_listening_plays_with_a_program_of_this_machine(ivr, wanted, manifest, place, tmp_path, monkeypatch):
    [sound] = manifest(wanted("en", "welcome"))
    (place / rendering.FILES).mkdir(parents=True)
    (place / rendering.FILES / sound.file).write_bytes(waves.wav(tone()))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "add --to FILE.wav" in ivr("prompts", "listen", "welcome").refusal
    heard, player = tmp_path / "heard", tmp_path / "aplay"
    player.write_text(f'#!/bin/sh\necho "$@" > {heard}\n')
    player.chmod(0o755)
    assert ivr("prompts", "listen", "welcome").status == 0
    assert heard.read_text() == f"-q {place / rendering.FILES / sound.file}\n"
    player.write_text("#!/bin/sh\necho no sound card >&2\nexit 1\n")
    assert "aplay failed: no sound card" in ivr("prompts", "listen", "welcome").refusal


def test_what_is_played_is_listed_with_why_the_rest_is_said(ivr, wanted, manifest, place):
    sounds = manifest(wanted("en", "welcome", "report_line_menu"))
    (place / rendering.FILES).mkdir(parents=True)
    (place / rendering.FILES / sounds[0].file).write_bytes(b"RIFF")
    lines = {line.split()[1]: line for line in ivr("prompts", "show", "--audio").out.splitlines() if line[:2] == "en"}
    assert "2.0 s   Polly.Joanna-Neural  played" in lines["welcome"]
    assert "played, but its file" in lines["report_line_menu"]
    assert "said: it has no sound" in lines["key.report_number.1"]


def test_check_names_every_sound_that_is_not_played(ivr, wanted, manifest, place, host, monkeypatch):
    monkeypatch.setenv("AUDIO_BASE_URL", host)
    keys = ("welcome", "report_line_menu", "no_call_found", "was_anything_lost", "withdrawn")
    sentences = wanted("en", *keys)
    sounds = {one.key: one for one in manifest(sentences, voice="Polly.Joanna-Neural")}
    changed = [one._replace(text="Other words.") if one.key == "was_anything_lost" else one for one in sentences]
    sounds = {one.key: one for one in manifest([*changed, sentences[0]._replace(key="left_over")])}
    for key in ("welcome", "report_line_menu", "no_call_found", "was_anything_lost"):
        (place / rendering.FILES / sounds[key].file).write_bytes(waves.wav(tone()))
    checked = ivr("prompts", "check", "--audio")
    assert checked.status == 1
    assert [line for line in checked.out.splitlines() if "en: " in line and "no sound" not in line] == [
        f"en: withdrawn is {NOT_THERE.format(sounds['withdrawn'].file, place / rendering.FILES)}",
        "en: was_anything_lost is said: its words changed since; `ivr prompts render` renders it",
        "en: left_over is played nowhere any more: ivr prompts render takes it out",
    ]
    assert "ar: " in checked.out
    assert host not in checked.out, "what is played is served"


def test_check_asks_the_host_for_every_file(ivr, wanted, manifest, place, host, monkeypatch):
    monkeypatch.setenv("AUDIO_BASE_URL", host)
    [sound] = manifest(wanted("en", "welcome"))
    file = place / rendering.FILES / sound.file
    file.write_bytes(waves.wav(tone()))
    assert host not in ivr("prompts", "check", "--audio").out
    monkeypatch.setenv("AUDIO_BASE_URL", f"{host}/elsewhere")
    assert f"{host}/elsewhere/{sound.file} answers 404: upload it again" in ivr("prompts", "check", "--audio").out
    monkeypatch.setenv("AUDIO_BASE_URL", NOWHERE)
    assert f"{NOWHERE} does not answer (ConnectionError)" in ivr("prompts", "check", "--audio").out


def test_a_host_that_serves_a_sound_as_something_else_is_told(wanted, manifest, place, host):
    [sound] = manifest(wanted("en", "welcome"))
    served = sound._replace(file=f"{sound.hash}.bad")
    (place / rendering.FILES / served.file).write_bytes(waves.wav(tone()))
    [told] = hosted.faults(host, [served])
    assert told == f"{host}/{served.file} has the content type 'text/html': upload it with --content-type audio/wav"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://sounds.example.com", "said in calls: espeak-ng made it"),
        ("http://127.0.0.1:8080/phone/audio", "  played  "),
    ],
    ids=["deployed", "on this machine"],
)
def test_sound_for_trying_is_played_by_this_machine_alone(ivr, wanted, manifest, place, monkeypatch, address, told):
    [sound] = manifest(wanted("en", "welcome"), engine=TRIAL, voice="espeak-ng.en")
    (place / rendering.FILES).mkdir(parents=True)
    (place / rendering.FILES / sound.file).write_bytes(waves.wav(tone()))
    monkeypatch.setenv("AUDIO_BASE_URL", address)
    shown = next(line for line in ivr("prompts", "show", "--audio").out.splitlines() if "  welcome  " in line)
    assert told in shown


def test_check_alone_says_nothing_of_sound(ivr):
    checked = ivr("prompts", "check")
    assert checked.status == 0
    assert "All is well" in checked.out


def test_a_manifest_that_is_not_whole_is_one_line(ivr, folders):
    (folders.path / "en" / "audio.json").write_text("{}")
    assert "ivr/locales/en/audio.json lacks the list 'sounds'" in ivr("prompts", "check").out
    assert "ivr/locales/en/audio.json lacks the list 'sounds'" in ivr("prompts", "show", "--audio").refusal


# Real sound, from end to end.


@pytest.mark.slow
def test_the_whole_product_is_rendered_and_heard(ivr, place, tmp_path):
    rendered = ivr("prompts", "render", "--engine", "espeak-ng")
    assert rendered.status == 0
    assert "AUDIO_BASE_URL=http://127.0.0.1:8080/phone/audio make run" in rendered.err
    settings = Settings.from_environment({**ENVIRONMENT, **DEPLOYED})
    for language in ("en", "ar"):
        sounds = audio.sounds(language)
        assert len(sounds) == sum(one.language == language for one in prompt_audio.sentences_of(settings)) > 100
        for one in sounds:
            wave = waves.read((place / rendering.FILES / one.file).read_bytes())
            assert wave.fault == "", one.text
            assert wave.seconds == one.seconds
    again = ivr("prompts", "render", "--engine", "espeak-ng")
    assert again.out.count(" 0 made now") == 2
    to = tmp_path / "why.wav"
    warning = ("listen", "why.reported", "--language", "ar", "--engine", "espeak-ng")
    assert ivr("prompts", *warning, "--to", str(to)).status == 0
    assert waves.read(to.read_bytes()).fault == ""


@pytest.mark.usefixtures("by_polly")
def test_the_name_of_a_recording_does_nothing_to_the_terminal(ivr, place, monkeypatch):
    monkeypatch.setenv("LANGUAGES", "ur,en")
    monkeypatch.setenv("BRANDS", "ur=نخلہ")
    studio = place / rendering.STUDIO_FOLDER / "ur"
    studio.mkdir(parents=True)
    (studio / "\x1b]0;owned\x07\u202e.wav").write_bytes(b"")
    told = ivr("prompts", "render", "--language", "ur")
    assert "no prompt has this name" in told.out
    assert not {"\x1b", "\x07", "\u202e"} & {*told.out, *told.err}
