"""Calls while the table, the queue or both are down: what was confirmed is stored once, with its original time."""

from __future__ import annotations

import random

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, SPEAK, Carrier, Phone
from infra.local import demo
from ivr import pseudonym
from ivr.actions.declared import DECLARED
from ivr.flow.pages import BOOK
from ivr.flow.steps import Action
from ivr.screening.line import Line
from tests.calls.conftest import HeldCall
from tests.conftest import BASE_URL, NOW, TOKEN

STRANGER = "+96891234567"
LINES = {f"+120255501{n}": f"+120255502{n}" for n in range(30, 50)}  # line -> the customer's telephone
DOWN_FROM, DOWN_UNTIL = NOW + 600, NOW + 660
KEY = demo.SETTINGS["HMAC_KEY"]


@pytest.fixture
def for_a_minute(outage, post):
    """Twilio's POST while the table is down for a minute; ``pressed`` tells when each call's first 9 came."""

    def during(url, form, headers):
        at = int(headers["X-Carrier-Time"]) // 1000
        outage.down = DOWN_FROM <= at < DOWN_UNTIL
        given = dict(form)
        if given.get("Digits") == "9":
            during.pressed.setdefault(given["ParentCallSid"], at)
        return post(url, form, headers)

    during.pressed = {}
    return during


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(6))
def test_after_a_minute_without_the_table_every_confirmed_report_is_stored_once(
    for_a_minute, outage, queue, store, reports, seed
):
    drawn = random.Random(seed)
    phones = {customer: Phone(answers="no-answer") for customer in LINES.values()}
    carrier = Carrier(
        for_a_minute, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=phones, deliveries=2, seed=seed
    )
    for line, customer in LINES.items():
        store.put(Line(number=line, kind="protected", ring_to=customer))
        carrier.place(from_=STRANGER, to=line, phone=Phone(keys=[ANNOUNCED]))  # so that the container knows the line
    carrier.run()
    calls = {}
    for n, (line, customer) in enumerate(LINES.items()):
        phones[customer] = Phone(keys=["9", "1", drawn.choice("12")], name="customer")
        starts = DOWN_FROM - 60 + drawn.uniform(0, 120) - carrier.epoch
        call = carrier.place(from_=f"+968955500{n}", to=line, phone=Phone(keys=[ANNOUNCED]), after=starts)
        calls[call.sid] = HeldCall(call, carrier)
    carrier.run()
    assert not outage.down
    assert queue.waiting
    confirmed = {sid: call for sid, call in calls.items() if call.customer.hears("recorded", "en")}
    assert len(confirmed) > len(calls) / 2

    queue.empty(drawn)

    assert queue.dead == []
    stored = {report.call_sid: report for report in reports()}
    assert len(reports()) == len(stored)
    assert set(stored) == set(confirmed)
    for sid, report in stored.items():
        assert report.reported_at == for_a_minute.pressed[sid]
        assert report.reference == pseudonym.reference(sid, "screened", KEY)
        assert f"is {', '.join(report.reference)}." in " ".join(confirmed[sid].customer.heard)
        assert report.reporter == pseudonym.pseudonym(LINES[report.line], KEY)
        assert (report.verified, report.counted, report.category) == (1, 1, "prize")
        assert report.loss in {"yes", "no"}


