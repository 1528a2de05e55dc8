"""A second provider, which speaks JSON, carries a whole call through the port alone."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from handlers.voice import Voice
from infra.local import demo
from infra.local.events import event
from ivr.locales.catalog import Prompt
from ivr.settings import Settings
from ivr.telephony import routes
from ivr.telephony.inputs import DialEnded, Entered, Pressed
from ivr.telephony.port import Capabilities, Document, RefusedWebhookError
from ivr.telephony.turn import Ask, Dial
from ivr.telephony.webhook import DialReport, Webhook
from tests.conftest import ENVIRONMENT, NOW

STRANGER = "+96891234567"


class JsonProvider:
    """A provider that posts JSON, signs with a password, and runs documents of JSON. It has no API."""

    def __init__(self, settings, secrets):
        self.capabilities = Capabilities(moves=False, rings=False, texts=False)
        self.wrote = None

    def read(self, event):
        if event["headers"].get("x-password") != "open sesame":
            raise RefusedWebhookError(403, "signature_rejected", "wrong_signature")
        told = json.loads(event["body"])
        return Webhook(
            path=event["rawPath"],
            query=event["rawQueryString"],
            now=NOW,
            call_sid=told["leg"],
            screened_sid=told.get("first", told["leg"]),
            input=Pressed(told["keys"]) if "keys" in told else DialEnded(told["ok"]) if "ok" in told else Entered(),
            caller=told["from"],
            called=told["to"],
            is_dialled="first" in told,
            is_outbound="first" in told,
            dial=DialReport("completed", answered=True, bridged=True) if told.get("ok") else DialReport(),
            leg_ended="over" in told,
        )

    def write(self, turn):
        self.wrote = turn
        return Document(json.dumps([type(verb).__name__ for verb in turn.verbs]), "application/json")

    def account(self):
        raise AssertionError("a provider that can do nothing by itself is asked for nothing")


@pytest.fixture
def voice(store):
    return Voice(Settings.from_environment(ENVIRONMENT), store, provider=JsonProvider)


@pytest.fixture
def post(voice):
    def post(url, *, password="open sesame", **told):
        parts = urlsplit(url)
        told = {"leg": "one", "from": STRANGER, "to": demo.PROTECTED_LINE, **told}
        request = event(
            method="POST", path=parts.path, query=parts.query, headers={"x-password": password}, body=b"", now_ms=0
        )
        return voice.answer({**request, "body": json.dumps(told)})

    return post


def test_a_call_is_screened_whispered_joined_and_closed(voice, post, store):
    def asked():
        return voice.provider.wrote.verbs[-1]

    answer = post(routes.INCOMING)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/json")
    assert isinstance(asked(), Ask)
    [key] = {one.press for one in asked().prompts if isinstance(one, Prompt) and one.press}
    post(asked().action, keys=key)
    dial = asked()
    assert isinstance(dial, Dial)
    assert dial.number == demo.CUSTOMER
    customer = {"leg": "two", "first": "one", "to": demo.CUSTOMER}
    post(dial.whisper, **customer)
    whisper = asked()
    assert "connect" in {one.key.removeprefix("key.") for one in whisper.prompts}
    assert "0" not in {one.press for one in whisper.prompts}  # no leg can be moved to customer care
    post(whisper.action, **customer, keys="1")
    assert store.calls.get("one").accepted_at
    post(dial.action, ok=True)
    assert store.calls.get("one").talked
    post(routes.STATUS, over=True)
    assert store.calls.get("one").ended_at


def test_an_unsigned_request_is_refused_and_counted(post, caplog):
    assert post(routes.INCOMING, password="guessed")["statusCode"] == 403
    assert [record.metric for record in caplog.records] == ["signature_rejected"]
