"""What the store holds that no test of a call shows: partial responses, conflicts, two callers at the same moment."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from infra.local import demo
from infra.local.table import table_properties
from ivr.calls.call_record import CallRecord, LineLock, call_key
from ivr.numbers import phone_number
from ivr.reports import NumberDraft, Report
from ivr.reputation.evidence import Clearing, Evidence
from ivr.reputation.items import Reputation
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import PrefixRule, decision_key
from ivr.screening.line import Line, line_key
from ivr.store import Store, StoreUnavailableError
from ivr.store.desk import Desk
from ivr.store.errors import CONFLICT, StoreWriteError

NOW = 1_795_000_000
CALLER = phone_number.read("+96891234567", "OM")


class Unprocessed:
    """A client that leaves some keys unprocessed, however often it is asked."""

    def __init__(self, client, left):
        self.client, self.left, self.asked = client, left, 0

    def batch_get_item(self, RequestItems):  # noqa: N803  # DynamoDB's own spelling
        self.asked += 1
        [(table, wanted)] = RequestItems.items()
        keep = [key for key in wanted["Keys"] if (key["pk"]["S"], key["sk"]["S"]) not in self.left]
        answer = self.client.batch_get_item(RequestItems={table: {"Keys": keep}}) if keep else {"Responses": {}}
        unprocessed = [key for key in wanted["Keys"] if key not in keep]
        return {**answer, "UnprocessedKeys": {table: {"Keys": unprocessed}} if unprocessed else {}}


def test_an_unprocessed_key_is_read_again_once_and_then_the_look_up_is_incomplete(store, dynamodb):
    client = Unprocessed(dynamodb, {decision_key(demo.TRUSTED)})
    lookup = Store(store.table.name, client).look_up(demo.PROTECTED_LINE, phone_number.read(demo.TRUSTED, "OM"), NOW)
    assert client.asked == 3
    assert not lookup.complete
    assert lookup.line.ring_to == demo.CUSTOMER
    assert lookup.decision is None


def test_a_line_left_unprocessed_is_never_taken_for_unregistered(store, dynamodb):
    client = Unprocessed(dynamodb, {line_key(demo.PROTECTED_LINE)})
    with pytest.raises(StoreUnavailableError):
        Store(store.table.name, client).look_up(demo.PROTECTED_LINE, CALLER, NOW)


def test_a_line_that_was_unregistered_is_forgotten(store, dynamodb):
    assert store.look_up(demo.PROTECTED_LINE, CALLER, NOW).line
    dynamodb.delete_item(TableName=store.table.name, Key=store.table.key(line_key(demo.PROTECTED_LINE)))
    assert store.look_up(demo.PROTECTED_LINE, CALLER, NOW).line is None
    assert store.lines.recent(demo.PROTECTED_LINE, NOW) is None


def test_an_old_record_of_a_line_is_read_again_before_its_customer_is_rung(store):
    store.look_up(demo.PROTECTED_LINE, CALLER, NOW)
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to="+12025550112"))
    assert store.lines.recent(demo.PROTECTED_LINE, NOW + 30).ring_to == demo.CUSTOMER
    assert store.lines.recent(demo.PROTECTED_LINE, NOW + 90).ring_to == "+12025550112"


def open_ring(store, sid, now=NOW):
    ring = LineLock(
        line=demo.PROTECTED_LINE, call_sid=sid, caller="", rings_until=now + 30, until=now + 60, expires=now + 999
    )
    call = CallRecord(
        call_sid=sid,
        line=demo.PROTECTED_LINE,
        customer="x",
        verdict="unknown",
        reason="unknown",
        rang_at=now,
        expires=1,
    )
    return store.line_locks.take(ring, call, now)


def test_of_two_callers_in_the_same_moment_one_has_the_line(store):
    assert open_ring(store, "CA1")
    assert open_ring(store, "CA1")  # the same webhook again
    assert not open_ring(store, "CA2")
    assert store.calls.get("CA2") is None
    assert open_ring(store, "CA3", NOW + 61)


def test_a_call_that_found_its_line_taken_never_takes_it_later(store):
    """A replay of its request would keep other callers out while nobody is rung."""
    open_ring(store, "CA1")
    assert not open_ring(store, "CA2")
    store.line_locks.release(demo.PROTECTED_LINE, "CA1")
    for later in (1, 86_400, 399 * 86_400):
        assert not open_ring(store, "CA2", NOW + later)
    assert store.calls.get("CA2") is None


def test_a_call_whose_record_has_expired_does_not_take_its_line_again(store, dynamodb):
    open_ring(store, "CA1")
    store.line_locks.release(demo.PROTECTED_LINE, "CA1")
    dynamodb.delete_item(TableName=store.table.name, Key=store.table.key(call_key("CA1")))
    assert not open_ring(store, "CA1", NOW + 100 * 86_400)
    assert open_ring(store, "CA2", NOW + 100 * 86_400)


def test_an_engaged_line_is_reported_when_that_cannot_be_stored(store, outage):
    open_ring(store, "CA1")
    outage.down, outage.only = True, ("PutItem",)
    assert not open_ring(store, "CA2")


def test_a_line_is_freed_only_by_the_call_that_holds_it(store):
    open_ring(store, "CA1")
    store.line_locks.release(demo.PROTECTED_LINE, "CA2")
    assert not open_ring(store, "CA2")
    store.line_locks.release(demo.PROTECTED_LINE, "CA1")
    assert open_ring(store, "CA3")


def test_a_freed_line_is_not_taken_again_by_a_late_acceptance(store):
    open_ring(store, "CA1")
    store.line_locks.release(demo.PROTECTED_LINE, "CA1")
    store.line_locks.extend(demo.PROTECTED_LINE, "CA1", NOW + 9999, NOW)
    assert open_ring(store, "CA2")


def test_a_transaction_conflict_is_retried(store, monkeypatch):
    conflict = ClientError(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": ""},
            "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
        },
        "TransactWriteItems",
    )
    answers = iter([conflict, conflict, None])

    def transact(**_):
        if error := next(answers):
            raise error

    monkeypatch.setattr(store.table.client, "transact_write_items", transact)
    assert open_ring(store, "CA1")


def in_conflict(write, times):
    """A write that a transaction at the same item refuses so often."""
    left = iter(range(times))

    def answer(**arguments):
        if next(left, None) is not None:
            raise ClientError({"Error": {"Code": "TransactionConflictException", "Message": ""}}, "UpdateItem")
        return write(**arguments)

    return answer


def test_a_single_write_is_made_again_where_a_transaction_is_at_its_item(store, monkeypatch):
    open_ring(store, "CA1")
    for name in ("update_item", "put_item"):
        monkeypatch.setattr(store.table.client, name, in_conflict(getattr(store.table.client, name), 2))
    assert store.calls.accept("CA1", NOW, wants_trust=False).accepted_at == NOW
    assert store.fingerprints.keep("f" * 8, NOW) == "f" * 8


def test_a_single_write_that_is_refused_again_and_again_says_so(store, monkeypatch):
    monkeypatch.setattr(store.table.client, "put_item", in_conflict(store.table.client.put_item, 9))
    with pytest.raises(StoreWriteError) as refused:
        store.put(Clearing(caller=CALLER.text, cleared_at=NOW))
    assert refused.value.code == CONFLICT


def test_the_first_acceptance_is_kept(store):
    open_ring(store, "CA1")
    store.calls.accept("CA1", NOW, wants_trust=False)
    assert store.calls.accept("CA1", NOW + 5, wants_trust=True).accepted_at == NOW
    assert store.calls.get("CA1").wants_trust == 0
    assert store.calls.accept("CA9", NOW, wants_trust=True) is None


def test_a_call_gives_trust_once_so_an_undo_holds(store, dynamodb):
    open_ring(store, "CA1")
    call = CallRecord(
        call_sid="CA1",
        line=demo.PROTECTED_LINE,
        customer="x",
        verdict="unknown",
        reason="unknown",
        rang_at=NOW,
        expires=1,
        caller=CALLER.text,
    )
    store.calls.trust(call, NOW)
    key = list_entry_key(demo.PROTECTED_LINE, CALLER.text)
    assert store.look_up(demo.PROTECTED_LINE, CALLER, NOW).listed.word == "allow"
    dynamodb.delete_item(TableName=store.table.name, Key=store.table.key(key))
    store.calls.trust(call, NOW)
    assert store.look_up(demo.PROTECTED_LINE, CALLER, NOW).listed is None


def test_single_writes_are_made_once(store):
    draft = NumberDraft(call_sid="CA1", which="typed-1", number="+96891234567", expires=1)
    assert store.put_once(draft)
    assert not store.put_once(draft)


def test_every_record_is_read_as_it_was_written(store):
    for record in demo.RECORDS:
        assert type(record).from_item(store.table.get(record.key)) == record


def test_an_item_of_a_newer_version_is_read_all_the_same(store):
    item = {**demo.RECORDS[0].to_item(), "made_up_later": "x"}
    assert Line.from_item(item) == demo.RECORDS[0]


@pytest.mark.parametrize("caller", ["+96891234567", "+12025550123", "+123456789012345"])
def test_the_one_look_up_stays_within_what_dynamodb_takes(store, outage, caller):
    store.look_up(demo.PROTECTED_LINE, phone_number.read(caller, "OM"), NOW)
    assert outage.asked == ["BatchGetItem"]


def test_an_outage_raises_the_stores_own_error_alone(store, outage):
    outage.down = True
    for ask in (
        lambda: store.calls.get("CA1"),
        lambda: [*Desk(store.table.name, store.table.client).lines.all()],
        lambda: store.put(demo.RECORDS[0]),
        lambda: store.put_once(demo.RECORDS[0]),
        lambda: store.calls.accept("CA1", NOW, wants_trust=False),
        lambda: store.line_locks.release(demo.PROTECTED_LINE, "CA1"),
        lambda: store.calls.with_reports("CA1"),
        lambda: open_ring(store, "CA1"),
        lambda: store.lines.recent("+12025550177", NOW),
    ):
        with pytest.raises(StoreUnavailableError):
            ask()


RECORDS = (
    *demo.RECORDS,
    PrefixRule(prefix="+96890", verdict="flagged"),
    LineLock(line="+12025550100", call_sid="CA1", caller="", rings_until=1, until=1, expires=1),
    ListEntry(line="+12025550100", caller="+96891234567", word="allow"),
    NumberDraft(call_sid="CA1", which="typed-0123abcd", number="+96891234567", expires=1),
    CallRecord(call_sid="CA1", line="+1", customer="x", verdict="unknown", reason="unknown", rang_at=NOW, expires=1),
    Report(
        call_sid="CA1", which="screened", reference="12345674", reported_at=NOW, reporter="x", expires=1, verified=1
    ),
    Reputation(caller="+96891234567", revision=1, expires=1, live=1),
    Evidence(caller="+96891234567", person="x", axis="spam", at=NOW, order="1", expires=1),
    Clearing(caller="+96891234567", cleared_at=NOW),
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_index_key_of_a_record_has_the_type_that_the_template_declares(store, record):
    """DynamoDB refuses an item whose index key has another type; moto does not notice."""
    types = {one["AttributeName"]: one["AttributeType"] for one in table_properties()["AttributeDefinitions"]}
    item = store.table.item(record)
    assert {name: next(iter(item[name])) for name in types if name in item} == {
        name: kind for name, kind in types.items() if name in item
    }


def test_every_index_lists_some_record(store):
    items = [store.table.item(record) for record in RECORDS]
    for index in table_properties()["GlobalSecondaryIndexes"]:
        names = [key["AttributeName"] for key in index["KeySchema"]]
        assert any(all(name in item for name in names) for item in items), index["IndexName"]
