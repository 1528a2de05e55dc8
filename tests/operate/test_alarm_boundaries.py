"""Where an alarm's expression, statistic or periods begin to say something, and where they say nothing yet."""

from __future__ import annotations

import pytest

from tests.conftest import NOW
from tests.operate.cloudwatch import MINUTE, CloudWatch
from tests.operate.faults import NAMESPACE

START = NOW // 3600 * 3600
FORGED = {"why": "wrong_signature"}


@pytest.fixture
def is_red(alarms, defaults):
    """Whether an alarm is red at any minute after these values: metric, dimensions, minute, value, and how many."""

    def is_red(name, *values):
        cloudwatch = CloudWatch("prod", defaults)
        for metric, dimensions, minute, value, many in values:
            namespace, _, of = metric.rpartition(" ")
            for _ in range(many):
                cloudwatch.put(namespace or NAMESPACE, of, dimensions, START + minute * MINUTE, value)
        looks = range(START, START + 60 * MINUTE, MINUTE)
        return any(cloudwatch.is_red(alarms[f"{name}Alarm"], at) for at in looks)

    return is_red


@pytest.mark.parametrize(
    ("refused", "screened", "red"),
    [(2, 0, False), (3, 0, True), (3, 1, False), (300, 1, False)],
)
def test_nobody_gets_in_only_where_several_webhooks_are_refused_and_no_call_is_screened(is_red, refused, screened, red):
    seen = ("signature_rejected", FORGED, 0, 1, refused), ("call_screened", {}, 0, 1, screened)
    assert is_red("NobodyGetsIn", *seen) == red


def test_requests_without_a_signature_are_no_sign_that_nobody_gets_in(is_red):
    assert not is_red("NobodyGetsIn", ("signature_rejected", {"why": "no_signature"}, 0, 1, 300))


@pytest.mark.parametrize(
    ("not_taken", "talked", "red"),
    [(2, 0, False), (3, 0, True), (3, 3, False), (4, 3, True), (3, 40, False)],
)
def test_care_is_not_taken_where_most_of_three_transfers_are_not(is_red, not_taken, talked, red):
    assert is_red("CareNotTaken", ("care_not_taken", {}, 0, 1, not_taken), ("care_talked", {}, 0, 1, talked)) == red


@pytest.mark.parametrize("minutes", [2, 3])
def test_the_quota_is_told_of_after_three_minutes(is_red, minutes):
    values = [
        (f"AWS/Lambda {name}", {}, minute, 900, 1)
        for name in ("ClaimedAccountConcurrency", "ConcurrentExecutions")
        for minute in range(minutes)
    ]
    assert is_red("ConcurrencyQuota", *values) == (minutes == 3)


@pytest.mark.parametrize(
    ("slow", "minutes", "red"),
    [(2, 3, True), (2, 2, False), (0, 5, False)],
    ids=["three minutes", "two minutes", "none is slow"],
)
def test_latency_is_that_of_the_slowest_in_a_hundred(is_red, slow, minutes, red):
    api = {"ApiId": "VoiceApi"}
    values = [
        ("AWS/ApiGateway Latency", api, minute, milliseconds, many)
        for minute in range(minutes)
        for milliseconds, many in ((80, 98), (3100, slow))
    ]
    assert is_red("Latency", *values) == red


def test_one_slow_call_in_a_quiet_minute_counts_for_nothing(alarms):
    """CloudWatch does so by itself where the alarm asks for it; the model here knows no such thing, and no unit."""
    assert alarms["LatencyAlarm"]["EvaluateLowSampleCountPercentile"] == "ignore"
    assert (
        alarms["LatencyAlarm"]["Unit"] == "Milliseconds"
    )  # as API Gateway publishes it: with another there is no data


@pytest.mark.parametrize(("missed", "red"), [(2, False), (3, True)])
def test_the_watch_has_failed_where_three_looks_in_turn_gave_no_value(is_red, missed, red):
    """Whether it can't read the table, or nobody wakes it."""
    looks = [5 * nth for nth in range(-6, 13) if not 0 < nth <= missed]
    assert is_red("WatchFailed", *[("call_backs_overdue", {}, minute, 0, 1) for minute in looks]) == red


@pytest.mark.parametrize("function", ["ReputationFunction", "RedeliverFunction", "FollowUpFunction", "WatchFunction"])
@pytest.mark.parametrize("crashes", [2, 3])
def test_each_function_behind_the_table_counts_among_those_that_crash(is_red, function, crashes):
    assert is_red("BackgroundErrors", ("AWS/Lambda Errors", {"FunctionName": function}, 0, 1, crashes)) == (crashes > 2)


@pytest.mark.parametrize(("age", "red"), [(899, False), (900, True)])
def test_reports_wait_from_a_quarter_of_an_hour_on(is_red, age, red):
    queue = {"QueueName": "ReportQueue"}
    ages = [("AWS/SQS ApproximateAgeOfOldestMessage", queue, minute, age - 60 * (4 - minute), 1) for minute in range(5)]
    assert is_red("ReportsWait", *ages) == red
