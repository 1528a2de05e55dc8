"""The customer's own list, by key: a report blocks its caller, and the last trust or block can be heard and undone."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, SPEAK
from infra.local import demo
from ivr.jobs.job import OptOut, opt_out_key
from ivr.pseudonym import pseudonym
from ivr.reports import Report
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.line import Line
from tests.calls.test_voicemail import signed
from tests.conftest import BASE_URL, NOW

STRANGER, OTHER = "+96891234567", "+96891234589"
PERSON = pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])
DAY = 86_400


@pytest.fixture
def listed(store):
    """What stands on the list of the demo's line about a caller."""
    return lambda caller=STRANGER: store.table.read(
        ListEntry, store.table.get(list_entry_key(demo.PROTECTED_LINE, caller))
    )


@pytest.fixture
def trusts(ring, settle):
    """The customer connects and trusts a caller, and talks for long enough."""

    def trust(caller=STRANGER):
        call = ring(caller, caller=[ANNOUNCED], customer=["2"], customers_phone={"talks_for": 90})
        settle()
        return call

    return trust


@pytest.fixture
def reports_a_call(ring, settle):
    """The customer reports a caller in the whisper."""

    def report(caller=STRANGER):
        call = ring(caller, caller=[ANNOUNCED], customer=["9", "1", "2"])
        settle()
        return call

    return report


# A report blocks its caller.


def test_a_reported_caller_is_blocked_a_second_later(ring, carrier):
    reported = ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert reported.customer.hears("recorded")
    carrier.wait(1)
    again = ring(caller=[ANNOUNCED], customer=["1"])  # nothing has followed the table's stream yet
    assert again.status == "rejected"
    assert not again.rang(demo.CUSTOMER)


def test_the_block_and_the_report_are_one_write(ring, outage, reports, listed):
    outage.touching, outage.down = "CALLER#", True
    outage.only = ("TransactWriteItems",)
    call = ring(caller=[ANNOUNCED], customer=["9", HANG_UP])
    assert not call.customer.hears("recorded")
    outage.down = False
    assert (reports(), listed()) == ([], None)


def test_the_block_lasts_as_long_as_the_setting_says(reports_a_call, ring, carrier, listed):
    reports_a_call()
    block = listed()
    assert (block.word, block.until) == ("block", block.at + 30 * DAY)
    carrier.wait(30 * DAY)
    assert ring(caller=[ANNOUNCED], customer=["1"]).rang(demo.CUSTOMER)


def test_a_setting_switches_blocking_by_report_off(environment, reports_a_call, ring, listed, carrier):
    environment["PERSONAL_BLOCK_DAYS"] = "0"
    reports_a_call()
    assert listed() is None
    carrier.wait(120)
    assert ring(caller=[ANNOUNCED], customer=["1"]).rang(demo.CUSTOMER)


def test_the_block_holds_on_this_customers_line_alone(reports_a_call, ring, store):
    store.put(Line(number="+12025550131", kind="protected", ring_to="+12025550141"))
    reports_a_call()
    assert ring(to="+12025550131", caller=[ANNOUNCED]).rang("+12025550141")


def test_a_withheld_caller_is_not_blocked(ring, reports, dynamodb, store):
    ring("anonymous", caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert len(reports()) == 1
    assert not [i for i in dynamodb.scan(TableName=store.table.name)["Items"] if i["sk"]["S"].startswith("CALLER#")]


def test_a_typed_number_is_not_blocked(ring, reports, dynamodb, store):
    ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2", "2", "91234567#", "1", HANG_UP])
    assert len(reports()) == 1
    assert not [i for i in dynamodb.scan(TableName=store.table.name)["Items"] if i["sk"]["S"].startswith("CALLER#")]


@pytest.mark.slow
@pytest.mark.no_cover
def test_a_report_over_the_days_limit_blocks_all_the_same(reports_a_call, reports, listed, carrier):
    for n in range(21):
        reports_a_call(f"+9689555{n:04}")
        carrier.wait(120)
    assert sum(report.counted for report in reports()) == 20
    assert listed("+96895550020").word == "block"


def test_a_report_on_the_last_call_or_on_a_message_blocks_too(ring, rung_back_leg, listed, settle):
    ring(caller=[ANNOUNCED], customer=["3"])
    rung_back_leg("1", "1", "1", "1", "2", HANG_UP)
    assert listed().word == "block"
    ring(OTHER, caller=[ANNOUNCED, SPEAK(5)], customer=["3"])
    settle()
    rung_back_leg("1", "1", "9", "1", "2", HANG_UP)
    assert listed(OTHER).word == "block"


def test_withdrawing_the_report_lifts_its_block(reports_a_call, rung_back_leg, ring, listed, carrier):
    reports_a_call()
    assert "withdrawn" in rung_back_leg("1", "5", "1").english
    assert listed().word not in {"allow", "block"}
    carrier.wait(120)
    assert ring(caller=[ANNOUNCED], customer=["1"]).rang(demo.CUSTOMER)


def test_withdrawing_brings_back_a_trust_that_the_block_replaced(trusts, rung_back_leg, ring, listed):
    trusts()
    rung_back_leg("1", "1", "1", "1", "2", HANG_UP)
    assert listed().word == "block"
    rung_back_leg("1", "5", "1")
    assert (listed().word, listed().until) == ("allow", 0)
    assert ring(customer=["1"]).caller.heard == []  # trusted: rung without a check


def test_withdrawing_lifts_no_block_but_its_own(reports_a_call, rung_back_leg, store, listed):
    reports_a_call()
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=STRANGER, word="block"))  # the customer's, for ever
    rung_back_leg("1", "5", "1")
    assert (listed().word, listed().until) == ("block", 0)


