"""Repeated, reordered and split batches and failed requests give the same reputation."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import reputation
from ivr.calls.call_record import CallRecord
from ivr.reports import CATEGORIES
from ivr.reputation import items as kept
from ivr.store import StoreUnavailableError
from ivr.store.attributes import typed, untyped
from ivr.store.projections import Projections
from tests.counted_requests import CountedClient
from tests.reputation.events import (
    CALLERS,
    DAY,
    PEOPLE,
    START,
    Cleared,
    Gone,
    Reported,
    Talked,
    emitted,
    histories,
    stream,
)
from tests.slowly import example_count

# moto takes some 2 ms a request, so few examples of some size each; a failing one is kept and shrunk as ever.
WITH_A_DATABASE = settings(
    max_examples=example_count(20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
SHAKEN_HISTORY = [
    *(Reported(CALLERS[0], person, START, counted=True, added=("prize",)) for person in PEOPLE[:4]),
    Reported(CALLERS[0], PEOPLE[0], START + DAY, counted=True, added=("money", "withdrawn")),
    Talked(CALLERS[0], PEOPLE[5], START, trusted=True),
    *(Reported(CALLERS[1], person, START, counted=True, added=("secrets",)) for person in PEOPLE[:4]),
    Cleared(CALLERS[1], START + DAY),
    *(Reported(CALLERS[1], person, START + 2 * DAY, counted=True) for person in PEOPLE[2:6]),
    Gone(CALLERS[0], PEOPLE[1], START),
]


def split(data, records):
    """The records in batches of any size, in their order."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=4), label="cuts"))
    return [batch for a, b in zip([0, *cuts], [*cuts, len(records)], strict=True) if (batch := records[a:b])]


