"""The days' numbers are the same whatever is repeated, reordered, split or lost on the way; and they are right."""

from __future__ import annotations

import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import reputation
from ivr.records.base import DAY
from ivr.statistics.counting import counted
from ivr.statistics.mark import Recount
from ivr.statistics.names import NAMES
from ivr.store import StoreUnavailableError
from ivr.store.attributes import typed, untyped
from tests.bench.metering import size_of
from tests.reputation.conftest import Unsteady
from tests.reputation.events import START
from tests.slowly import example_count
from tests.statistics.happenings import CALLER, UTC, AskedBack, Called, Said, expected, histories, records_of

WITH_A_DATABASE = settings(
    max_examples=example_count(20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


def stored(world):
    days = {}
    for (pk, sk), item in world.everything().items():
        if sk == "TALLY":
            numbers = {name: untyped(value) for name, value in item.items() if name not in {"pk", "sk", "expires"}}
            days.setdefault(pk.split("#")[1], Counter()).update(numbers)
    assert not any(number < 0 for numbers in days.values() for number in numbers.values())
    return {day: +numbers for day, numbers in days.items() if +numbers}


def split(data, records):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=4), label="cuts"))
    return [batch for a, b in zip([0, *cuts], [*cuts, len(records)], strict=True) if (batch := records[a:b])]