@pytest.mark.slow
def test_reports_from_an_outage_flag_the_number_once_they_are_stored(carrier, pickups, outage, queue, store, settle):
    lines = list(LINES.items())[:5]
    for line, customer in lines:
        store.put(Line(number=line, kind="protected", ring_to=customer))
        pickups[customer] = Phone(keys=["9", "1", "2"], name="customer")
    outage.down, outage.touching = True, "REPORT#"
    for line, _ in lines[:4]:
        carrier.place(from_=STRANGER, to=line, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
    outage.down = False
    queue.empty()
    settle()
    line, customer = lines[4]
    pickups[customer] = Phone(keys=["3"], name="customer")
    fifth = carrier.place(from_=STRANGER, to=line, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert "customers reported this caller" in " ".join(fifth.transcript.said("customer", "en"))


def test_a_report_that_the_table_refuses_is_confirmed_with_the_reference_under_which_it_is_stored(
    ring, outage, queue, reports, counted
):
    outage.down, outage.touching = True, "REPORT#"
    call = ring(caller=[ANNOUNCED], customer=["9", "4", "1"])
    assert call.customer.hears("recorded")
    assert not call.customer.hears("not_recorded", "en")
    assert counted().count("sent_to_queue") == 3  # the report, what the caller wanted, what was lost
    assert "report_recorded" not in counted()
    assert "report_not_recorded" not in counted()
    outage.down = False
    assert reports() == []
    queue.empty()
    [report] = reports()
    assert (report.call_sid, report.category, report.loss) == (call.sid, "pretended", "yes")
    assert f"is {', '.join(report.reference)}." in " ".join(call.customer.heard)
    assert counted().count("report_recorded") == 1


def test_a_report_whose_call_cannot_be_read_is_known_by_its_callsid_and_joined_later(ring, outage, queue, reports):
    outage.down, outage.only = True, ("GetItem",)
    call = ring(caller=[ANNOUNCED], customer=["9", HANG_UP])
    assert call.customer.hears("recorded")
    [message] = queue.peek()
    assert message["kind"] == "report_by_call"
    assert STRANGER not in str(message)
    outage.down = False
    queue.empty()
    [report] = reports()
    assert (report.call_sid, report.caller, report.line) == (call.sid, STRANGER, demo.PROTECTED_LINE)
    assert (report.verified, report.reporter) == (1, pseudonym.pseudonym(demo.CUSTOMER, KEY))


def test_a_call_whose_record_waits_in_the_queue_can_be_reported(ring, outage, queue, store, reports):
    outage.down, outage.only = True, ("TransactWriteItems",)
    call = ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert call.customer.hears_key("report", "9")
    assert not call.customer.hears_key("connect_and_trust", "2")  # without a call record there is nothing to trust by
    assert call.customer.hears("recorded")
    assert [message["kind"] for message in queue.peek()] == ["call", "report_by_call", "details", "details"]
    outage.down = False
    assert store.calls.get(call.sid) is None
    queue.empty()
    [report] = reports()
    assert (report.call_sid, report.verified, report.category, report.loss) == (call.sid, 1, "prize", "no")
    record = store.calls.get(call.sid)
    assert (record.caller, record.verdict) == (STRANGER, "unknown")
    assert NOW <= record.rang_at <= report.reported_at


def test_details_that_are_refused_alone_are_stored_later(ring, outage, queue, reports):
    outage.down, outage.only = True, ("UpdateItem",)
    ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert reports()[0].category == ""
    outage.down = False
    queue.empty()
    assert (reports()[0].category, reports()[0].loss) == ("prize", "no")


@pytest.mark.parametrize(("only", "touching"), [(("GetItem", "UpdateItem"), ""), ((), "REPORT#")])
def test_a_typed_number_that_was_confirmed_in_an_outage_is_stored_later(
    carrier, outage, queue, reports, only, touching
):
    """The number was stored before the table went down: a queued message without a number finds it there."""
    outage.only, outage.touching = only, touching
    keys = iter(["2", "2", "91234567#", "1", "1", "2", HANG_UP])

    def press(heard):
        outage.down = outage.down or any("The number is" in entry.text for entry in heard)
        return next(keys)

    call = carrier.place(from_="+96892223344", to=demo.REPORT_LINE, phone=Phone(ask=press))
    carrier.run()
    assert HeldCall(call, carrier).caller.hears("recorded", "en")
    outage.down = False
    queue.empty()
    [report] = reports()
    assert (report.caller, report.verified, report.counted) == ("+96891234567", 0, 0)
    assert (report.category, report.loss) == ("prize", "no")
    assert report.reporter == pseudonym.pseudonym("+96892223344", KEY)


@pytest.mark.parametrize(
    "address", ["https://sqs.me-central-1.amazonaws.com/1/nowhere", "http://127.0.0.1:9/1/reports"]
)
@pytest.mark.parametrize("touching", ["REPORT#", "CALL#"])
def test_with_table_and_queue_down_nothing_is_confirmed(
    ring, outage, queue, environment, reports, counted, address, touching
):
    environment["REPORT_QUEUE_URL"] = address
    outage.down, outage.touching = True, touching
    outage.only = ("GetItem", "UpdateItem", "Query") if touching == "CALL#" else ()
    call = ring(caller=[ANNOUNCED], customer=["9"])
    assert not call.customer.hears("recorded", "en")
    assert call.customer.hears("not_recorded")
    assert call.customer.hears("please_call_care")
    assert counted().count("report_not_recorded") == 1
    assert "queue_send_failed" in counted()
    assert "sent_to_queue" not in counted()
    outage.down = False
    assert reports() == []
    assert queue.waiting == 0


@pytest.mark.parametrize("only", [(), ("TransactWriteItems",)], ids=["the report", "its call too"])
def test_the_message_of_a_caller_whose_report_waits_in_the_queue_is_the_desks(ring, outage, queue, store, only):
    outage.down, outage.only, outage.touching = True, only, "" if only else "REPORT#"
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customer=["9", "4", "2"])
    assert call.customer.hears("recorded")
    assert call.caller.hears("message_kept", "en")
    outage.down = False
    while queue.waiting:
        queue.empty()
    messages = store.voicemails
    assert messages.of_call(call.sid).seconds == 7
    assert messages.of_person(pseudonym.pseudonym(demo.CUSTOMER, KEY), NOW) == []


def test_a_talk_whose_report_waits_in_the_queue_earns_no_trust(
    environment, rest_server, ring, outage, queue, dynamodb, store
):
    environment["TWILIO_API_BASE_URL"] = rest_server.base_url  # so that the talk is a guarded one
    outage.touching, outage.down = "REPORT#", True
    star = PRESS_IN_TALK("*", after=90)
    call = ring(caller=[ANNOUNCED], callers_phone={"talks_for": 300}, customer=["2", star, HANG_UP])
    assert call.customer.hears("star_recorded")
    assert not [
        item for item in dynamodb.scan(TableName=store.table.name)["Items"] if item["sk"]["S"].startswith("CALLER#")
    ]


@pytest.mark.parametrize("keys", [["9", "4", "2"], ["0"]], ids=["9", "0"])
def test_a_customer_is_moved_out_of_the_whisper_though_the_calls_record_waits(
    environment, rest_server, ring, outage, queue, keys
):
    environment["TWILIO_API_BASE_URL"] = rest_server.base_url
    outage.down, outage.only = True, ("TransactWriteItems",)
    call = ring(caller=[ANNOUNCED], customer=keys)
    assert queue.waiting
    assert [entry.leg for entry in call.call.transcript if entry.kind == "moved"] == ["customer"]


def test_a_lost_report_on_the_last_call_is_counted(ring, rung_back_leg, outage, environment, reports, counted):
    environment["REPORT_QUEUE_URL"] = "http://127.0.0.1:9/1/reports"
    ring(caller=[ANNOUNCED], customer=["3"])
    outage.touching, outage.down = "REPORT#", True
    outage.only = ("TransactWriteItems",)
    leg = rung_back_leg("1", "1", "1", HANG_UP)
    assert "We could not record your report" in leg.english
    assert counted().count("report_not_recorded") == 1
    outage.down = False
    assert reports() == []


def test_each_pages_unrecorded_report_is_counted():
    steps = [step for page in BOOK.pages.values() for step in page.steps.values() if isinstance(step, Action)]
    lost = {
        step.action
        for step in steps
        if "report:not_recorded" in {*step.exits.values(), step.store_down} and step.action != "open_dispute"
    }
    assert lost == {name for name, declared in DECLARED.items() if declared.alarm == "report_not_recorded"}


def test_with_table_and_queue_down_at_the_ring_no_key_is_offered_that_needs_the_record(ring, outage, environment):
    environment["REPORT_QUEUE_URL"] = "http://127.0.0.1:9/1/reports"
    outage.down, outage.only = True, ("TransactWriteItems",)
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert not call.customer.hears_key("report", "9")
    assert call.talked


def test_a_captured_9_replayed_in_a_later_outage_changes_nothing(post, outage, queue, reports, store, dynamodb):
    captured = []

    def recording(url, form, headers):
        captured.append((url, form, headers))
        return post(url, form, headers)

    phones = {demo.CUSTOMER: Phone(keys=["9", "1", "2"], name="customer")}
    tapped = Carrier(recording, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=phones)
    tapped.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    tapped.run()
    before = reports()
    outage.down = True
    for url, form, headers in captured:
        post(url, form, {**headers, "X-Carrier-Time": str((NOW + 86_400) * 1000)})
    outage.down = False
    queue.empty()
    assert reports() == before
    assert store.calls.get(before[0].call_sid).rang_at < NOW + 86_400


def test_a_call_without_faults_sends_nothing_to_the_queue(ring, queue, counted):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert queue.waiting == 0
    assert "sent_to_queue" not in counted()
