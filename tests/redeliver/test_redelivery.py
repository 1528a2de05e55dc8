"""Messages in any order, repeated or invalid: each is stored once or becomes a dead letter."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.calls.call_record import CallRecord
from ivr.outbox import queue as messages
from ivr.outbox.pending import Details, ReportByCall
from ivr.reports import NumberDraft, Report
from ivr.reputation.counting import SpecialNumbers
from ivr.screening.caller_list import list_entry_key
from ivr.screening.desk_decision import DeskDecision
from tests.conftest import NOW
from tests.slowly import example_count

DAY = 24 * 3600
CALL = CallRecord(
    call_sid="CA1",
    line="+12025550100",
    customer="c" * 32,
    verdict="unknown",
    reason="unknown",
    rang_at=NOW,
    expires=NOW + 90 * DAY,
    caller="+96891234567",
)
BY_CALL = ReportByCall(
    call_sid="CA1", which="screened", reference="12345672", reported_at=NOW + 9, expires=NOW + 400 * DAY
)

WHOLE = BY_CALL.of_call(CALL)
WANTED = Details(call_sid="CA1", which="screened", category="prize")
LOST = Details(call_sid="CA1", which="screened", category="prize", loss="yes")
TYPED = BY_CALL._replace(which="typed-0a1b2c3d", reporter="r" * 32)

POISON = [
    "",
    "no JSON",
    "[]",
    "{}",
    json.dumps({"version": 1, "kind": "prize", "record": {}}),
    json.dumps({"version": 2, "kind": "details", "record": LOST._asdict()}),
    json.dumps({"version": 1, "kind": "details", "record": {**LOST._asdict(), "number": "+96891234567"}}),
    json.dumps({"version": 1, "kind": "details", "record": {**LOST._asdict(), "loss": 1}}),
    json.dumps({"version": 1, "kind": "details", "record": {**LOST._asdict(), "call_sid": ""}}),
    json.dumps({"version": 1, "kind": "details", "record": {"call_sid": "CA1"}}),
    json.dumps({"version": 1, "kind": "details", "record": 7}),
]


def bodies(*sent):
    return [messages.write(message) for message in sent]


@pytest.mark.parametrize("message", [CALL, WHOLE, BY_CALL, TYPED, WANTED, LOST])
def test_a_message_is_read_as_it_was_written(message):
    assert messages.read(messages.write(message)) == message


@given(
    st.builds(CallRecord, **{name: st.text(min_size=1) for name in ("call_sid", "line", "reason")})
    | st.builds(Report, call_sid=st.text(min_size=1))
    | st.builds(ReportByCall, call_sid=st.text(min_size=1))
    | st.builds(Details, call_sid=st.text(min_size=1))
)
def test_every_record_is_read_as_it_was_written(message):
    assert messages.read(messages.write(message)) == message


@pytest.mark.parametrize("body", POISON)
def test_an_invalid_message_is_refused_without_showing_its_values(body):
    with pytest.raises(messages.MessageError) as error:
        messages.read(body)
    assert "96891234567" not in str(error.value)


@pytest.mark.slow
@settings(deadline=None, max_examples=example_count(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.permutations(bodies(CALL, BY_CALL, WANTED, LOST)),
    st.lists(st.sampled_from(bodies(CALL, BY_CALL, WHOLE, WANTED, LOST)), max_size=6),
    st.randoms(use_true_random=False),
)
def test_in_any_order_and_however_often_the_report_is_stored_once(queue, dynamodb, store, reports, once, again, order):
    for item in dynamodb.scan(TableName=store.table.name)["Items"]:
        if item["pk"]["S"].startswith(("CALL#", "REPORTER#")):
            dynamodb.delete_item(TableName=store.table.name, Key={name: item[name] for name in ("pk", "sk")})
    sent = [*once, *again]
    order.shuffle(sent)
    queue.send(*sent)
    queue.empty(order)
    assert queue.dead == []
    [report] = reports()
    assert report.reported_at == NOW + 9
    assert (report.reference, report.reporter, report.caller) == ("12345672", CALL.customer, CALL.caller)
    assert (report.verified, report.counted, report.category, report.loss) == (1, 1, "prize", "yes")
    assert store.calls.get("CA1") == CALL
    [numbered] = [
        item for item in dynamodb.scan(TableName=store.table.name)["Items"] if item["pk"]["S"].startswith("REPORTER#")
    ]
    assert numbered["reports"]["N"] == "1"  # counted once among the reporter's reports of the day


def test_a_report_waits_for_its_call_and_its_details_wait_for_the_report(queue, reports, counted):
    queue.send(*bodies(LOST, BY_CALL))
    assert queue.deliver() == (2, 2)
    assert reports() == []
    assert counted() == ["redelivery_waits"] * 2
    queue.send(*bodies(CALL))
    queue.empty()
    assert [report.loss for report in reports()] == ["yes"]
    assert counted().count("redelivered") == 3
    assert counted().count("report_recorded") == 1


@pytest.mark.parametrize(
    ("caller", "reason", "uncounted", "blocks"),
    [
        ("+96891234567", "unknown", "", True),
        ("+96891234567", "spoofed", "spoofed", False),
        ("+96891234567", "impersonation", "impersonation", False),
        ("+96891234567", "desk_trusted", "", False),
        ("+96824000000", "unknown", "own_number", False),
        ("+96824599000", "unknown", "", False),
        ("", "withheld", "withheld", False),
    ],
)
def test_counting_and_blocking_are_decided_when_a_queued_report_is_stored(
    queue, redelivery, store, reports, caller, reason, uncounted, blocks
):
    redelivery.special = SpecialNumbers(own=frozenset({"+96824000000"}), always_ring=frozenset({"+96824599000"}))
    queue.send(*bodies(BY_CALL._replace(blocks_until=NOW + DAY), replace(CALL, caller=caller, reason=reason)))
    queue.empty()
    [report] = reports()
    assert (report.uncounted, report.counted) == (uncounted, int(not uncounted))
    assert bool(store.table.get(list_entry_key(CALL.line, caller))) is bool(report.blocks_until) is blocks


def test_a_queued_report_does_not_block_a_number_that_the_desk_trusts_by_then(queue, store, reports):
    store.put(DeskDecision(caller=CALL.caller, verdict="trusted"))
    queue.send(*bodies(BY_CALL._replace(blocks_until=NOW + DAY), CALL))
    queue.empty()
    assert [(report.blocks_until, report.counted) for report in reports()] == [(0, 1)]
    assert store.table.get(list_entry_key(CALL.line, CALL.caller)) is None


def test_a_whole_report_that_an_earlier_release_sent_is_judged_by_its_own_verdict(queue, reports, store):
    older = replace(WHOLE, reason="spoofed", uncounted="", blocks_until=NOW + DAY)
    queue.send(*bodies(older))
    queue.empty()
    assert [(report.counted, report.uncounted, report.blocks_until) for report in reports()] == [(0, "spoofed", 0)]


def test_a_typed_number_is_found_again_by_its_call(queue, store, reports):
    queue.send(*bodies(TYPED))
    assert queue.deliver() == (1, 1)
    store.put(NumberDraft(call_sid="CA1", which=TYPED.which, number="+96891234567", expires=NOW))
    queue.empty()
    [report] = reports()
    assert (report.caller, report.verified, report.reporter) == ("+96891234567", 0, "r" * 32)


def test_a_report_that_was_stored_after_all_stays_as_it_is(queue, store, reports):
    """A write that was not confirmed may have happened, and the call has gone on since."""
    store.put_once(CALL)
    store.calls.accept("CA1", NOW + 5, wants_trust=False)
    store.reports.put(WHOLE)
    store.reports.note("CA1", "screened", {"category": "money", "loss": "no"})
    queue.send(*bodies(CALL, WHOLE, BY_CALL, LOST))
    queue.empty()
    assert store.calls.get("CA1").accepted_at == NOW + 5
    assert [(report.category, report.loss, report.counted) for report in reports()] == [("money", "no", 1)]


def test_during_an_outage_every_message_is_retried(queue, outage, store, reports, counted):
    outage.down = True
    queue.send(*bodies(CALL, WHOLE, BY_CALL, LOST))
    assert queue.deliver() == (4, 4)
    assert set(counted()) == {"redelivery_failed"}
    outage.down = False
    queue.empty()
    assert len(reports()) == 1


def test_a_failing_message_holds_up_no_other(queue, reports):
    queue.send("no JSON", *bodies(CALL))
    assert queue.deliver() == (2, 1)
    queue.send(*bodies(WHOLE))
    assert queue.deliver() == (2, 1)
    assert len(reports()) == 1


@pytest.mark.parametrize("body", ["no JSON", json.dumps({"version": 2, "kind": "call", "record": {}})])
def test_a_message_that_can_never_be_stored_goes_to_the_dead_letter_queue(queue, counted, body):
    queue.send(body)
    with pytest.raises(AssertionError, match="never get stored"):
        queue.empty()
    assert queue.deliver() == (0, 0)
    assert queue.dead == [body]
    assert set(counted()) == {"redelivery_failed"}


@pytest.fixture
def sets_aside(redelivery, queue):
    redelivery.dead_letters = queue.dead_letters


GARBAGE = [POISON[n] for n in (0, 1, 2, 3, 7, 8, 9, 10)]
NEWER = [POISON[n] for n in (4, 5, 6)]


@pytest.mark.parametrize("body", [body for body in GARBAGE if body])  # SQS takes no empty body
def test_an_unreadable_message_is_a_dead_letter_at_once_and_unchanged(queue, sets_aside, body, reports):
    queue.send(body, *bodies(CALL, WHOLE))
    queue.empty()
    assert queue.dead == [body]
    assert len(reports()) == 1


@pytest.mark.parametrize("body", NEWER)
def test_a_newer_releases_message_waits_for_that_release(queue, sets_aside, body):
    queue.send(body)
    assert queue.deliver() == (1, 1)
    assert queue.dead == []


def test_an_early_or_refused_message_is_no_dead_letter(queue, sets_aside, outage):
    queue.send(*bodies(BY_CALL))
    assert queue.deliver() == (1, 1)
    outage.down = True
    queue.send(*bodies(CALL))
    assert queue.deliver() == (2, 2)
    outage.down = False
    queue.empty()
    assert queue.dead == []


def test_a_message_that_the_dead_letter_queue_refuses_is_retried(queue, redelivery):
    redelivery.dead_letters = "http://127.0.0.1:9/000000000000/nobody"
    queue.send("no JSON")
    assert queue.deliver() == (1, 1)


def test_the_log_shows_no_number(queue, caplog):
    caplog.set_level("DEBUG", logger="call-screening")
    queue.send(*bodies(BY_CALL, CALL, WHOLE), POISON[6])
    for _ in range(3):
        queue.deliver(random.Random(1))
    told = str([record.__dict__ for record in caplog.records if record.name == "call-screening"])
    assert "redelivered" in told
    assert "91234567" not in told
    assert CALL.line.removeprefix("+") not in told
