"""The functions off the caller's path: what wakes them, what is retried, and where failing records end."""

import ast
import json
from pathlib import Path

import pytest
from moto.events.models import EventPattern

from ivr.jobs.job import CLAIM_SECONDS
from ivr.telephony.twilio.rest import TIMEOUT_SECONDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stream(template):
    return template["Resources"]["ReputationFunction"]["Properties"]["Events"]["Stream"]["Properties"]


@pytest.fixture
def reports(template):
    return template["Resources"]["RedeliverFunction"]["Properties"]["Events"]["Reports"]["Properties"]


@pytest.fixture
def queue(template):
    return template["Resources"]["ReportQueue"]["Properties"]


def test_the_stream_is_followed_from_its_beginning_in_order_and_within_seconds(stream):
    own = {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert stream["Stream"] == {"Fn::If": ["MakesTable", own, {"Ref": "ExistingTableStream"}]}
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert stream["MaximumBatchingWindowInSeconds"] <= 2
    assert stream["ParallelizationFactor"] <= 10  # Lambda keeps the order of each key up to here


def test_a_failing_stream_record_is_retried_alone_and_set_aside_at_the_end(stream):
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 10 <= stream["MaximumRetryAttempts"] <= 1000
    destination = stream["DestinationConfig"]["OnFailure"]
    assert destination == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["UnfollowedQueue", "Arn"]}}


@pytest.mark.parametrize(
    ("event", "sort_key", "wakes"),
    [
        ("INSERT", "REPORT#screened", True),
        ("MODIFY", "REPORT#typed-0a1b2c3d", True),
        ("INSERT", "CALL", True),
        ("MODIFY", "CLEARING", True),
        ("MODIFY", "ENDING", True),
        ("INSERT", "LEFT#abcdefgh", True),
        ("INSERT", "LEFT_BY#2026-11-24#+96891234567", False),
        ("INSERT", "COUNTED#REPORT#screened", False),  # what the function itself writes
        ("MODIFY", "TALLY", False),
        ("REMOVE", "REPORT#screened", False),  # TTL removals are no events
        ("INSERT", "EVIDENCE#0123", False),
        ("MODIFY", "REPUTATION", False),
        ("MODIFY", "RING", False),
        ("INSERT", "DRAFT#typed-0a1b2c3d", False),
    ],
)
def test_only_records_with_consequences_wake_the_reputation_function(stream, event, sort_key, wakes):
    [pattern] = [one["Pattern"] for one in stream["FilterCriteria"]["Filters"]]
    record = {"eventName": event, "dynamodb": {"Keys": {"pk": {"S": "CALL#CA1"}, "sk": {"S": sort_key}}}}
    assert EventPattern.load(pattern).matches_event(record) == wakes


def test_every_kind_of_item_that_has_consequences_or_is_counted_passes_the_filter(stream):
    followed = _kinds("reputation/projections.py", "consequences") | _kinds("statistics/counting.py", "counted")
    pattern = json.loads(stream["FilterCriteria"]["Filters"][0]["Pattern"])
    passed = pattern["dynamodb"]["Keys"]["sk"]["S"]
    assert followed == {(one if isinstance(one, str) else one["prefix"]).rstrip("#") for one in passed}


def _kinds(file, function):
    """The kinds of items for which a function of the product has a case."""
    tree = ast.parse((ROOT / "ivr" / file).read_text(encoding="utf-8"))
    [kinds] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    return {node.value.value for node in ast.walk(kinds) if isinstance(node, ast.MatchValue)}


@pytest.fixture
def jobs(template):
    return template["Resources"]["FollowUpFunction"]["Properties"]["Events"]["Stream"]["Properties"]


