"""A stream record that can never be processed is set aside at once: no later one waits, and no number is logged."""

from __future__ import annotations

import json

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import reputation
from infra.local.stream_source import Filter
from infra.local.template import stream_of
from ivr.dead_letters import DeadLetters
from ivr.observability.log import Log
from ivr.reports import CATEGORIES
from ivr.reputation.items import familiar_key
from ivr.store.attributes import typed
from tests.damaged_items import CALLER, HOW, Damage, kind, samples
from tests.reputation.conftest import Unsteady
from tests.reputation.events import CALLERS, PEOPLE, START, Reported, stream
from tests.set_aside_queue import SetAsideQueue
from tests.slowly import example_count

ITEMS = samples(START)
FOLLOWED = [
    item
    for item in ITEMS
    if Filter(stream_of("ReputationFunction")).passes({"eventName": "INSERT", "dynamodb": {"Keys": item}})
]


@pytest.fixture
def told(monkeypatch):
    aside = DeadLetters(Log("INFO"), "https://sqs.me-central-1.amazonaws.com/1/unfollowed")
    aside.queue = SetAsideQueue()
    monkeypatch.setattr(reputation, "aside", lambda: aside)
    return aside.queue


def poison(item, number="666"):
    change = {"Keys": {name: item[name] for name in ("pk", "sk")}, "NewImage": item, "SequenceNumber": number}
    return {"eventID": number, "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}


def good():
    return stream([Reported(caller, PEOPLE[0], START, counted=True) for caller in CALLERS[:3]])


def failures(world, records, monkeypatch, client=None):
    monkeypatch.setattr(reputation, "derived", lambda: world.function(client or world.client))
    return [one["itemIdentifier"] for one in reputation.handler({"Records": records}, None)["batchItemFailures"]]


def test_the_function_gets_what_changes_a_reputation_or_a_days_numbers_and_nothing_that_it_writes():
    counted = {"ENDING", "CALL_BACK", "DISPUTE", "MESSAGE", "LEFT"}
    assert {kind(item) for item in FOLLOWED} == {"REPORT", "CALL", "CLEARING"} | counted


@pytest.mark.slow
@settings(
    max_examples=example_count(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    item=st.sampled_from(FOLLOWED),
    damage=st.builds(Damage, st.sampled_from(HOW), st.integers(0, 30)),
    at=st.integers(0, 3),
)
def test_a_damaged_record_is_not_retried_and_all_others_are_handled(new_world, told, monkeypatch, item, damage, at):
    world, batch = new_world(), good()
    batch.insert(at, poison(damage.to(item, [one for one in ITEMS if kind(one) != kind(item)])))
    assert failures(world, batch, monkeypatch) == []
    assert all(world.reputation(caller) for caller in CALLERS[:3])


def test_a_record_set_aside_is_logged_with_key_and_reason_and_no_number(world, told, monkeypatch, caplog):
    caplog.set_level("INFO")
    clearing = next(item for item in FOLLOWED if kind(item) == "CLEARING")
    report = next(item for item in FOLLOWED if kind(item) == "REPORT")
    batch = [
        poison({name: value for name, value in clearing.items() if name != "cleared_at"}, "1"),
        poison({**report, "reported_at": {"N": "0.5"}}, "2"),
    ]
    assert failures(world, [*batch, *good()], monkeypatch) == []
    assert told.bodies == [
        {"pk": "CALLER#...567", "sk": "CLEARING", "event": "INSERT", "why": "half", "sequence_number": "1"},
        {
            "pk": report["pk"]["S"],
            "sk": "REPORT#screened",
            "event": "INSERT",
            "why": "type",
            "sequence_number": "2",
        },
    ]
    counted = [(one.kind, one.why) for one in caplog.records if getattr(one, "metric", "") == "record_set_aside"]
    assert counted == [("CLEARING", "half"), ("REPORT", "type")]
    assert CALLER[4:] not in str([one.__dict__ for one in caplog.records])


@pytest.mark.parametrize("done", [0, 3], ids=["the evidence", "the score"])
def test_during_an_outage_the_record_is_retried_and_not_set_aside(world, told, monkeypatch, done):
    [record] = good()[:1]
    lost = Unsteady(world.client, [""] * done + ["lost"])
    assert failures(world, [record], monkeypatch, lost) == [record["dynamodb"]["SequenceNumber"]]
    assert told.bodies == []
    assert failures(world, [record], monkeypatch) == []


def test_what_several_records_say_is_repeated_from_the_first_of_them(world, told, monkeypatch):
    report = Reported(CALLERS[0], PEOPLE[0], START, counted=True, added=(CATEGORIES[0], "withdrawn"))
    [first, *changes] = stream([report])
    assert failures(world, [first], monkeypatch) == []
    lost = Unsteady(world.client, ["lost"])
    assert failures(world, changes, monkeypatch, lost) == [changes[0]["dynamodb"]["SequenceNumber"]]


def test_a_caller_who_cannot_be_scored_is_repeated_from_the_first_record_about_them(world, told, monkeypatch):
    records = stream([Reported(CALLERS[0], person, START, counted=True) for person in PEOPLE[:2]])
    stored_and_lost = Unsteady(world.client, ["", "", "", "lost"])  # the second report has two writes
    assert failures(world, records, monkeypatch, stored_and_lost) == [records[0]["dynamodb"]["SequenceNumber"]]


def test_what_keeps_meeting_another_transaction_is_stored_one_by_one(world, told, monkeypatch):
    [record] = good()[:1]
    assert failures(world, [record], monkeypatch, Unsteady(world.client, ["conflict"] * 3)) == []
    assert world.reputation(CALLERS[0]).live == 1


def test_a_record_that_cannot_be_set_aside_is_retried(world, told, monkeypatch):
    told.down = True
    assert failures(world, [poison({"pk": {"S": "x"}, "sk": {"S": "CALL"}})], monkeypatch) == ["666"]


def test_a_write_that_is_refused_for_good_holds_up_no_other_of_its_record(world, told, monkeypatch):
    """A set of talks that is damaged to a string refuses every further day; the trust of the same call still counts."""
    call = next(item for item in FOLLOWED if kind(item) == "CALL")
    pk, sk = familiar_key("+12025550100", CALLER)
    world.client.put_item(
        TableName=world.table,
        Item={"pk": {"S": pk}, "sk": {"S": sk}, "talk_days": {"S": "2026"}, "held": {"N": "1"}},
    )
    more = {"accepted_at": START, "talked": 1, "trusted_at": START}
    talked = {**call, **{name: typed(value) for name, value in more.items()}}
    assert failures(world, [poison(talked)], monkeypatch) == []
    assert [one["why"] for one in told.bodies] == ["refused"]
    assert world.reputation(CALLER).young == str(START)


def test_a_record_that_raises_a_bug_is_set_aside_and_logged_as_an_error(world, told, monkeypatch, caplog):
    def broken(*_, **__):
        raise KeyError(CALLER)

    monkeypatch.setattr(reputation, "further_consequences", broken)
    assert failures(world, good()[:1], monkeypatch) == []
    assert [one["why"] for one in told.bodies] == ["bug"]
    assert CALLER not in str([one.__dict__ for one in caplog.records])


def test_damaged_reputation_and_evidence_are_computed_anew(world):
    for record in good():
        world.follow(record)
    item = world.everything()[(f"CALLER#{CALLERS[0]}", "REPUTATION")]
    world.client.put_item(TableName=world.table, Item={**item, "spam": {"S": "x"}, "revision": {"N": "0.5"}})
    for person in PEOPLE[1:4]:
        for record in stream([Reported(CALLERS[0], person, START + 1, counted=True)]):
            world.follow(record)
    assert world.reputation(CALLERS[0]).live == 4


@pytest.mark.parametrize(
    ("sk", "name"),
    [("EVIDENCE#", "order"), ("LATEST#REPORT", "at"), ("FAMILIAR#", "reported"), ("AFTERMATH", "shaken_at")],
)
def test_a_damaged_order_key_is_replaced(world, sk, name):
    for record in stream([Reported(CALLERS[0], PEOPLE[0], START, counted=True)]):
        world.follow(record)
    [(key, item)] = [(key, one) for key, one in world.everything().items() if key[1].startswith(sk) and name in one]
    [type_] = item[name]
    world.client.put_item(TableName=world.table, Item={**item, name: {"N": "7"} if type_ == "S" else {"S": "x"}})
    for record in stream([Reported(CALLERS[0], PEOPLE[0], START + 60, counted=True)]):
        world.follow(record)
    assert list(world.everything()[key][name]) == [type_]


def test_the_request_to_the_queue_is_valid_for_sqs(world, monkeypatch, cloud):
    sqs = boto3.client("sqs", region_name="me-central-1")
    url = sqs.create_queue(QueueName="unfollowed")["QueueUrl"]
    monkeypatch.setenv("AWS_DEFAULT_REGION", "me-central-1")
    aside = DeadLetters(Log("INFO"), url)
    monkeypatch.setattr(reputation, "aside", lambda: aside)
    assert failures(world, [poison({"pk": {"S": "CALL#CA1"}, "sk": {"S": "CALL"}})], monkeypatch) == []
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["pk"] == "CALL#CA1"