def again_and_out_of_order(data, records):
    """The records shuffled, some of them more than once."""
    again = data.draw(st.lists(st.sampled_from(records), max_size=len(records) // 2), label="again")
    return data.draw(st.permutations([*records, *again]), label="order")


@WITH_A_DATABASE
@given(happened=histories, data=st.data())
def test_events_in_any_order_give_the_reference_reputation(new_world, happened, data):
    world = new_world()
    for record in again_and_out_of_order(data, stream(happened)):
        world.follow(record)
    world.must_be(happened, CALLERS)


@pytest.mark.slow
@WITH_A_DATABASE
@given(
    happened=histories,
    data=st.data(),
    faults=st.lists(st.sampled_from(["", "", "", "lost", "unsure"]), max_size=30),
)
def test_retried_partial_batches_give_the_reference_reputation(new_world, monkeypatch, happened, data, faults):
    world = new_world()
    for batch in split(data, again_and_out_of_order(data, stream(happened))):
        world.deliver(batch, monkeypatch, faults)
    world.must_be(happened, CALLERS)


@pytest.mark.slow
@pytest.mark.no_cover
def test_a_stream_replayed_ten_times_changes_nothing(world, monkeypatch):
    chance = random.Random(7)
    records = stream(SHAKEN_HISTORY)
    for record in records:
        world.follow(record)
    reputation.count(records, world.steady, world.aside)
    world.must_be(SHAKEN_HISTORY, CALLERS)
    before = world.everything()
    assert len(before) > 10
    for _ in range(10):
        chance.shuffle(records)
        rest = list(records)
        while rest:
            size = chance.randint(1, 12)
            world.deliver(rest[:size], monkeypatch, chance.choices(["", "lost", "unsure"], [40, 1, 1], k=100))
            rest = rest[size:]
    assert world.everything() == before


def test_removals_and_the_functions_own_writes_change_nothing(world):
    for record in stream([Gone(CALLERS[0], PEOPLE[0], START)]):
        world.follow(record)
    assert world.everything() == {}


def test_a_withheld_callers_call_and_report_change_no_reputation(world):
    happened = [Reported("", PEOPLE[0], START, counted=True), Talked("", PEOPLE[0], START, trusted=True)]
    for record in stream(happened):
        world.follow(record)
    assert {pk.partition("#")[0] for pk, _ in world.everything()} == {"LINE", "PERSON"}


def test_a_failing_record_alone_is_retried(world, monkeypatch):
    good = stream([Reported(caller, PEOPLE[0], START, counted=True) for caller in CALLERS[:3]])
    failing = good[1]
    monkeypatch.setattr(reputation, "aside", lambda: world.aside)
    store = Projections.store

    def down_for_one(table, *consequences):
        if CALLERS[1] in str(consequences):
            raise StoreUnavailableError("down")
        return store(table, *consequences)

    monkeypatch.setattr(Projections, "store", down_for_one)
    monkeypatch.setattr(reputation, "derived", lambda: world.steady)
    answer = reputation.handler({"Records": good}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": failing["dynamodb"]["SequenceNumber"]}]}
    assert [world.reputation(caller) is not None for caller in CALLERS[:3]] == [True, False, True]


@pytest.fixture
def handled(world, monkeypatch):
    """Have the handler follow a batch. Returns what it asked of the table."""
    client = CountedClient(world.client)
    function = world.function(client)
    monkeypatch.setattr(reputation, "derived", lambda: function)
    monkeypatch.setattr(reputation, "aside", lambda: world.aside)

    def handled(records):
        client.asked.clear()
        assert reputation.handler({"Records": records}, None) == {"batchItemFailures": []}
        return [*client.asked]

    return handled


def test_a_report_and_its_answers_in_one_batch_cost_few_requests(world, handled):
    """What a report changes; the score, with blocks and campaign in one write, and once more; the day's numbers."""
    [*records] = stream([Reported(CALLERS[0], PEOPLE[0], START, counted=True, added=(CATEGORIES[0], "no"))])
    asked = handled(records)
    assert asked == ["TransactWriteItems", "BatchGetItem", "Query", "TransactWriteItems", "Query", "TransactWriteItems"]
    assert world.reputation(CALLERS[0]).category == CATEGORIES[0]


def test_a_report_whose_records_come_one_by_one_costs_at_most_fifteen_requests(handled):
    """For any caller: whom nobody reported before, who is bad, who has neighbours; a withdrawal is a further change."""
    happened = [
        Reported(caller, person, START + nth, counted=True, added=(CATEGORIES[0], "no"))
        for caller in CALLERS
        for nth, person in enumerate(PEOPLE)
    ]
    for nth, report in enumerate(happened):
        costs = [len(handled([record])) for record in report.records(f"CA{nth:032d}")]
        assert sum(costs) <= 15, costs
    [*_, withdrawal] = Reported(CALLERS[0], PEOPLE[0], START + DAY, counted=True, added=("withdrawn",)).records("CA0")
    assert len(handled([withdrawal])) <= 7


def test_a_record_that_comes_again_costs_reads_and_writes_nothing(world, handled):
    [*records] = stream([Reported(CALLERS[0], person, START, counted=True) for person in PEOPLE])
    for record in records:
        handled([record])
    before = world.everything()
    for record in records:
        assert handled([record]) == ["TransactWriteItems", "BatchGetItem", "Query", "TransactWriteItems"]
    assert world.everything() == before


def test_an_answer_that_changes_no_reputation_costs_the_days_numbers_alone(world, handled):
    [*records] = stream([Reported(CALLERS[0], PEOPLE[0], START, counted=True, added=(CATEGORIES[0], "no"))])
    handled(records[:1])
    handled(records[1:2])
    assert world.reputation(CALLERS[0]).category == CATEGORIES[0]
    assert handled(records[2:]) == ["TransactWriteItems"]


def test_a_change_of_a_record_that_could_not_be_read_counts_as_all_that_it_says(world, handled):
    [_, change] = stream([Reported(CALLERS[0], PEOPLE[0], START, counted=True, added=(CATEGORIES[0],))])
    change["dynamodb"]["OldImage"]["reported_at"] = {"S": "yesterday"}
    handled([change])
    assert world.reputation(CALLERS[0]).live == 1


def test_a_caller_whom_many_report_at_once_is_scored_once(world, handled):
    [*records] = stream([Reported(CALLERS[0], person, START, counted=True) for person in PEOPLE])
    assert handled(records).count("Query") <= 2
    assert world.reputation(CALLERS[0]).live == len(PEOPLE)


def test_campaigns_talks_and_warnings_are_the_same_in_any_order(new_world):
    """What rules 7, 10 and 11 read: lines, days and latest times. Only when they expire may differ a little."""
    happened = [Talked(CALLERS[0], PEOPLE[0], START + n * DAY, trusted=False) for n in range(3)]
    happened += [Reported(CALLERS[0], PEOPLE[0], START + n, counted=False) for n in range(3)]
    seen = []
    for seed in range(3):
        world, records = new_world(), stream(happened) * 2
        random.Random(seed).shuffle(records)
        for record in records:
            world.follow(record)
        seen.append(
            {
                key: {name: untyped(value) for name, value in item.items() if name != "expires"}
                for key, item in world.everything().items()
            }
        )
    assert seen[0] == seen[1] == seen[2]
    familiar = seen[0][kept.familiar_key("+12025550100", CALLERS[0])]
    assert len(familiar["talk_days"]) == 3
    assert familiar["reported"] == START + 2
    assert seen[0][kept.aftermath_key("+12025550100")]["shaken_at"] == START + 2


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
def test_the_first_blocked_call_of_an_hour_starts_the_aftermath_in_any_order(world, order):
    hour = START - START % 3600 + 3600
    calls = [blocked("CA1", hour + 5), blocked("CA2", hour + 65), blocked("CA3", hour + 3599)]
    for n in order:
        world.follow(emitted(calls[n], "INSERT"))
        world.follow(emitted(calls[n], "INSERT"))
    assert aftermath(world)["refused_at"] == hour + 5
    world.follow(emitted(blocked("CA4", hour + 3600), "INSERT"))
    world.follow(emitted(calls[1], "MODIFY"))
    assert aftermath(world)["refused_at"] == hour + 3600


def blocked(sid, at):
    return CallRecord(
        call_sid=sid,
        line="+12025550100",
        customer=PEOPLE[0],
        verdict="blocked",
        reason="desk_blocked",
        rang_at=at,
        expires=at + DAY,
        caller=CALLERS[0],
    )


def test_a_damaged_time_is_replaced_by_the_next_blocked_call(world):
    key, hour = kept.aftermath_key("+12025550100"), START - START % 3600
    damaged = {"pk": key.pk, "sk": key.sk, "refused_at": "yesterday"}
    world.client.put_item(TableName=world.table, Item={name: typed(value) for name, value in damaged.items()})
    world.follow(emitted(blocked("CA1", hour + 5), "INSERT"))
    assert aftermath(world)["refused_at"] == hour + 5


def aftermath(world):
    item = world.everything()[kept.aftermath_key("+12025550100")]
    return {name: untyped(value) for name, value in item.items()}