def test_a_block_that_lasts_longer_is_not_shortened(ring, store, rung_back_leg, listed, reports):
    ring(caller=[ANNOUNCED], customer=["3"])
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=STRANGER, word="block"))
    rung_back_leg("1", "1", "1", "1", "2", HANG_UP)
    assert len(reports()) == 1
    assert reports()[0].counted
    assert (listed().word, listed().until) == ("block", 0)


def test_withdrawing_the_second_report_leaves_the_first_ones_block(store, listed):
    first = a_report()
    second = replace(first, call_sid="CA2", reported_at=NOW + DAY, blocks_until=NOW + 31 * DAY)
    store.reports.put(first)
    before = listed()
    store.reports.put(second)
    assert listed().source == second.source
    store.reports.withdraw(second)
    assert replace(listed(), undone_at=0, at=before.at) == before
    store.reports.withdraw(first)
    assert listed().word not in {"allow", "block"}


def test_a_repeated_report_blocks_once(store, listed):
    report = a_report()
    store.reports.put(report)
    store.reports.withdraw(report)
    stored, is_new = store.reports.put(report)
    assert not is_new
    assert stored.withdrawn
    assert listed().word not in {"allow", "block"}


def test_a_trust_never_replaces_a_newer_block(store, listed, ring):
    call = ring(caller=[ANNOUNCED], customer=["1"])
    record = store.calls.get(call.sid)
    store.reports.put(a_report())
    store.calls.trust(record, NOW + 100)
    assert listed().word == "block"
    assert not store.calls.get(call.sid).trusted_at


# The last trust or block, heard and undone.


def test_the_last_trust_is_read_out_and_undone(trusts, rung_back_leg, ring, listed):
    trusts()
    leg = rung_back_leg("1", "6", "1", HANG_UP)
    assert "The last number on your list is trusted. It ends in 6, 7." in leg.english
    assert "That number is no longer trusted." in leg.english
    assert listed().word not in {"allow", "block"}
    assert ring(caller=[ANNOUNCED], customer=["1"]).caller.hears("unknown_notice")


def test_the_last_block_is_read_out_and_undone(reports_a_call, rung_back_leg, ring, carrier, reports):
    reports_a_call()
    leg = rung_back_leg("1", "6", "1", HANG_UP)
    assert "The last number on your list is blocked. It ends in 6, 7." in leg.english
    assert "That number is no longer blocked." in leg.english
    assert not reports()[0].withdrawn  # the report stays
    carrier.wait(120)
    assert ring(caller=[ANNOUNCED], customer=["1"]).rang(demo.CUSTOMER)


def test_after_an_undo_the_entry_before_is_read_out(trusts, reports_a_call, rung_back_leg, carrier):
    trusts(OTHER)
    carrier.wait(120)
    reports_a_call(STRANGER)
    leg = rung_back_leg("1", "6", "1", "6", "8", HANG_UP)
    assert "is blocked. It ends in 6, 7." in leg.english
    assert "is trusted. It ends in 8, 9." in leg.english


