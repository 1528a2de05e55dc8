"""The test webhooks of `ivr doctor`: answered as a call is, signed as a call is, and nothing is kept of them."""

from __future__ import annotations

import re

import pytest

from infra.local import demo
from ivr.desk import lines
from ivr.screening.line import Line
from ivr.secrets import SecretUnavailableError
from tests.conftest import TOKEN
from tests.gate.conftest import webhook

SID = "TEST-" + "0" * 28
ANONYMOUS = {"CallSid": SID, "From": "anonymous"}


@pytest.fixture
def test_webhook(voice):
    def send(path="/voice/incoming", secret=TOKEN, **form):
        return voice().answer(webhook(secret, path=path, form={**ANONYMOUS, **form}))

    return send


@pytest.fixture
def kept(dynamodb, store, caplog):
    """What a deployment keeps of a webhook: its items, and its lines of the log, each metric in one of them."""

    def kept():
        return dynamodb.scan(TableName=store.table.name)["Items"], [record.message for record in caplog.records]

    return kept


@pytest.mark.parametrize("mode", lines.MODES)
@pytest.mark.parametrize("kind", lines.KINDS)
def test_it_is_answered_with_the_first_document_and_nothing_is_kept(test_webhook, store, kept, outage, kind, mode):
    store.put(Line(number="+12025550177", kind=kind, ring_to="+12025550112", mode=mode))
    before = kept()
    outage.asked.clear()
    answer = test_webhook(To="+12025550177")
    assert answer["statusCode"] == 200
    assert "<Gather" in answer["body"]
    assert answer["headers"]["x-ivr-release"] == "unreleased"
    assert kept() == before
    assert set(outage.asked) <= {"BatchGetItem", "Scan"}


def test_an_unknown_caller_hears_the_same(test_webhook, voice):
    heard = voice().answer(webhook(TOKEN, form={"From": "+96891234567"}))["body"]
    assert spoken(test_webhook()["body"]) == spoken(heard)


def spoken(document):
    """What is said, without its last word: the digit that lets a person through, another one in each call."""
    said = re.findall(r"<Say[^>]*>([^<]+)</Say>", document)
    assert said
    return [sentence.rsplit(" ", 1)[0] for sentence in said]


@pytest.mark.parametrize("caller", [demo.TRUSTED, demo.FLAGGED, demo.BLOCKED, demo.PROTECTED_LINE, ""])
def test_no_caller_brings_a_test_further_than_a_question(test_webhook, kept, caller):
    before = kept()
    assert "<Gather" in test_webhook(From=caller)["body"]
    assert kept() == before


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/voice/fallback", {"ErrorCode": "11200", "ErrorUrl": "https://ivr.example.com/voice/screened/ring"}, 200),
        ("/voice/status", {"CallStatus": "completed", "CallDuration": "12"}, 204),
        ("/voice/status", {"CallSid": "CA" + "1" * 32, "ParentCallSid": SID, "CallStatus": "completed"}, 204),
        ("/voice/screened/open_ring", {"Digits": "1"}, 404),
        ("/voice/report/category", {"Digits": "1"}, 404),
        ("/voice/elsewhere", {}, 404),
    ],
)
def test_no_path_keeps_anything_of_it(test_webhook, kept, path, form, status):
    before = kept()
    assert test_webhook(path, **form)["statusCode"] == status
    assert kept() == before


def test_without_the_token_nobody_sends_one(test_webhook, kept):
    assert test_webhook(secret="another")["statusCode"] == 403
    assert "signature_rejected" in kept()[1]


def test_it_says_that_the_table_does_not_answer(test_webhook, outage, voice, caplog):
    voice().answer(webhook(TOKEN, form={"From": "+96891234567"}))  # this container remembers the line now
    outage.down = True
    caplog.clear()
    answer = test_webhook()
    assert (answer["statusCode"], answer["body"]) == (424, "unprocessed")
    assert not caplog.records


def test_it_says_that_the_key_can_not_be_read(test_webhook, voice, monkeypatch):
    def refuse():
        raise SecretUnavailableError("/call-screening/hmac-key", "AccessDeniedException")

    monkeypatch.setattr(voice().secrets, "hmac_key", refuse)
    answer = test_webhook()
    assert (answer["statusCode"], answer["body"]) == (424, "AccessDeniedException")
    assert test_webhook("/voice/fallback")["statusCode"] == 200  # it needs neither table nor key


def test_a_call_after_it_is_logged_again(test_webhook, voice, kept):
    test_webhook()
    voice().answer(webhook(TOKEN, form={"From": "+96891234567"}))
    assert "call_screened" in kept()[1]


def test_the_log_speaks_again_after_a_test_webhook(test_webhook, voice, caplog):
    caplog.set_level("INFO")
    test_webhook()
    voice().log.count("call_screened")
    assert [one.message for one in caplog.records if one.name == "call-screening"] == ["call_screened"]
