"""What is counted is in CloudWatch's embedded metric format, by AWS's page on it and by Powertools, which writes it."""

import json
import time

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from ivr.calls.verdict import Reason, VerdictKind
from ivr.observability import emf
from tests.observability.emf_judge import faults

NAMESPACE = "CallScreening/prod"


def now_ms():
    return time.time_ns() // 1_000_000


@pytest.mark.parametrize("broken", ["", "_aws", "Timestamp", "Namespace", "call_screened", "verdict"])
def test_a_count_is_a_valid_document_and_the_validator_finds_an_invalid_one(broken):
    fields = {"verdict": VerdictKind.FLAGGED, "reason": Reason.REPORTED, "why": "x"}
    line = json.dumps(emf.counted(NAMESPACE, "call_screened", fields, now_ms()))
    assert bool(faults(line.replace(f'"{broken}":', '"other":') if broken else line)) == bool(broken)


@pytest.mark.parametrize(
    ("metric", "fields"),
    [
        ("call_screened", {"verdict": "flagged", "reason": "reported"}),
        ("store_read_failed", {}),
        ("errand_failed", {"kind": "message", "refused_by": "provider"}),
    ],
)
@pytest.mark.parametrize("counts", [1, 0, 7])
def test_a_count_equals_the_document_that_powertools_writes(metric, fields, counts, monkeypatch):
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE)
    theirs = EphemeralMetrics(namespace=NAMESPACE)
    for name, value in fields.items():
        theirs.add_dimension(name, value)
    theirs.add_metric(metric, MetricUnit.Count, counts)
    expected, ours = theirs.serialize_metric_set(), emf.counted(NAMESPACE, metric, fields, now_ms(), counts)
    [[said], [would]] = (one["_aws"]["CloudWatchMetrics"] for one in (ours, expected))
    assert said["Dimensions"].pop(0) == would["Dimensions"].pop(0)
    assert said["Dimensions"] in ([], [[]])  # and all of it together, for the alarms
    assert said == {**would, "Dimensions": said["Dimensions"]}
    assert {name: ours[name] for name in fields} == {name: expected[name] for name in fields}
    assert [ours[metric]] == expected[metric]


def test_a_dimension_that_is_not_known_is_left_out_and_not_made_up():
    line = emf.counted(NAMESPACE, "call_screened", {"verdict": "unknown"}, now_ms())
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["verdict"], []]
    assert not faults(json.dumps(line))
