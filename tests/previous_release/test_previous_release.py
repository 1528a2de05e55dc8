"""A deployment during calls: URLs, messages and items of the previous release work with this one."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from handlers import follow_up, redeliver
from ivr.calls.call_record import CallRecord, LineLock
from ivr.calls.outcome import CallOutcome
from ivr.care.call_backs import CallBack, CareCall
from ivr.flow.pages import BOOK
from ivr.flow.state import State
from ivr.flow.url_codec import from_url
from ivr.jobs.job import OptOut, RingBack, Sms
from ivr.observability.log import Log
from ivr.outbox import queue
from ivr.reports import NumberDraft, Report
from ivr.reputation.disputes import Dispute
from ivr.reputation.evidence import Clearing, Evidence
from ivr.reputation.items import Aftermath, Block, Campaign, Familiar, Reputation
from ivr.reputation.latest import Latest
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.failed_checks import FailedChecks
from ivr.screening.line import Line
from ivr.secrets.key_fingerprint import KeyFingerprint
from ivr.settings import Settings
from ivr.store.attributes import untyped
from ivr.store.counters import Once
from ivr.store.forgetting import kind_of
from ivr.telephony.routes import ROOT
from ivr.voicemail import Erasure, Recording, Voicemail
from tests.conftest import BASE_URL, TOKEN
from tests.reputation.conftest import follow_all

HERE = Path(__file__).parent
NOT_STEPS = {"/voice/incoming", "/voice/status", "/voice/fallback"}
KINDS = {
    "AFTERMATH": Aftermath,
    "CALL": CallRecord,
    "CALLER": ListEntry,
    "CALL_BACK": CallBack,
    "CAMPAIGN": Campaign,
    "CARE": CareCall,
    "CHECKS": FailedChecks,
    "CLEARING": Clearing,
    "DECISION": DeskDecision,
    "DISPUTE": Dispute,
    "DRAFT": NumberDraft,
    "ENDING": CallOutcome,
    "ERASURE": Erasure,
    "EVIDENCE": Evidence,
    "FAMILIAR": Familiar,
    "HMAC_KEY": KeyFingerprint,
    "LATEST": Latest,
    "LEFT": Voicemail,
    "LINE": Line,
    "MEMBERS": Block,
    "MESSAGE": Sms,
    "ONCE": Once,
    "OPT_OUT": OptOut,
    "RECORDING": Recording,
    "REPORT": Report,
    "REPUTATION": Reputation,
    "RING": LineLock,
    "RING_BACK": RingBack,
    "RULE": PrefixRule,
}
COUNTERS = {"COUNTS", "DAY", "LEFT_BY"}  # which only conditions read
KEYS = {"pk", "sk", "expires", "held"}
NO_LONGER_KEPT: dict[str, set[str]] = {"REPUTATION": {"activity"}}  # no rule read it


def lines(name):
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


def plain(item):
    return {name: untyped(value) for name, value in item.items()}


URLS = (HERE / "urls.txt").read_text("utf-8").splitlines()
REQUESTS, MESSAGES, ITEMS = lines("requests.jsonl"), lines("queue.jsonl"), lines("items.jsonl")


def waits_for(message):
    """The items that were stored before this message could be."""
    sid, which = message["record"]["call_sid"], message["record"].get("which", "")
    kinds = {
        ("report_by_call", True): "CALL",
        ("report_by_call", False): "DRAFT",
        ("details", True): "REPORT",
        ("details_by_reference", False): "REPORT",
    }
    kind = "CALL" if message["record"].get("undecided") else kinds.get((message["kind"], which == "screened"))
    for item in ITEMS:
        if kind is None or kind_of(plain(item)) != kind:
            continue
        if message["kind"] == "details_by_reference":
            if item["reference"]["S"] == message["record"]["reference"]:
                yield item
        else:
            key = {"pk": {"S": f"CALL#{sid}"}, "call_sid": {"S": sid}}
            key |= {"sk": {"S": f"{kind}#{which}"}, "which": {"S": which}} if which and kind != "CALL" else {}
            yield {**item, **key}


def outline(document):
    """The verbs of a TwiML document, each with the step that it leads to."""
    led = []
    for verb in ET.fromstring(document).iter():  # our own document
        url = verb.get("action") or verb.get("url") or (verb.text if verb.tag == "Redirect" else "")
        led.append(f"{verb.tag} {urlsplit(url or '').path}".strip())
    return led[1:]


@pytest.fixture
def complaints(caplog):
    """What the log tells that a deployment must not bring about."""
    caplog.set_level("INFO")
    wrong = {"apology_spoken", "webhook_malformed", "callback_failed", "item_unreadable", "redelivery_failed"}
    wrong |= {"reputation_failed", "follow_up_failed", "dead_letter"}
    return lambda: wrong & {record.metric for record in caplog.records if hasattr(record, "metric")}


# What only this release puts into a URL: steps as "page/step", and parameters. While a new version takes over by and
# by, the release before gets such URLs too, answers 404, and the caller hears the apology. So a release with anything
# here is deployed with Rollout = "at-once", and **Upgrading** in CHANGELOG.md says so.
NEW_IN_URLS = {"whisper/recorded", "report/questions"}
NEVER_MET = {"waited"}  # a parameter of that release which its tests did not come to


def test_the_release_before_can_answer_each_url_of_this_one():
    held = [urlsplit(url) for url in URLS]
    known = {url.path.removeprefix(ROOT) for url in held} | {name for url in held for name, _ in parse_qsl(url.query)}
    asked = {here for here, step in BOOK.steps() if step.kind.accepts}
    asked |= {
        there for here, _ in BOOK.steps() for exit_, there in BOOK.exits(here) if exit_.by in {"request", "aside"}
    }
    ours = {f"{at.page}/{at.step}" for at in asked} | set(State._fields)
    assert ours - known - NEVER_MET == NEW_IN_URLS


@pytest.mark.parametrize("url", URLS)
def test_a_url_that_twilio_still_holds_names_a_step_and_a_state(url):
    path, _, query = url.partition("?")
    if path not in NOT_STEPS:
        position, _ = from_url(path, query, BOOK)
        assert path == f"/voice/{position.page}/{position.step}"


@pytest.mark.parametrize(
    "request_", REQUESTS, ids=[f"{nth}-{one['url'].partition('?')[0]}" for nth, one in enumerate(REQUESTS)]
)
def test_a_call_in_progress_goes_on(request_, store, post, complaints):
    for item in request_["table"]:
        store.table.client.put_item(TableName=store.table.name, Item=item)
    url = BASE_URL + request_["url"]
    signature = RequestValidator(TOKEN).compute_signature(url, request_["form"])
    headers = {"X-Twilio-Signature": signature, "X-Carrier-Time": str(request_["at"] * 1000)}
    answer = post(url, request_["form"], headers)
    assert answer.status in {200, 204}
    assert not complaints()
    if "answered" in request_:
        assert outline(answer.body) == request_["answered"]


def test_an_agent_hears_who_comes_although_the_language_chosen_is_offered_no_longer(post, complaints):
    url = f"{BASE_URL}/voice/agent/offer?languages=en&leg=agent&category=prize&coming=customer&speaks=xx"
    form = {"CallSid": "CA" + "2" * 32, "ParentCallSid": "CA" + "1" * 32, "Direction": "outbound-dial"}
    answer = post(url, form, {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)})
    assert "/voice/agent/offer" in answer.body
    assert "customer" in answer.body
    assert not complaints()


def test_a_call_in_a_language_that_is_offered_no_longer_goes_on_in_those_that_are(post, complaints):
    url = f"{BASE_URL}/voice/report_line/main?languages=xx"
    form = {"CallSid": "CA" + "2" * 32, "From": "+96892223344", "To": "+12025550199", "Direction": "inbound"}
    answer = post(url, form, {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)})
    assert 'language="ar-' in answer.body
    assert 'language="en-' in answer.body
    assert not complaints()


def test_every_kind_of_message_waits_in_the_fixture():
    assert {one["kind"] for one in MESSAGES} == set(queue._KINDS)


@pytest.mark.parametrize("message", MESSAGES, ids=[one["kind"] for one in MESSAGES])
def test_queued_messages_are_stored(message, store, complaints):
    container = redeliver.Redelivery(store, Log("INFO"))
    body = json.dumps(message)
    read = queue.read(body)
    assert {name: getattr(read, name) for name in message["record"]} == message["record"]
    for item in waits_for(message):
        store.table.client.put_item(TableName=store.table.name, Item=item)
    before = len(store.table.client.scan(TableName=store.table.name)["Items"])
    container.take(body)
    after = store.table.client.scan(TableName=store.table.name)["Items"]
    assert not complaints()
    assert len(after) > before or message["kind"].startswith("details")


@pytest.mark.parametrize("item", ITEMS, ids=[f"{one['pk']['S'][:12]}-{one['sk']['S'][:12]}" for one in ITEMS])
def test_an_item_is_read_as_its_record_with_all_that_it_holds(item):
    kind, held = kind_of(plain(item)), plain(item)
    if kind in COUNTERS:
        return
    record = KINDS[kind].from_item(held)
    if kind == "MEMBERS":
        assert record.members
        return
    read = {name for name in held if hasattr(record, name)} | set(record.index())
    assert set(held) - read - KEYS == NO_LONGER_KEPT.get(kind, set())


@pytest.mark.parametrize("item", ITEMS, ids=[f"{one['pk']['S'][:12]}-{one['sk']['S'][:12]}" for one in ITEMS])
@pytest.mark.parametrize("event", ["INSERT", "MODIFY"])
def test_the_stream_functions_handle_it(item, event, store, derived, environment, complaints):
    record = {"eventName": event, "dynamodb": {"NewImage": item, "OldImage": item, "SequenceNumber": "1"}}
    follow_all([record], derived)
    settings = Settings.from_environment(environment)
    follow_up.process(record, follow_up.build(settings, store))
    assert not complaints()