def shuffled(data, records):
    again = data.draw(st.lists(st.sampled_from(records), max_size=len(records) // 2), label="again")
    return data.draw(st.permutations([*records, *again]), label="order")


@pytest.mark.slow
@WITH_A_DATABASE
@given(happened=histories, data=st.data())
def test_batches_repeated_reordered_and_split_anywhere_give_the_numbers_of_what_happened(new_world, happened, data):
    world = new_world()
    for batch in split(data, shuffled(data, records_of(happened))):
        reputation.count(batch, world.steady, world.aside)
    assert stored(world) == expected(happened)


@pytest.mark.slow
@WITH_A_DATABASE
@given(
    happened=histories, data=st.data(), faults=st.lists(st.sampled_from(["", "", "", "lost", "unsure"]), max_size=30)
)
def test_requests_that_fail_or_are_not_confirmed_change_no_number(new_world, monkeypatch, happened, data, faults):
    world = new_world()
    for batch in split(data, shuffled(data, records_of(happened))):
        world.deliver(batch, monkeypatch, faults)
    assert stored(world) == expected(happened)


def test_two_functions_at_once_count_each_record_once(world):
    """Between the read of one and its write, another counts the same records."""
    happened = [Said(START, added=("prize", "yes")), Called(START), AskedBack(START, 60)]
    records = records_of(happened)

    class Overtaken(Unsteady):
        def transact_write_items(self, **arguments):
            if records_left:
                reputation.count(records_left.pop(), world.steady, world.aside)
            return self._client.transact_write_items(**arguments)

    records_left = [records, records[:2]]
    reputation.count(records, world.function(Overtaken(world.client, [])), world.aside)
    assert not records_left
    assert stored(world) == expected(happened)


def test_a_shard_at_which_another_function_is_makes_room_for_the_next_one(world):
    asked = []

    class Busy(Unsteady):
        def transact_write_items(self, **arguments):
            writes = arguments["TransactItems"]
            asked.extend(one["Update"]["Key"]["pk"]["S"] for one in writes if "Update" in one)
            if asked[-1] != asked[0]:
                return self._client.transact_write_items(**arguments)
            reasons = [{"Code": "TransactionConflict"} for _ in writes]
            error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(error, "TransactWriteItems")

    happened = [Said(START)]
    reputation.count(records_of(happened), world.function(Busy(world.client, [])), world.aside)
    assert len(set(asked)) == 2
    assert stored(world) == expected(happened)


def test_a_write_that_fails_is_not_tried_at_another_shard(world):
    mark = counted(next(Said(START).images("CA1"))[0].to_item(), UTC, is_new=True)
    with pytest.raises(StoreUnavailableError):
        world.function(Unsteady(world.client, ["", "lost", ""])).statistics.count([Recount(mark)])
    assert stored(world) == {}


def test_a_mark_that_goes_between_its_read_and_its_write_is_written_anew(world):
    """A person is forgotten meanwhile, their calls with what was counted of them."""
    first, second = records_of([Said(START, added=("prize",))])
    reputation.count([first], world.steady, world.aside)
    mark = {"pk": {"S": "CALL#" + "CA" + "0" * 32}, "sk": {"S": "COUNTED#REPORT#screened"}}

    class Forgetting(Unsteady):
        def transact_write_items(self, **arguments):
            world.client.delete_item(TableName=world.table, Key=mark)
            return self._client.transact_write_items(**arguments)

    reputation.count([second], world.function(Forgetting(world.client, [])), world.aside)
    assert (mark["pk"]["S"], mark["sk"]["S"]) in world.everything()


def test_a_removal_changes_no_number(world):
    records = records_of([Said(START), Called(START)])
    reputation.count(records, world.steady, world.aside)
    before = stored(world)
    gone = [{**record, "eventName": "REMOVE"} for record in records]
    reputation.count(gone, world.steady, world.aside)
    assert stored(world) == before


def test_a_record_is_counted_on_its_day_and_hour_in_the_deployments_time_zone():
    report = Said(1_795_031_940).images("CA1")  # 2026-11-18 19:59 UTC, 23:59 in Muscat
    item = next(report)[0].to_item()
    assert counted(item, ZoneInfo("Asia/Muscat"), is_new=True).counted.startswith("2026-11-18:")
    assert "rh_23" in counted(item, ZoneInfo("Asia/Muscat"), is_new=True).counted
    assert counted({**item, "reported_at": 1_795_032_000}, ZoneInfo("Asia/Muscat"), is_new=True).counted.startswith(
        "2026-11-19:"
    )


def test_every_name_is_counted_under_is_one_that_can_be_read():
    happened = [Called(START, "a-new-verdict", "a-new-reason", "a-new-outcome"), Said(START, added=("a-new-category",))]
    for one in happened:
        for record, _ in one.images("CA1"):
            mark = counted(record.to_item(), UTC, is_new=True)
            assert set(mark.counted.partition(":")[2].split(",")) <= NAMES


def test_a_reputation_that_fails_is_retried_before_its_batch_is_counted(world, monkeypatch):
    records = records_of([Said(START), Said(START + 1)])
    function = world.function(Unsteady(world.client, ["lost"]))
    monkeypatch.setattr(reputation, "derived", lambda: function)
    monkeypatch.setattr(reputation, "aside", lambda: world.aside)
    [first] = reputation.handler({"Records": records}, None)["batchItemFailures"]
    assert first == {"itemIdentifier": records[0]["dynamodb"]["SequenceNumber"]}
    assert stored(world) == {}


def test_numbers_that_fail_cost_no_reputation(world, monkeypatch, caplog):
    records = records_of([Said(START), Said(START + 1)])

    class Uncounting(Unsteady):
        def transact_write_items(self, **arguments):
            if "COUNTED#" in str(arguments):
                raise ConnectTimeoutError(endpoint_url="http://127.0.0.1:1")
            return self._client.transact_write_items(**arguments)

    function = world.function(Uncounting(world.client, []))
    monkeypatch.setattr(reputation, "derived", lambda: function)
    monkeypatch.setattr(reputation, "aside", lambda: world.aside)
    failed = reputation.handler({"Records": records}, None)["batchItemFailures"]
    assert {one["itemIdentifier"] for one in failed} == {one["dynamodb"]["SequenceNumber"] for one in records}
    assert world.reputation(CALLER).live == 1
    assert "statistics_failed" in caplog.text


def test_a_batch_updates_a_day_once_and_costs_one_request(world):
    records = records_of([Said(START + n) for n in range(20)])
    asked = []
    world.client.meta.events.register("before-call.dynamodb", note := lambda model, **_: asked.append(model.name))
    try:
        reputation.count(records, world.steady, world.aside)
        reputation.count(records, world.steady, world.aside)
    finally:
        world.client.meta.events.unregister("before-call.dynamodb", note)
    assert asked == ["TransactWriteItems"] * 2  # the second is refused: the same again is not written
    assert sum(sk == "TALLY" for _, sk in world.everything()) == 1


def test_a_mark_outlives_whatever_may_bring_its_record_again(world):
    """The stream keeps records for a day, and the queue of dead letters for 14 more, after TTL removed the record."""
    report = next(Said(START).images("CA1"))[0]
    item = {**report.to_item(), "expires": START + 400 * DAY}
    assert counted(item, UTC, is_new=True).expires >= item["expires"] + 15 * DAY
    assert counted({**item, "expires": 0}, UTC, is_new=True).expires == 0


def test_a_days_numbers_are_kept_for_two_years_and_longer(world):
    reputation.count(records_of([Said(START)]), world.steady, world.aside)
    [tally] = [item for (_, sk), item in world.everything().items() if sk == "TALLY"]
    assert untyped(tally["expires"]) > START + 2 * 366 * DAY


def test_callers_without_a_number_are_in_no_list_by_number():
    item = next(Called(START).images("CA1"))[0].to_item()
    assert counted(item, UTC, is_new=True).index() != {}
    assert counted({**item, "caller": ""}, UTC, is_new=True).index() == {}


def test_a_damaged_number_of_a_day_costs_no_other(world):
    key = {"pk": {"S": "TALLY#2026-11-26#0"}, "sk": {"S": "TALLY"}}
    damaged = {"calls": {"S": "many"}, "losses": {"L": []}, "reports": {"N": "5"}, "unheard_of": {"N": "7"}}
    world.client.put_item(TableName=world.table, Item={**key, **damaged})
    assert world.steady.statistics.days(["2026-11-26"]) == {"2026-11-26": {"reports": 5}}


def test_a_busy_days_tally_has_about_a_kilobyte():
    """Each number that there is, of a day with a hundred thousand calls in each shard."""
    item = {"pk": "TALLY#2026-11-26#0", "sk": "TALLY", "expires": START, **dict.fromkeys(NAMES, 99_999)}
    assert size_of({name: typed(value) for name, value in item.items()}) < 1_400


@pytest.mark.slow
def test_a_thousand_records_in_any_order_are_each_counted_once(world):
    happened = [Said(START + n * 60, added=("prize",)) for n in range(60)] + [Called(START + n * 60) for n in range(60)]
    records = records_of(happened) * 2
    random.Random(7).shuffle(records)
    for first in range(0, len(records), 100):
        reputation.count(records[first : first + 100], world.steady, world.aside)
    assert stored(world) == expected(happened)


def test_a_damaged_mark_counts_nothing_twice(world):
    [record] = records_of([Said(START)])
    reputation.count([record], world.steady, world.aside)
    before = stored(world)
    item = world.everything()[("CALL#" + "CA" + "0" * 32, "COUNTED#REPORT#screened")]
    world.client.put_item(TableName=world.table, Item={**item, "stage": {"S": "x"}})
    reputation.count([record], world.steady, world.aside)
    assert stored(world) == before