@pytest.mark.parametrize(
    ("event", "sort_key", "more", "wakes"),
    [
        ("INSERT", "RING_BACK", {}, True),
        ("MODIFY", "RING_BACK", {"state": {"S": "done"}}, False),  # what the function stores itself
        ("INSERT", "MESSAGE#screened", {}, True),
        ("MODIFY", "MESSAGE#screened", {"tried_since": {"N": "1"}}, False),
        ("INSERT", "REPORT#screened", {}, True),  # from the queue, perhaps after the customer's leg has ended
        ("MODIFY", "REPORT#screened", {"category": {"S": "prize"}}, False),
        ("MODIFY", "REPORT#screened", {"loss": {"S": "no"}}, True),
        ("INSERT", "CALL", {}, False),
        ("MODIFY", "CALL", {"left_at": {"N": "1795500000"}}, True),
        ("MODIFY", "CALL", {"ended_at": {"N": "1795500000"}}, False),  # the customer may be asked some more
        ("REMOVE", "RING_BACK", {}, False),
        ("INSERT", "ERASURE#00", {}, True),
        ("MODIFY", "ERASURE#00", {"state": {"S": "done"}}, False),
        ("REMOVE", "ERASURE#00", {}, True),
        ("REMOVE", "LEFT#aghijklm", {}, True),  # the one removal that starts a job
        ("REMOVE", "RECORDING", {}, True),
        ("INSERT", "LEFT#aghijklm", {}, False),
        ("INSERT", "RECORDING", {}, False),
        ("REMOVE", "REPORT#screened", {}, False),
        ("MODIFY", "REPUTATION", {}, False),
    ],
)
def test_only_jobs_and_their_triggers_wake_the_follow_up_function(jobs, event, sort_key, more, wakes):
    record = {
        "eventName": event,
        "dynamodb": {
            "Keys": {"pk": {"S": "CALL#CA1"}, "sk": {"S": sort_key}},
            **({} if event == "REMOVE" else {"NewImage": {"sk": {"S": sort_key}, **more}}),
        },
    }
    patterns = [one["Pattern"] for one in jobs["FilterCriteria"]["Filters"]]
    assert any(EventPattern.load(pattern).matches_event(record) for pattern in patterns) == wakes


def test_an_unsent_job_is_retried_while_it_is_useful_and_then_set_aside(jobs):
    assert jobs["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert jobs["BisectBatchOnFunctionError"] is True
    assert jobs["MaximumRecordAgeInSeconds"] <= 3600
    assert 10 <= jobs["MaximumRetryAttempts"] <= 1000
    destination = jobs["DestinationConfig"]["OnFailure"]
    assert destination == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["UndoneQueue", "Arn"]}}


def test_a_batch_has_time_for_a_twilio_that_hangs_and_claims_outlast_their_function(template, jobs):
    function = template["Resources"]["FollowUpFunction"]["Properties"]
    assert jobs["BatchSize"] * 2 * TIMEOUT_SECONDS < function["Timeout"] < CLAIM_SECONDS
    assert jobs["MaximumRecordAgeInSeconds"] > CLAIM_SECONDS  # so that a lost claim is found


def test_an_unstored_message_alone_is_retried_from_the_queue(reports):
    assert reports["Queue"] == {"Fn::GetAtt": ["ReportQueue", "Arn"]}
    assert reports["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_is_hidden_longer_than_it_can_be_worked_on_and_outlasts_an_outage_of_hours(template, queue, reports):
    function = template["Resources"]["RedeliverFunction"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert function["Timeout"] >= 5 * reports["BatchSize"]  # seconds that one message takes while the table hangs
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["ReportDeadLetters", "Arn"]}
    assert queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"] >= 4 * 3600


def test_every_queue_is_encrypted_and_keeps_what_it_has_for_14_days(template):
    queues = {name: one for name, one in template["Resources"].items() if one["Type"] == "AWS::SQS::Queue"}
    assert set(queues) == {"ReportQueue", "ReportDeadLetters", "UnfollowedQueue", "UndoneQueue"}
    for queue in queues.values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True
        assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert {queues[name]["DeletionPolicy"] for name in ("ReportQueue", "ReportDeadLetters")} == {"Retain"}


@pytest.mark.parametrize("name", ["ReportDeadLetters", "UnfollowedQueue", "UndoneQueue"])
def test_the_first_dead_letter_raises_an_alarm(template, name):
    [alarm] = [
        one["Properties"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
        and one["Properties"].get("MetricName") == "ApproximateNumberOfMessagesVisible"
        and one["Properties"]["Dimensions"][0]["Value"] == {"Fn::GetAtt": [name, "QueueName"]}
    ]
    assert alarm["Threshold"] == 1


def test_the_watch_looks_as_often_as_its_alarms_expect(template):
    """Three times in the quarter of an hour of WatchFailed, and in each five minutes of Silence."""
    [event] = template["Resources"]["WatchFunction"]["Properties"]["Events"].values()
    assert event["Properties"]["Schedule"] == "rate(5 minutes)"
