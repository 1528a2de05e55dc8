"""A stream record that the follow-up function can never process is set aside at once, and all others are processed."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.stream_source import Filter
from infra.local.template import stream_of
from ivr.job_runner import runner as runner_module
from ivr.voicemail import Erasure
from tests.conftest import NOW
from tests.damaged_items import CALLER, HOW, Damage, kind, samples
from tests.jobs.conftest import ring_back
from tests.set_aside_queue import SetAsideQueue
from tests.slowly import example_count

EXPIRED = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}  # what TTL removed
NUMBERS = count(100)


def record(item, event="INSERT"):
    """A stream record about an item: it was written, or it was removed."""
    number = str(next(NUMBERS))
    image = {"OldImage" if event == "REMOVE" else "NewImage": item}
    change = {"Keys": {name: item[name] for name in ("pk", "sk")}, "SequenceNumber": number, **image}
    told = {"eventID": number, "eventName": event, "eventSource": "aws:dynamodb", "dynamodb": change}
    return told | ({"userIdentity": EXPIRED} if event == "REMOVE" else {})


ITEMS = [
    {**item, "left_at": {"N": str(NOW)}} if kind(item) == "CALL" else item  # which ends a call, and so is followed
    for item in samples(NOW)
]
FOLLOWED = [
    (item, event)
    for item in ITEMS
    for event in ("INSERT", "MODIFY", "REMOVE")
    if Filter(stream_of("FollowUpFunction")).passes(record(item, event))
]


@pytest.fixture
def environment(environment):
    queue = "https://sqs.me-central-1.amazonaws.com/1/undone"
    return environment | {"SET_ASIDE_QUEUE_URL": queue, "RING_BACK_AFTER_SECONDS": "0"}


@pytest.fixture
def told(function):
    function.work.dead_letters.queue = SetAsideQueue()
    return function.work.dead_letters.queue


@pytest.fixture
def others(function, store):
    """Three records that can be followed, and whether they were."""
    made = []

    def ask():
        function.fetch()
        made[:] = [Erasure(recording=f"RE{next(NUMBERS):032x}", expires=NOW + 99) for _ in range(3)]
        for erasure in made:
            store.put(erasure)
        return function.fetch()

    ask.are_done = lambda: [function.work.store.jobs.current(one).state for one in made] == ["done"] * 3
    return ask


def half(word):
    """A record whose item of this kind lacks all but its keys and what a filter reads."""
    item, event = next(pair for pair in FOLLOWED if kind(pair[0]) == word)
    return record(Damage("keys alone").to(item, []), event)


def test_the_function_handles_jobs_reports_calls_and_removed_messages():
    assert {kind(item) for item, _ in FOLLOWED} >= {"RING_BACK", "MESSAGE", "ERASURE", "REPORT", "CALL", "LEFT"}


@pytest.mark.slow
@settings(
    max_examples=example_count(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    followed=st.sampled_from(FOLLOWED),
    damage=st.builds(Damage, st.sampled_from(HOW), st.integers(0, 30)),
    at=st.integers(0, 3),
)
def test_a_damaged_record_is_not_retried_and_all_others_are_handled(function, told, others, followed, damage, at):
    item, event = followed
    batch = others()
    batch.insert(at, record(damage.to(item, [one for one in ITEMS if kind(one) != kind(item)]), event))
    assert function.deliver(batch) == []
    assert others.are_done()


@pytest.mark.parametrize("word", sorted({kind(item) for item, _ in FOLLOWED} & {"RING_BACK", "MESSAGE", "ERASURE"}))
def test_a_truncated_job_is_set_aside_and_the_rest_of_its_batch_done(function, told, others, word, caplog):
    caplog.set_level("INFO")
    batch = others()
    batch.insert(1, half(word))
    assert function.deliver(batch) == []
    assert others.are_done()
    [body] = told.bodies
    assert (body["sk"].partition("#")[0], body["event"], body["why"]) == (word, "INSERT", "half")
    counted = [(one.kind, one.why) for one in caplog.records if getattr(one, "metric", "") == "record_set_aside"]
    assert counted == [(word, "half")]


def test_the_log_of_a_record_set_aside_shows_no_number(function, told, caplog):
    caplog.set_level("INFO")
    item, event = next(pair for pair in FOLLOWED if kind(pair[0]) == "RING_BACK")
    poison = {**item, "pk": {"S": f"CALL#{CALLER}"}, "languages": {"S": CALLER}, "asked_at": {"N": "0.5"}}
    assert function.deliver([record(poison, event)]) == []
    assert [body["pk"] for body in told.bodies] == ["CALL#...567"]
    assert CALLER[1:] not in str(told.bodies) + str([vars(one) for one in caplog.records])


def test_a_record_that_cannot_be_set_aside_is_retried_and_the_others_are_done(function, told, others):
    told.down = True
    poison = half("ERASURE")
    assert function.deliver([poison, *others()]) == [poison]
    assert others.are_done()
    told.down = False
    assert function.deliver([poison]) == []
    assert len(told.bodies) == 1


def test_while_the_table_does_not_answer_nothing_is_set_aside(function, told, others, outage):
    batch = others()
    outage.down = True
    assert function.deliver(batch) == batch
    outage.down = False
    assert told.bodies == []
    assert function.deliver(batch) == []
    assert others.are_done()


def test_a_record_that_raises_a_bug_is_set_aside_and_logged_as_an_error(
    function, told, others, store, monkeypatch, caplog
):
    caplog.set_level("INFO")
    batch = others()
    store.put(ring_back())
    monkeypatch.setattr(runner_module, "why_not_ring", lambda *_: 1 / 0)
    assert function.deliver([*function.fetch(), *batch]) == []
    assert others.are_done()
    assert [body["why"] for body in told.bodies] == ["bug"]
    assert {getattr(one, "metric", "") for one in caplog.records} >= {"follow_up_failed", "record_set_aside"}
