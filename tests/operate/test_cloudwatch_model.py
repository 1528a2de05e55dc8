"""The model of CloudWatch is judged: its statistics by moto, its alarms and its math by what AWS says of them."""

from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws

from tests.conftest import NOW
from tests.operate.cloudwatch import MINUTE, CloudWatch
from tests.operate.metric_math import Math

START = NOW // 3600 * 3600
VALUES = [(0, 3), (10, 1), (70, 8), (190, 2), (191, 5), (299, 1)]  # seconds after START
SPACE, NAME = "Test", "count"


def account(dimensions=None):
    cloudwatch = CloudWatch()
    for after, value in VALUES:
        cloudwatch.put(SPACE, NAME, dimensions or {}, START + after, value)
    return cloudwatch


@pytest.mark.parametrize("statistic", ["Sum", "Maximum", "Minimum", "SampleCount"])
@pytest.mark.parametrize("dimensions", [{}, {"kind": "message"}])
@pytest.mark.parametrize("asked", [{}, {"kind": "message"}, {"kind": "other"}])
def test_a_statistic_is_that_of_moto_for_each_period_and_only_for_these_dimensions(statistic, dimensions, asked):
    with mock_aws():
        client = boto3.client("cloudwatch", "us-east-1")
        own = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        for after, value in VALUES:
            at = datetime.fromtimestamp(START + after, UTC)
            data = {"MetricName": NAME, "Dimensions": own, "Value": value, "Timestamp": at}
            client.put_metric_data(Namespace=SPACE, MetricData=[data])
        wanted = [{"Name": name, "Value": value} for name, value in asked.items()]
        answer = client.get_metric_statistics(
            Namespace=SPACE,
            MetricName=NAME,
            Dimensions=wanted,
            StartTime=datetime.fromtimestamp(START, UTC),
            EndTime=datetime.fromtimestamp(START + 300, UTC),
            Period=60,
            Statistics=[statistic],
        )
    theirs = {int(one["Timestamp"].timestamp()): one[statistic] for one in answer["Datapoints"]}
    metric = (SPACE, NAME, frozenset(asked.items()))
    ours = {
        at: account(dimensions).statistic(metric, statistic, at, MINUTE) for at in range(START, START + 300, MINUTE)
    }
    if asked or not dimensions:  # moto adds a metric up over its dimensions where none are asked for; AWS does not
        assert {at: value for at, value in ours.items() if value is not None} == theirs
    else:
        assert set(ours.values()) == {None}


def alarm(**more):
    usual = {"Namespace": SPACE, "MetricName": NAME, "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    rule = {"Threshold": 4, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching"}
    return {**usual, **rule, **more}


@pytest.mark.parametrize(
    ("definition", "after", "is_red"),
    [
        (alarm(), 60, True),  # 4 of 4
        (alarm(Threshold=5), 60, False),
        (alarm(ComparisonOperator="GreaterThanThreshold"), 60, False),
        (alarm(), 180, False),  # that minute has no data
        (alarm(TreatMissingData="breaching"), 180, True),
        (alarm(EvaluationPeriods=2), 120, True),
        (alarm(EvaluationPeriods=3), 180, False),  # each period by itself, and the third has none
        (alarm(EvaluationPeriods=3, DatapointsToAlarm=2), 180, True),
        (alarm(Period=300, Threshold=20), 300, True),
        (alarm(Period=300, Threshold=21), 300, False),
        (alarm(Dimensions=[{"Name": "kind", "Value": "message"}]), 60, False),  # nobody gives that metric
        (alarm(MetricName="counts"), 60, False),
        (alarm(Namespace="Tests"), 60, False),
    ],
)
def test_an_alarm_compares_each_of_its_periods_and_adds_nothing_else_up(definition, after, is_red):
    assert account().is_red(definition, START + after) == is_red


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m + 1", [3, None, 1]),
        ("m / n", [2, None, 0]),
        ("100 * m / SERVICE_QUOTA(m)", [20, None, 0]),
        ("FILL(m, 0)", [2, 0, 0]),
        ("m > 1", [1, None, 0]),
        ("m == n", [0, 0, 0]),  # of two series, missing data counts as 0
        ("IF(FILL(m, 0) >= 2 AND FILL(n, 0) == 1, 1, 0)", [1, 0, 0]),
        ("IF(m > 1, m, n)", [2, 4, 4]),
        ("HOUR(m)", [11, 11, 12]),  # it has a value where its metric has none
        ("HOUR(m) + MINUTE(m) / 60", [11, 11.5, 12]),
        ("IF(HOUR(m) < 12, FILL(m, 0), 1)", [2, 0, 1]),
    ],
)
def test_metric_math_treats_missing_data_as_awss_page_on_it_says(expression, expected):
    noon = START // 86400 * 86400 + 12 * 3600
    series = {"m": [2, None, 0], "n": [1, 4, 4]}
    assert Math([noon - 3600, noon - 1800, noon], series, {"m": 10}).series(expression) == expected


@pytest.mark.parametrize("wrong", ["unknown + 1", "m +", "[m]", "SEARCH(m)"])
def test_what_is_no_metric_math_is_refused(wrong):
    with pytest.raises((KeyError, SyntaxError, AttributeError)):
        Math([START], {"m": [1]}).series(wrong)


def test_cloudwatch_accepts_every_alarm_of_the_template_as_boto3_and_moto_know_it(alarms, defaults):
    cloudwatch, accepted = CloudWatch("prod", defaults), 0
    with mock_aws():
        client = boto3.client("cloudwatch", "us-east-1")
        for name, definition in alarms.items():
            plain = cloudwatch.plain({key: one for key, one in definition.items() if not key.endswith("Actions")})
            client.put_metric_alarm(AlarmName=name, **plain)
            accepted += 1
        stored = client.get_paginator("describe_alarms").paginate()
        assert sum(len(page["MetricAlarms"]) for page in stored) == accepted > 40
