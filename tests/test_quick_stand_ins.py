"""The quick moto gives the answers of the unchanged one, and each request costs the same after many others."""

import re
import subprocess
import sys

import pytest
from moto import mock_aws

from infra.local import demo
from infra.local.stream_source import Stream
from infra.local.table import create_table
from ivr.screening.line import Line
from ivr.store.desk import Desk
from tests import quick_tables
from tests.plain_moto import history, transactions


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_the_quick_moto_answers_what_plain_moto_answers(seed):
    """The unchanged moto runs in a process of its own, because moto was changed in this one before the first test."""
    plain = subprocess.run(
        [sys.executable, "-m", "tests.plain_moto", str(seed)], capture_output=True, text=True, check=True, timeout=120
    )
    quick = history(seed)
    assert quick == plain.stdout.splitlines()
    told = " ".join(quick)
    for kind in ("TransactionCanceled", "ConditionalCheckFailed", "INSERT", "MODIFY", "REMOVE", "ValidationException"):
        assert re.search(kind, told), kind


def test_a_transaction_costs_the_same_after_hundreds_of_others_and_nothing_is_kept():
    early, late, kept = transactions(600)
    assert late < 2 * early
    assert kept < 10


def test_a_copied_table_equals_a_created_one():
    """Items, stream, index and all that DescribeTable tells, but for the moment at which it was made."""

    def told(lay):
        with mock_aws():
            dynamodb = quick_tables.client("dynamodb")
            store = Desk("copied", dynamodb)
            lay(store)
            new = Stream("copied", dynamodb, quick_tables.client("dynamodbstreams"))
            told = [_without_times(record) for record in new.read()]
            store.put(Line(number="+12025550170", kind="report"))
            told += [_without_times(record) for record in new.read()]
            told.append(_without_times(dynamodb.describe_table(TableName="copied")["Table"]))
            told.append(dynamodb.describe_time_to_live(TableName="copied")["TimeToLiveDescription"])
            return [*told, sorted(map(str, dynamodb.scan(TableName="copied")["Items"])), [*map(str, store.lines.all())]]

    def made(store):
        create_table(store.table.client, store.table.name)
        demo.seed(store)

    def copied(store):
        quick_tables.lay(store.table.name)
        quick_tables.seed(store)

    quick_tables.prepare("copied")
    assert told(copied) == told(copied) == told(made)


def _without_times(told):
    if isinstance(told, dict):
        timed = {"CreationDateTime", "TableId", "LatestStreamLabel", "LatestStreamArn", "eventID", "SizeBytes"}
        return {name: _without_times(one) for name, one in told.items() if name not in timed and "Time" not in name}
    return [_without_times(one) for one in told] if isinstance(told, list) else told
