"""Any parameters in a signed webhook: the call goes on, with no 5xx and no apology."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from infra.local import demo
from tests.conftest import TOKEN
from tests.gate.conftest import webhook
from tests.slowly import example_count

READ = (
    "From", "To", "Digits", "AddOns", "StirVerstat", "ForwardedFrom", "CallStatus", "Direction", "DialCallStatus",
    "DialBridged", "DialCallSid", "DialCallDuration", "QueueResult", "QueueTime", "QueuePosition", "RecordingSid",
    "RecordingDuration", "RecordingUrl", "ErrorUrl", "ErrorCode", "ParentCallSid", "SequenceNumber", "CallDuration",
)  # fmt: skip
PATHS = ("/voice/incoming", "/voice/fallback", "/voice/status", "/voice/screened/unknown", "/voice/report_line/menu",
         "/voice/care/in_queue", "/voice/care/wait", "/voice/messages/first")  # fmt: skip
DEEP = "[" * 8_000
STRANGE = {  # by a name, so that hypothesis prints little of it
    "long": "9" * 5000,
    "endless": "+" + "9" * 40, "sip": "sip:" + "a" * 3000 + "@b", "deep": DEEP, "maps": '{"a":' * 4_000,
    **{text: text for text in (
        "²", "٣", "-1", "1e999", "NaN", "\x00", "http://[", "//[::1", "http://h:99999/voice/", "\u200e+968", "%",
        "\ud7ff\U0010ffff", "tel:+968;x=%zz",
    )},
}  # fmt: skip


@given(
    path=st.sampled_from(PATHS),
    form=st.dictionaries(
        st.sampled_from(READ), st.one_of(st.sampled_from(sorted(STRANGE)), st.text(max_size=60)), min_size=1, max_size=5
    ),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=example_count(150))
@example(path="/voice/fallback", form={"ErrorUrl": "http://["})
@example(path="/voice/care/in_queue", form={"QueueTime": "²"})
@example(path="/voice/messages/first", form={"RecordingSid": "RE1", "RecordingDuration": "long"})
@example(path="/voice/incoming", form={"AddOns": "deep"})
def test_no_signed_webhook_gets_a_5xx(voice, caplog, path, form):
    caplog.clear()
    form = {name: STRANGE.get(value, value) for name, value in form.items()}
    answer = voice().answer(webhook(TOKEN, path=path, form=form))
    assert answer["statusCode"] in {200, 204, 400, 404, 413}
    broke = [
        vars(line) for line in caplog.records if getattr(line, "metric", "") in {"apology_spoken", "callback_failed"}
    ]
    assert broke == []


SCORED = '{"status":"successful","results":{"nomorobo_spamscore":{"status":"successful","result":{"score":%s}}}}'


@pytest.mark.parametrize(
    "add_ons",
    [
        DEEP,
        '{"a":' * 4_000,
        SCORED % DEEP,
        SCORED % ("9" * 10_000),
        SCORED % "NaN",
        SCORED % "Infinity",
        SCORED % "-1e400",
        SCORED % '"1"',
        SCORED % "null",
        SCORED % "[1]",
        SCORED % "true",
        "null",
        "[]",
        '""',
        "\ufeff{}",
        '{"status":"successful","results":[]}',
        SCORED.replace('"successful","results"', '"failed","results"') % 1,
        '{"status":"failed",' + (SCORED % 1)[1:].replace('"status":"successful","results"', '"results"'),
    ],
)
def test_add_ons_that_say_nothing_leave_the_caller_unknown(voice, add_ons, caplog):
    answer = voice().answer(webhook(TOKEN, form={"AddOns": add_ons}))
    assert "<Gather" in answer["body"]
    [line] = [line for line in caplog.records if getattr(line, "metric", "") == "call_screened"]
    assert line.reason == "unknown"


def test_the_last_of_a_repeated_name_in_add_ons_counts(voice, caplog):
    voice().answer(webhook(TOKEN, form={"AddOns": SCORED % '0,"score":1'}))
    [line] = [line for line in caplog.records if getattr(line, "metric", "") == "call_screened"]
    assert line.verdict == "flagged"


@pytest.mark.parametrize("url", ["http://[", "", "::::", "/voice/whisper/accept?leg=customer", "x" * 60_000, "\x00"])
@pytest.mark.parametrize("code", ["11200", "", "٣", "9" * 5000])
@pytest.mark.parametrize("to", [demo.PROTECTED_LINE, demo.REPORT_LINE])
def test_the_fallback_speaks_after_any_failure_and_without_the_store(voice, outage, url, code, to):
    outage.down = True
    answer = voice().answer(webhook(TOKEN, path="/voice/fallback", form={"ErrorUrl": url, "ErrorCode": code, "To": to}))
    assert answer["statusCode"] == 200
    assert "<Say" in answer["body"]


def test_the_fallback_speaks_even_where_the_apology_itself_breaks(voice, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("ivr.call_session.CallSession.apology", broken)
    answer = voice().answer(webhook(TOKEN, path="/voice/fallback"))
    assert answer["statusCode"] == 200
    assert "<Say" in answer["body"]


def test_a_bug_in_a_status_callback_is_logged_without_its_message(voice, monkeypatch, caplog):
    def bug(_, request):
        int(request.caller + "x")

    monkeypatch.setattr("ivr.actions.registry.Actions.end_call", bug)
    answer = voice().answer(webhook(TOKEN, path="/voice/status", form={"CallStatus": "completed"}))
    assert (answer["statusCode"], answer["body"]) == (204, "")
    [line] = [record for record in caplog.records if getattr(record, "metric", "") == "callback_failed"]
    assert "91234567" not in json.dumps(vars(line), default=str)
