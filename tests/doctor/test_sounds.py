"""`ivr doctor` asks the audio host for what calls play, and for nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from infra.audio import rendering, waves
from infra.doctor.findings import Level
from infra.doctor.sounds import sounds
from ivr.locales import folder
from ivr.settings import Settings
from tests.audio.conftest import folders, host, manifest, place, tone, wanted
from tests.conftest import ENVIRONMENT

__all__ = ["folders", "host", "manifest", "place", "wanted"]


@pytest.fixture
def look():
    """What the check finds of a deployment with this AUDIO_BASE_URL."""

    def found(url, **changes):
        settings = Settings.from_environment({**ENVIRONMENT, "AUDIO_BASE_URL": url, **changes})
        answer = sounds(SimpleNamespace(settings=settings, ivr=lambda command: f"ivr {command}"))
        return answer if isinstance(answer, list) else [answer]

    return found


@pytest.fixture
def uploaded(wanted, manifest, place, host):
    """Three sounds, all of them on the host."""
    made = manifest(wanted("en", "welcome", "report_line_menu", "was_anything_lost"))
    for one in made:
        (place / rendering.FILES / one.file).write_bytes(waves.wav(tone()))
    return {one.key: place / rendering.FILES / one.file for one in made}


def test_a_deployment_that_plays_nothing_is_well(look, folders):
    assert look("") == [(Level.OK, "voices say every prompt", ())]


def test_a_host_that_serves_everything_is_well(look, uploaded, host):
    assert look(host) == [(Level.OK, f"{host} serves all 3", ())]


def test_a_missing_sound_is_named_with_the_upload(look, uploaded, host):
    uploaded["welcome"].unlink()
    [line] = look(host)
    assert line.level is Level.WRONG
    assert f"{host}/{uploaded['welcome'].name} answers 404" in line.saw
    assert line.remedy[0].startswith("aws s3 sync prompt_audio/files")


def test_a_sound_that_no_call_plays_is_not_asked_for(look, uploaded, host):
    uploaded["welcome"].unlink()
    assert look(host, BRAND_EN="Example") == [(Level.OK, f"{host} serves all 2", ())]


def test_a_host_that_is_away_is_one_line(look, uploaded):
    [line] = look("http://127.0.0.1:9/prompts")
    assert (line.level, line.saw.partition(" (")[0]) == (Level.WRONG, "http://127.0.0.1:9/prompts does not answer")


def test_sounds_of_another_voice_are_none(look, uploaded, host):
    [line] = look(host, VOICE_EN="Polly.Amy-Neural", VOICE_LANGUAGE_EN="en-GB")
    assert (line.level, line.remedy) == (Level.WARN, ("ivr prompts render",))


def test_a_manifest_that_is_not_whole_is_wrong(look, uploaded, host):
    folder.file_of("en", "audio").write_text("{}")
    folder.read.cache_clear()
    [line] = look(host)
    assert (line.level, line.remedy) == (Level.WRONG, ("ivr prompts render",))
