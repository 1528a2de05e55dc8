"""A refused write returns the item that stands there, so that no further read is needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.local import demo
from ivr.care.call_backs import ASKED
from ivr.screening.caller_list import ListEntry, list_entry_key
from tests.care.conftest import call_back
from tests.conftest import NOW
from tests.jobs.conftest import report

WRITES = {"PutItem", "UpdateItem", "TransactWriteItems"}


@pytest.fixture
def asked(outage):
    """The requests of one act."""

    def of(act):
        outage.asked.clear()
        act()
        return list(outage.asked)

    return of


@pytest.mark.parametrize("counts", [True, False])
def test_a_repeated_report_costs_one_request(store, asked, counts):
    made = report(caller="+96891234567", uncounted="" if counts else "unverified", verified=int(counts))
    first, _ = store.reports.put(made)
    again = []
    requests = asked(lambda: again.append(store.reports.put(replace(made, reference="99999999"))))
    assert again == [(first, False)]
    # A report that blocks nobody takes back the trust of its call: that is the UpdateItem.
    assert requests[0] in WRITES
    assert "GetItem" not in requests


def test_a_report_over_a_damaged_block_makes_no_further_request(store, asked):
    made = report(caller="+96891234567", line=demo.PROTECTED_LINE, blocks_until=NOW + 86_400)
    key = list_entry_key(made.line, made.caller)
    damaged = {"word": {"S": "block"}, "until": {"N": str(NOW + 999_999)}}  # of no line and no caller
    item = {"pk": {"S": key.pk}, "sk": {"S": key.sk}, **damaged}
    store.table.client.put_item(TableName=store.table.name, Item=item)
    assert asked(lambda: store.reports.put(made)) == ["TransactWriteItems"] * 2
    assert store.table.read(ListEntry, store.table.get(key)).source == made.source


def test_the_refusal_returns_the_open_call_back(store, asked):
    first = call_back(state=ASKED)
    store.call_backs.ask(first, NOW, most=1)
    again = []
    requests = asked(lambda: again.append(store.call_backs.ask(replace(first, call_sid="CA" + "9" * 32), NOW, most=9)))
    assert requests == ["TransactWriteItems"]
    assert again == [first]


def test_the_refusal_returns_the_fingerprint_of_another_container(store, asked):
    store.fingerprints.keep("first", NOW)
    kept = []
    assert asked(lambda: kept.append(store.fingerprints.keep("second", NOW))) == ["PutItem"]
    assert kept == ["first"]
