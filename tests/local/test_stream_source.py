"""A function behind the stream: filtered as in the template, in the order of each item, and again on failure."""

import logging

import pytest

from infra.local.stream_source import StreamFunction
from infra.local.template import stream_of
from ivr.observability.log import Log

SOURCE = stream_of("FollowUpFunction")
MINUTES = 60


def record(sk="MESSAGE#screened", call="CA1", event="INSERT", **image):
    keys = {"pk": {"S": f"CALL#{call}"}, "sk": {"S": sk}}
    return {"eventName": event, "dynamodb": {"Keys": keys, "NewImage": {**keys, **image}, "SizeBytes": 1}}


class Behind:
    """A function that fails for the calls named in ``fails``, over a stream that is written by hand."""

    def __init__(self):
        self.now = 1000.0
        self.fails = set()
        self.written = []
        self.followed = []
        self.tried = 0
        self.function = StreamFunction("test", self.follow, self, SOURCE, Log("INFO"), clock=lambda: self.now)

    def read(self):
        new, self.written = self.written, []
        return new

    def follow(self, record):
        self.tried += 1
        call = record["dynamodb"]["Keys"]["pk"]["S"].removeprefix("CALL#")
        if call in self.fails:
            raise ConnectionError
        self.followed.append((call, record["dynamodb"]["NewImage"].get("nth", {}).get("S", "")))

    def passes(self):
        """Pass after pass until one finds nothing to do."""
        while self.function.work():
            pass


@pytest.fixture
def behind():
    return Behind()


@pytest.mark.parametrize(
    ("written", "wakes"),
    [
        (record("MESSAGE#screened"), True),
        (record("MESSAGE#screened", event="MODIFY"), False),
        (record("REPORT#screened", event="MODIFY"), False),
        (record("REPORT#screened", event="MODIFY", loss={"S": "no"}), True),
        (record("REPUTATION"), False),
        (record("MESSAGE#screened", event="REMOVE"), False),
    ],
)
def test_only_records_that_pass_the_templates_filter_wake_it(behind, written, wakes):
    behind.written = [written]
    behind.passes()
    assert bool(behind.followed) == wakes


def test_a_failing_record_is_retried_before_later_ones_of_its_item(behind):
    behind.fails = {"CA1"}
    behind.written = [
        record(call="CA1", nth={"S": "first"}),
        record(call="CA1", nth={"S": "second"}),
        record(call="CA2", nth={"S": "third"}),
    ]
    behind.passes()
    assert behind.followed == [("CA2", "third")]
    assert behind.function.put_off == 2
    behind.fails = set()
    behind.now += 1
    behind.passes()
    assert behind.followed[1:] == [("CA1", "first"), ("CA1", "second")]
    assert behind.function.put_off == 0


def test_a_failing_record_does_not_spin(behind):
    behind.fails = {"CA1", "CA2", "CA3"}
    behind.written = [record(call=call) for call in ("CA1", "CA2", "CA3")]
    behind.passes()
    for _ in range(20):
        behind.passes()
    assert behind.tried == 3  # no time has passed since each was tried
    for _ in range(5 * MINUTES):
        behind.now += 1
        behind.passes()
    assert behind.tried < 3 * 50


def test_an_ending_stack_waits_for_one_record_at_most(behind):
    behind.written = [record(call=f"CA{nth}") for nth in range(100)]
    follow = behind.follow

    def stopped_meanwhile(one):
        behind.function.stop()
        follow(one)

    behind.function._process = stopped_meanwhile
    behind.passes()
    assert len(behind.followed) == 1


@pytest.mark.parametrize("step", [1, 100])
def test_a_failing_record_is_given_up_after_the_templates_limits(behind, step, caplog):
    caplog.set_level(logging.INFO)
    behind.fails = {"CA1"}
    behind.written = [record()]
    waited = 0
    behind.passes()
    while behind.function.put_off:
        behind.now += step
        waited += step
        behind.passes()
    assert waited <= SOURCE["MaximumRecordAgeInSeconds"] + step
    assert behind.tried <= 1 + SOURCE["MaximumRetryAttempts"]
    assert [line.message for line in caplog.records] == ["test_put_off", "test_given_up"]
    behind.fails = set()
    behind.written = [record()]
    behind.passes()
    assert len(behind.followed) == 1


def test_the_templates_number_of_tries_is_a_bound_too(behind):
    behind.fails = {"CA1"}
    behind.function = StreamFunction(
        "test",
        behind.follow,
        behind,
        {**SOURCE, "MaximumRetryAttempts": 2},
        Log("INFO"),
        clock=lambda: behind.now,
    )
    behind.written = [record()]
    for _ in range(60):
        behind.passes()
        behind.now += 1
    assert behind.tried == 3
    assert behind.function.put_off == 0
