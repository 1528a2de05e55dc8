"""The bill on paper is only as good as the meter: DynamoDB's rules, one by one; and that what is flat is flat."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from infra.local import demo
from ivr.numbers import phone_number
from ivr.screening.desk_decision import PrefixRule
from ivr.store.store import Store
from tests.bench import stored
from tests.bench.metering import Meter, size_of

KEY = {"pk": {"S": "CALLER#1"}, "sk": {"S": "A"}}


@pytest.fixture
def meter(dynamodb, store):
    return Meter(dynamodb)


@pytest.fixture
def put(dynamodb, store):
    def put(*, size=0, **more):
        dynamodb.put_item(TableName=store.table.name, Item={**KEY, "x": {"S": "x" * size}, **more})

    return put


def test_an_items_size_is_its_names_and_its_values():
    assert size_of(KEY) == len("pk") + len("CALLER#1") + len("sk") + len("A")
    assert size_of({"S": "نخلة"}) == 8
    assert size_of({"SS": ["a", "bc"]}) == 3
    assert size_of({"N": "1795000000"}) == 6
    assert size_of({"M": {"a": {"S": "bc"}}}) == 3 + 1 + 1 + 2


@pytest.mark.parametrize(("size", "units"), [(0, 1), (900, 1), (1_100, 2), (6_000, 6)])
def test_a_write_costs_a_unit_for_each_kilobyte(meter, put, size, units):
    put(size=size)
    assert meter.units() == (0, units)


def test_a_transaction_costs_twice(meter, dynamodb, store):
    item = {"Put": {"TableName": store.table.name, "Item": {**KEY, "x": {"S": "x" * 1_100}}}}
    dynamodb.transact_write_items(TransactItems=[item])
    assert meter.units() == (0, 4)


def test_a_write_whose_condition_fails_costs_by_what_is_there(meter, put, dynamodb, store):
    put(size=2_500)
    meter.reset()
    with pytest.raises(ClientError):
        dynamodb.update_item(
            TableName=store.table.name,
            Key=KEY,
            UpdateExpression="SET y = :y",
            ConditionExpression="attribute_not_exists(pk)",
            ExpressionAttributeValues={":y": {"N": "1"}},
        )
    assert meter.units() == (0, 3)


def test_an_index_is_written_with_the_items_that_it_lists(meter, put):
    put(list_kind={"S": "lines"}, list_key={"S": "1"})
    assert meter.units() == (0, 2)
    assert meter.units("listing: lines") == (0, 1)


@pytest.mark.parametrize(("size", "units"), [(0, 1), (3_000, 1), (5_000, 2)])
def test_reads_cost_by_four_kilobytes_and_half_where_not_consistent(meter, put, dynamodb, store, size, units):
    put(size=size)
    meter.reset()
    dynamodb.get_item(TableName=store.table.name, Key=KEY, ConsistentRead=True)
    assert meter.units() == (units, 0)
    meter.reset()
    absent = {**KEY, "sk": {"S": "absent"}}
    dynamodb.batch_get_item(RequestItems={store.table.name: {"Keys": [KEY, absent]}})
    assert meter.units() == (units / 2 + 0.5, 0)
    assert [one.items for one in meter.touched] == [1, 0]


def test_a_look_up_is_one_request_and_as_many_keys_whatever_is_stored(dynamodb, store):
    caller = phone_number.read(stored.caller(3), "OM")
    seen = []
    for reports, rules in ((0, 0), (10, 5), (200, 100)):
        stored.put_all(dynamodb, store.table.name, stored.reports(0, reports))
        stored.put_all(dynamodb, store.table.name, stored.rules(0, rules))
        store.put(PrefixRule(prefix="+968", verdict="flagged"))
        meter = Meter(dynamodb)
        assert Store(store.table.name, dynamodb).look_up(demo.PROTECTED_LINE, caller, stored.NOW).complete
        meter.close()
        seen.append((meter.requests, len(meter.touched), meter.units()))
    assert seen == [(["BatchGetItem"], 25, (12.5, 0))] * 3
