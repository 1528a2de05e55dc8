"""A damaged item counts as not read, and the call goes on: every kind of item, every kind of damage."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.carrier import ANNOUNCED, HANG_UP, Phone, rest_client
from infra.local import demo
from ivr.locales import catalog
from tests.conftest import NOW
from tests.damaged_items import CALLER, HOW, Damage, kind, samples
from tests.reputation.item_kinds import every_kind
from tests.slowly import example_count, slow_but

pytestmark = (
    pytest.mark.slow
)  # each kind of item is damaged in turn; tests/cli/test_damaged_items.py stays in the quick run

ITEMS = samples(NOW)
KINDS = sorted({kind(item) for item in ITEMS})
APOLOGY = [wording[:25] for wording in catalog.load("en").prompts["apology"].say]


def test_there_is_a_sample_of_every_kind_of_item():
    assert set(KINDS) == set(every_kind())


@pytest.fixture
def network():
    """The sample's recording lies at no Twilio, which the carrier would end the test for."""
    return {"strict": False}


@pytest.fixture
def hold(dynamodb, store, carrier, pickups, settle, follow_up, rest_server, caplog):
    """Damage every item of a kind, then hold calls that read it, and follow the stream. Answers with what was said."""
    caplog.set_level("INFO")

    def hold(word, damage):
        for item in ITEMS:
            others = [one for one in ITEMS if kind(one) != kind(item)]
            dynamodb.put_item(TableName=store.table.name, Item=item if kind(item) != word else damage.to(item, others))
        caplog.clear()
        begun = len(carrier.legs)
        pickups[demo.CARE] = Phone(name="care", keys=["1"])
        for keys in (["1"], ["9", "1", "2", HANG_UP]):
            pickups[demo.CUSTOMER] = Phone(keys=keys, name="customer", talks_for=90)
            carrier.place(from_=CALLER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
            carrier.run()
            settle()
            follow_up()
            carrier.wait(120)
        phone = Phone(keys=["2", "2", "91234599#", "1", "1", "2", HANG_UP])
        carrier.place(from_=demo.CUSTOMER, to=demo.REPORT_LINE, phone=phone)
        carrier.run()
        for keys in (["1", "1", "6", "2", HANG_UP], ["5", "1", HANG_UP], ["7", "1", "1", HANG_UP], ["0", HANG_UP]):
            pickups[demo.CUSTOMER] = Phone(keys=keys, name="customer")
            rest_client(rest_server.base_url, "AC" + "0" * 32, "12345").calls.create(
                to=demo.CUSTOMER,
                from_=demo.PROTECTED_LINE,
                url="https://ivr.example.com/voice/ring_back/start?languages=en&leg=rung_back",
            )
            carrier.run()
            settle()
            follow_up()
            carrier.wait(120)
        assert not carrier.left_behind
        assert [error for error in carrier.errors if "/voice/recordings/" not in str(error)] == []
        return [said for leg in carrier.legs[begun:] for said in leg.transcript.said(leg.name, "en")]

    return hold


def apologies(caplog):
    return [one.__dict__ for one in caplog.records if getattr(one, "metric", "") == "apology_spoken"]


def unread(caplog):
    found = [one for one in caplog.records if getattr(one, "metric", "") == "item_unreadable"]
    return {(one.kind, one.why) for one in found}


@pytest.mark.no_cover
@pytest.mark.parametrize("word", slow_but(("CALL", "REPORT"), [word for word in KINDS if word != "LINE"]))
def test_calls_go_on_with_any_kind_of_item_damaged(hold, caplog, word):
    said = hold(word, Damage("keys alone"))
    assert apologies(caplog) == []
    assert any("reference" in one for one in said)


@pytest.mark.slow
@settings(
    max_examples=example_count(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    word=st.sampled_from([word for word in KINDS if word != "LINE"]),
    damage=st.builds(Damage, st.sampled_from(HOW), st.integers(0, 30)),
)
def test_calls_go_on_with_any_item_damaged_in_any_way(hold, caplog, word, damage):
    hold(word, damage)
    assert apologies(caplog) == []


@pytest.mark.parametrize("how", slow_but(HOW[:3], HOW))
def test_a_damaged_line_is_served_by_the_last_good_record_of_it(ring, dynamodb, store, how, caplog):
    caplog.set_level(logging.INFO)
    ring(caller=[ANNOUNCED], customer=["3"])
    line = next(item for item in ITEMS if kind(item) == "LINE")
    others = [one for one in ITEMS if kind(one) != "LINE"]
    dynamodb.put_item(TableName=store.table.name, Item=Damage(how, 2).to(line, others))
    call = ring(demo.TRUSTED, caller=[ANNOUNCED], customer=["1"])
    assert call.talked
    if how != "more":  # so that it is read, as in a legacy global table every item has to be
        assert call.caller.hears("unknown_notice")
        assert {one for one, _ in unread(caplog)} == {"Line"}


def test_a_damaged_line_of_which_no_good_record_is_known_is_an_apology_and_never_the_report_line(ring, dynamodb, store):
    line = next(item for item in ITEMS if kind(item) == "LINE")
    dynamodb.put_item(TableName=store.table.name, Item=Damage("keys alone").to(line, []))
    call = ring()
    assert call.caller.hears("apology")
    assert not call.caller.hears("welcome", "en")


@pytest.mark.parametrize("name", ["verdict", "until", "caller"])
def test_nobody_is_trusted_beside_an_item_that_cannot_be_read(ring, dynamodb, store, caplog, name):
    """The prefix's trust still stands, but what could not be read might have spoken against it."""
    caplog.set_level(logging.INFO)
    for item in ITEMS:
        if kind(item) in {"RULE", "DECISION"}:
            dynamodb.put_item(TableName=store.table.name, Item=item)
    assert not ring(CALLER, customer=["3"]).caller.hears("unknown_notice")
    decision = next(item for item in ITEMS if kind(item) == "DECISION")
    dynamodb.put_item(TableName=store.table.name, Item={**decision, name: {"N": "1.5"}})
    call = ring(CALLER, caller=[ANNOUNCED], customer=["3"])
    assert call.caller.hears("unknown_notice")
    assert unread(caplog) == {("DeskDecision", "type")}


def test_a_prefix_rule_with_an_invalid_verdict_ends_no_call(ring, dynamodb, store):
    rule = {"pk": {"S": "PREFIX#+968"}, "sk": {"S": "RULE"}, "prefix": {"S": "+968"}, "verdict": {"S": "flag"}}
    dynamodb.put_item(TableName=store.table.name, Item=rule)
    assert ring(CALLER, caller=[ANNOUNCED], customer=["1"]).talked


def test_a_decision_in_a_legacy_global_table_still_holds(ring, dynamodb, store):
    decision = store.table.item(next(one for one in demo.RECORDS if getattr(one, "caller", "") == demo.BLOCKED))
    dynamodb.put_item(TableName=store.table.name, Item={**decision, "aws:rep:updatetime": {"N": "1795000000.123"}})
    assert ring(demo.BLOCKED).status == "rejected"


LISTED = next(item for item in ITEMS if kind(item) == "CALLER")
BLOCKED_FOR_LONG = {**LISTED, "word": {"S": "block"}, "until": {"N": str(NOW + 99 * 86_400)}, "source": {"S": "CA9#x"}}


@pytest.mark.parametrize("stood", [LISTED, BLOCKED_FOR_LONG], ids=["taken back", "blocked for long"])
@pytest.mark.parametrize("how", slow_but(("strange",), HOW))
def test_a_report_blocks_its_caller_over_any_damaged_list_entry(
    ring, dynamodb, store, reports, carrier, caplog, how, stood
):
    caplog.set_level("INFO")
    others = [one for one in ITEMS if kind(one) not in {"CALLER", "LINE"}]
    for nth in range(len(stood)):
        for item in dynamodb.scan(TableName=store.table.name)["Items"]:
            if item["sk"]["S"].startswith(("REPORT#", "CALLER#", "DAY#", "RING")) or item["sk"]["S"] == "AFTERMATH":
                dynamodb.delete_item(TableName=store.table.name, Key={name: item[name] for name in ("pk", "sk")})
        dynamodb.put_item(TableName=store.table.name, Item=(damaged := Damage(how, nth).to(stood, others)))
        first = ring(CALLER, caller=[ANNOUNCED], customer=["9", "1", "2"])
        if first.status != "rejected":  # what stood there could be read, and blocks already
            assert first.customer.hears("recorded", "en"), damaged
            assert reports(), damaged
            carrier.wait(120)
            assert ring(CALLER, caller=[ANNOUNCED]).status == "rejected", damaged
        carrier.wait(86_400)
    assert apologies(caplog) == []
