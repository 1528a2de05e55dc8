"""The benchmark compares like with like: by hand, the same answers are given and the store is asked the same."""

import json
from xml.etree import ElementTree as ET

import pytest

from handlers import voice as product
from ivr.secrets.key_fingerprint import fingerprint
from ivr.settings import Settings
from ivr.store import Store
from tests.bench import peer_modules, webhooks

TABLE = webhooks.ENVIRONMENT["TABLE_NAME"]


class CannedClient:
    """Answers BatchGetItem as the benchmark's DynamoDB does, and keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def batch_get_item(self, **request):
        self.asked.append(request)
        return json.loads(webhooks.table_answer())

    def keys(self):
        (request,) = self.asked
        return sorted((key["pk"]["S"], key["sk"]["S"]) for key in request["RequestItems"][TABLE]["Keys"])


@pytest.fixture
def by_product():
    client = CannedClient()
    store = Store(TABLE, client)
    # A look-up before this one has read which key is the table's: only a container's first one asks for that too.
    store._lookups._fingerprint = fingerprint(webhooks.ENVIRONMENT["HMAC_KEY"])
    voice = product.Voice(Settings.from_environment(webhooks.ENVIRONMENT), store)
    return client, voice.answer


@pytest.fixture
def by_hand(monkeypatch):
    peer = peer_modules.imported(monkeypatch, "peers.by_hand", webhooks.ENVIRONMENT)
    client = CannedClient()
    monkeypatch.setattr(peer.fraud_call, "dynamodb", client)
    return client, lambda event: peer.handler(event, None)


def meaning(answer):
    """The answer with its TwiML in canonical form; of what is said only the last word: wordings are edited."""
    document = ET.fromstring(answer["body"])
    for say in document.iter("Say"):
        say.text = say.text.split()[-1]  # the key that is to be pressed
    return {**answer, "body": ET.canonicalize(ET.tostring(document))}


@pytest.mark.parametrize("webhook", [webhooks.incoming, webhooks.menu_step])
@pytest.mark.parametrize("call", range(12))  # the digit that is announced comes from the CallSid
def test_both_answer_the_same(by_product, by_hand, webhook, call):
    (_, answer), (_, answer_by_hand) = by_product, by_hand
    assert meaning(answer(webhook(call))) == meaning(answer_by_hand(webhook(call)))
    assert "<Gather" in answer(webhook(call))["body"]


def test_both_refuse_a_forged_webhook(by_product, by_hand):
    forged = webhooks.incoming(1) | {"rawPath": "/voice/fallback"}
    assert [answer(forged)["statusCode"] for _, answer in (by_product, by_hand)] == [403, 403]


def test_both_look_up_the_same_in_one_request(by_product, by_hand):
    asked = []
    for client, answer in (by_product, by_hand):
        answer(webhooks.incoming(1))
        asked.append(client.keys())
    assert asked[0] == asked[1]


def test_a_menu_step_looks_nothing_up(by_product, by_hand):
    for client, answer in (by_product, by_hand):
        answer(webhooks.menu_step(1))
        assert client.asked == []


def test_what_is_written_by_hand_is_what_twilios_library_writes(monkeypatch):
    verbs = peer_modules.imported(monkeypatch, "peers.verbs", webhooks.ENVIRONMENT)
    says = verbs.Say("نعم", "yes")
    every_verb = [
        says,
        verbs.Gather("/voice/a?b=c&d=e", says),
        verbs.DialNumber("/voice/a?b=c&d=e", "+12025550111", "+12025550100", "/voice/f?g=h&i=j", "https://x.example/s"),
        verbs.DialRoom("/voice/a", "CA1", "https://x.example/w?a=b&c=d", star=True),
        verbs.Record("/voice/a?b=c&d=e"),
        verbs.Pause(8),
        verbs.Redirect("/voice/a?b=c&d=e"),
        verbs.Hangup(),
    ]
    written = [ET.canonicalize(write(every_verb)) for write in (verbs.by_hand, verbs.by_twilio)]
    assert written[0] == written[1]