def test_an_expired_block_is_not_read_out(ring, reports_a_call, rung_back_leg, carrier):
    ring(caller=[ANNOUNCED], customer=["3"])
    assert "You have no trusted or blocked numbers." in rung_back_leg("1", "6", HANG_UP).english
    reports_a_call()
    carrier.wait(30 * DAY)
    assert "You have no trusted or blocked numbers." in rung_back_leg("1", "6", HANG_UP).english


def test_only_the_entry_that_was_read_out_is_undone(trusts, post, store, listed, carrier):
    trusts()
    form = {"CallSid": "CA9", "From": demo.PROTECTED_LINE, "To": demo.CUSTOMER, "Direction": "outbound-api"}
    heard = asked(post, "/voice/choices/find_listed?languages=en&leg=rung_back", form)
    assert "is trusted" in heard
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=OTHER, word="allow", at=int(carrier.epoch), source="CA8"))
    action = html.unescape(re.search('action="([^"]+)"', heard)[1])
    assert "no longer trusted" in asked(post, action, {**form, "Digits": "1"})
    assert listed(STRANGER).word not in {"allow", "block"}
    assert listed(OTHER).word == "allow"


def asked(post, path, form):
    answer = post(BASE_URL + path, list(form.items()), {"X-Twilio-Signature": signed(path, form)})
    return answer.body


class TestEveryWebhookTwice:
    @pytest.fixture
    def network(self):
        return {"deliveries": 2}

    def test_an_undo_is_answered_alike_and_undoes_one_entry(self, trusts, rung_back_leg, carrier, listed):
        trusts()
        carrier.deliveries_differed.clear()
        leg = rung_back_leg("1", "6", "1", HANG_UP)
        assert "That number is no longer trusted." in leg.english
        assert carrier.deliveries_differed == []
        assert listed().word not in {"allow", "block"}

    def test_a_report_and_its_withdrawal_leave_nothing_behind(self, reports_a_call, rung_back_leg, listed, reports):
        reports_a_call()
        assert len(reports()) == 1
        rung_back_leg("1", "5", "1")
        assert listed().word not in {"allow", "block"}


def test_a_caller_who_shows_the_customers_number_hears_and_undoes_nothing(trusts, post, listed):
    trusts()
    form = [("CallSid", "CA9"), ("From", demo.CUSTOMER), ("To", demo.PROTECTED_LINE), ("Direction", "inbound")]
    for step in ("find_listed", "undo_trust", "undo_block"):
        path = f"/voice/choices/{step}?languages=en&leg=rung_back"
        answer = post(BASE_URL + path, form, {"X-Twilio-Signature": signed(path, dict(form))})
        assert "You have no trusted or blocked numbers" in answer.body
    assert listed().word == "allow"


# Text messages.


def opted_out(store):
    found = store.table.read(OptOut, store.table.get(opt_out_key(PERSON)))
    return bool(found and not found.ended_at)


def test_text_messages_are_stopped_and_sent_again_by_key(ring, rung_back_leg, store):
    ring(caller=[ANNOUNCED], customer=["3"])
    said = rung_back_leg("1", "7", "1", HANG_UP).english
    assert "We send you text messages about your reports." in said
    assert "We will not send you any more text messages." in said
    assert opted_out(store)
    said = rung_back_leg("1", "7", "1", HANG_UP).english
    assert "We do not send you any text messages." in said
    assert "We will send you text messages again." in said
    assert not opted_out(store)


def test_without_an_sms_sender_no_texts_are_offered(environment, ring, rung_back_leg):
    environment["SMS_FROM"] = ""
    ring(caller=[ANNOUNCED], customer=["3"])
    assert "text message" not in rung_back_leg("1", "7", HANG_UP).english


def test_a_caller_who_shows_the_customers_number_stops_no_texts(post, store):
    form = [("CallSid", "CA9"), ("From", demo.CUSTOMER), ("To", demo.PROTECTED_LINE), ("Direction", "inbound")]
    path = "/voice/choices/stop_texts?languages=en&leg=rung_back"
    assert post(BASE_URL + path, form, {"X-Twilio-Signature": signed(path, dict(form))}).status == 200
    assert not opted_out(store)


def a_report(**changed):
    given = {
        "call_sid": "CA1",
        "which": "screened",
        "reference": "12345678",
        "reported_at": NOW,
        "reporter": PERSON,
        "expires": NOW + 400 * DAY,
        "verified": 1,
        "caller": STRANGER,
        "line": demo.PROTECTED_LINE,
        "blocks_until": NOW + 30 * DAY,
    }
    return Report(**{**given, **changed})
