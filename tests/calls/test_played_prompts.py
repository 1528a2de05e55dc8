"""Calls that play their prompts: they are heard, take their time and are cut short as those that are said."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, BARGE_IN, Answer, Phone
from infra.local import demo
from infra.local.understanding import heard_in
from tests.audio.conftest import folders, manifest, wanted
from tests.conftest import BASE_URL

__all__ = ["folders", "manifest", "wanted"]


@pytest.fixture
def environment(environment):
    return {**environment, "AUDIO_BASE_URL": f"{BASE_URL}/audio"}


@pytest.fixture
def host(network, get):
    """The audio host: what it was asked for, and whether it answers."""

    class Host:
        asked, is_away = [], False

        def get(self, url, headers):
            if "/audio/" not in url:
                return get(url, headers)
            self.asked.append(url)
            if self.is_away:
                raise ConnectionError
            return Answer(200, "audio/wav", "RIFF")

    host = Host()
    network.update(get=host.get, sounds=heard_in, strict=False)
    return host


@pytest.fixture
def rendered(wanted, manifest):
    """Everything that can be sound is."""
    for language in ("en", "ar"):
        manifest(wanted(language))


def test_a_report_is_given_on_a_line_that_plays(host, rendered, ring, reports):
    call = ring("+96892223344", demo.REPORT_LINE, caller=("2", "2", "0096891234567#", "1", "4", "2"))
    assert call.caller.hears("welcome")
    assert call.caller.hears_key("report_number", "2")
    assert not call.carrier.errors
    assert [one.category for one in reports()] == ["pretended"]
    assert len(host.asked) > 10


def test_a_sound_takes_the_time_that_the_manifest_gives(host, rendered, ring):
    call = ring("+96892223344", demo.REPORT_LINE, caller=("2",))
    [first, second, *_] = [entry for entry in call.call.transcript.of("caller") if entry.sound]
    assert first.sound.seconds == second.at - first.at == 2.0


def test_a_key_cuts_a_sound_short(host, rendered, carrier):
    call = carrier.place(from_="+96892223344", to=demo.REPORT_LINE, phone=Phone(keys=[BARGE_IN("2", after=3.0)]))
    carrier.run()
    [cut] = [entry for entry in call.transcript if entry.cut]
    assert cut.sound is not None
    assert any(entry.kind == "pressed" and entry.at == 3.0 for entry in call.transcript)


def test_when_the_host_is_away_the_next_round_is_said(host, rendered, ring, reports):
    """Silence, then the voice: the customer loses some seconds and no report."""
    host.is_away = True
    silence = ""
    keys = (silence, "2", silence, "2", silence, "0096891234567#", "1", silence, "4", silence, "2")
    call = ring("+96892223344", demo.REPORT_LINE, caller=keys)
    assert call.carrier.errors
    assert not [entry for entry in call.call.transcript if entry.sound]
    assert [one.category for one in reports()] == ["pretended"]


def test_a_screened_call_asks_nothing_of_the_host(host, rendered, ring):
    host.is_away = True
    call = ring(caller=(ANNOUNCED,), customer=("1",))
    assert call.talked
    assert host.asked == []
    assert not call.carrier.errors
