"""Recordings: what Record stores at Twilio, what a Play gets, and how twilio's own client lists and deletes them."""

import pytest
import requests
from requests import Timeout
from twilio.base.exceptions import TwilioRestException

from infra.carrier import HANG_UP, SILENCE, SPEAK, Answer, DoneButTimedOut, Phone, Refused
from tests.carrier.conftest import BASE

RECORD = '<Record action="taken" maxLength="20" timeout="6" finishOnKey="#" trim="trim-silence"/><Say>Nothing</Say>'
MEDIA = "/voice/heard.mp3"


@pytest.fixture
def recorded(app, rest):
    """A carrier with one recording, and its REST server."""

    def record(*tokens, **options):
        app["/voice/incoming"] = RECORD
        app["/voice/taken"] = "<Hangup/>"
        with_rest = rest(**options)
        with_rest.carrier.place(from_="+96891234567", to="+12025550100", phone=Phone(keys=list(tokens) or [SPEAK(7)]))
        with_rest.carrier.run()
        return with_rest

    return record


@pytest.mark.parametrize(
    ("token", "seconds", "key"),
    [
        (SPEAK(7), "7", "#"),
        (SPEAK(7, "12#"), "7", "#"),
        (SPEAK(7, SILENCE), "7", ""),
        (SPEAK(7, HANG_UP), "7", "hangup"),
        (SPEAK(300), "20", ""),
        (SPEAK(0.4), "0", "#"),
    ],
)
def test_a_recording_ends_with_a_key_with_silence_with_the_call_or_at_its_longest(token, seconds, key, recorded, app):
    with_rest = recorded(token)
    [form] = app.asked("/voice/taken")
    assert (form["RecordingDuration"], form["Digits"]) == (seconds, key)
    [recording] = with_rest.carrier.recordings
    assert (recording.sid, str(recording.seconds)) == (form["RecordingSid"], seconds)
    assert recording.call_sid == form["CallSid"]


def test_silence_makes_no_recording(recorded, app):
    with_rest = recorded(SILENCE)
    assert with_rest.carrier.recordings == []
    assert app.asked("/voice/taken") == []


def test_recordings_are_listed_fetched_and_deleted(recorded):
    with_rest = recorded()
    [recording] = with_rest.carrier.recordings
    [listed] = with_rest.client.recordings.list()
    assert (listed.sid, listed.duration, listed.call_sid) == (recording.sid, "7", recording.call_sid)
    assert with_rest.client.recordings(recording.sid).fetch().source == "RecordVerb"
    assert with_rest.client.recordings(recording.sid).delete()
    assert recording.deleted
    assert with_rest.client.recordings.list() == []


def test_a_missing_recording_is_404(recorded):
    with_rest = recorded()
    sid = with_rest.carrier.recordings[0].sid
    with_rest.client.recordings(sid).delete()
    for absent in (sid, "RE" + "0" * 32):
        with pytest.raises(TwilioRestException) as refused:
            with_rest.client.recordings(absent).delete()
        assert (refused.value.status, refused.value.code) == (404, 20404)


def test_a_recording_is_served_with_credentials_alone(recorded):
    with_rest = recorded()
    account, sid = "AC" + "0" * 32, with_rest.carrier.recordings[0].sid
    url = f"{with_rest.server.base_url}/2010-04-01/Accounts/{account}/Recordings/{sid}.mp3"
    given = requests.get(url, auth=(account, "12345"), timeout=5)
    assert (given.status_code, given.headers["Content-Type"], given.content[:3]) == (200, "audio/mpeg", b"ID3")
    assert requests.get(url, timeout=5).status_code == 401


def test_a_deletion_that_fails_may_have_happened(recorded):
    with_rest = recorded()
    [recording] = with_rest.carrier.recordings
    with_rest.faults.next("recordings.delete", Refused(500), DoneButTimedOut(1))
    with pytest.raises(TwilioRestException):
        with_rest.client.recordings(recording.sid).delete()
    assert not recording.deleted
    with pytest.raises(Timeout):
        with_rest.client_with(timeout=0.3).recordings(recording.sid).delete()
    assert recording.deleted


# Play.


def test_a_play_gets_what_the_application_serves_with_a_signature(app, rings):
    got = []

    def get(url, headers):
        got.append((url, headers["X-Twilio-Signature"]))
        return Answer(200, "audio/mpeg", "ID3")

    app["/voice/incoming"] = f"<Play>{MEDIA}</Play>"
    call, network = rings(get=get)
    assert got == [(BASE + MEDIA, network.network.webhooks.signature(BASE + MEDIA, {}))]
    assert [e.text for e in call.transcript if e.kind == "played"] == [MEDIA]


@pytest.mark.parametrize(
    "answer",
    [Answer(404, "", ""), Answer(200, "text/html", "<p>"), ConnectionError(), TimeoutError()],
    ids=["not there", "no sound", "no connection", "too slow"],
)
def test_a_play_that_gets_no_sound_is_a_fault_and_the_call_goes_on(answer, app, rings):
    def get(url, headers):
        if isinstance(answer, Exception):
            raise answer
        return answer

    app["/voice/incoming"] = f"<Play>{MEDIA}</Play><Say>Still here</Say>"
    call, network = rings(get=get, strict=False)
    code = "13420" if isinstance(answer, Answer) and answer.status == 200 else "11200"
    assert [fault.code for fault in network.errors] == [code]
    assert call.transcript.said() == ["Still here"]


def test_twilio_keeps_its_own_recordings_from_a_play_unless_told_otherwise(recorded, app):
    for needed, played in ((True, 0), (False, 1)):
        with_rest = recorded(media_needs_credentials=needed, strict=False)
        [recording] = with_rest.carrier.recordings
        url = f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Recordings/{recording.sid}.mp3"
        app["/voice/incoming"] = f"<Play>{url}</Play><Hangup/>"
        call = with_rest.carrier.place(from_="+96891234567", to="+12025550100", phone=Phone())
        with_rest.carrier.run()
        assert len([entry for entry in call.transcript if entry.kind == "played"]) == played
        assert len(with_rest.carrier.errors) == 1 - played
    assert call.leg.duration == recording.seconds  # it lasts as long as what was recorded
