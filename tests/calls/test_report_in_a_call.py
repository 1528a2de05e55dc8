"""Key 9 records the report at once and only once, however often a webhook is delivered, and never confirms falsely."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, SILENCE, Answer, Carrier, Phone
from infra.local import demo
from ivr import pseudonym
from ivr.calls.call_record import call_key
from tests.calls.conftest import HeldCall
from tests.conftest import BASE_URL, NOW, TOKEN
from tests.slowly import slow_but

STRANGER = "+96891234567"


def test_a_report_is_recorded_with_what_was_wanted_and_lost_and_its_reference_is_read_out(ring, reports):
    call = ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    [report] = reports()
    assert (report.caller, report.line, report.category, report.loss) == (STRANGER, demo.PROTECTED_LINE, "prize", "no")
    assert report.verified
    assert report.call_sid == call.sid
    assert report.reporter == pseudonym.pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])
    assert call.customer.hears("recorded")
    assert f"is {', '.join(report.reference)}." in " ".join(call.customer.heard)
    assert not call.talked


def test_hanging_up_right_after_9_keeps_the_report(ring, reports):
    call = ring(caller=[ANNOUNCED], customer=["9", HANG_UP])
    [report] = reports()
    assert report.call_sid == call.sid
    assert report.category == ""


def test_the_word_is_heard_whatever_becomes_of_the_move_after_it(post, reports, rest_server):
    def broken(url, form, headers):
        return Answer(500, "text/plain", "") if "/whisper/recorded" in url else post(url, form, headers)

    phones = {demo.CUSTOMER: Phone(keys=["9", "1", "2"], name="customer")}
    carrier = Carrier(broken, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=phones, strict=False)
    carrier.answers_on(rest_server)
    call = HeldCall(carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED])), carrier)
    carrier.run()
    assert call.customer.hears("recorded")
    assert call.customer.hears("apology")
    assert call.customer.hears("please_call_care")
    assert not call.talked
    assert len(reports()) == 1


def test_silence_at_both_questions_still_ends_with_the_reference(ring, reports):
    call = ring(caller=[ANNOUNCED], customer=["9", SILENCE, SILENCE, SILENCE, SILENCE])
    assert call.customer.hears("reference")
    assert len(reports()) == 1


def test_a_loss_is_answered_with_the_bank_and_the_public_prosecution(ring, reports):
    call = ring(caller=[ANNOUNCED], customer=["9", "2", "1"])
    assert call.customer.hears("bank_at_once")
    assert call.customer.hears("advice.complaint")
    assert reports()[0].loss == "yes"


@pytest.mark.parametrize("key", "123456")
def test_each_choice_has_its_category(ring, reports, key):
    ring(caller=[ANNOUNCED], customer=["9", key])
    categories = {"1": "prize", "2": "secrets", "3": "money", "4": "pretended", "5": "missed_call", "6": "other"}
    assert reports()[0].category == categories[key]


@pytest.mark.slow
@pytest.mark.parametrize("seed", slow_but((0, 1), range(5)))
def test_every_webhook_three_times_and_out_of_order_has_one_effect(post, store, reports, seed):
    phones = {demo.CUSTOMER: Phone(keys=["9", "1", "2"], name="customer")}
    carrier = Carrier(
        post,
        base_url=BASE_URL,
        auth_token=TOKEN,
        clock_start=NOW,
        pickups=phones,
        deliveries=3,
        disorder_seed=seed,
    )
    call = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert carrier.deliveries_differed == []
    [report] = reports()
    assert (report.call_sid, report.category, report.loss) == (call.sid, "prize", "no")


def test_a_captured_key_press_replayed_later_changes_nothing(carrier, ring, post, reports, dynamodb, store):
    captured = []

    def recording(url, form, headers):
        captured.append((url, form, headers))
        return post(url, form, headers)

    tapped = Carrier(
        recording,
        base_url=BASE_URL,
        auth_token=TOKEN,
        clock_start=NOW,
        pickups={demo.CUSTOMER: Phone(keys=["9", "1", "2"], name="customer")},
    )
    tapped.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    tapped.run()

    def table():
        return sorted(dynamodb.scan(TableName=store.table.name)["Items"], key=str)

    before = table()
    later = str((NOW + 86_400) * 1000)
    for url, form, headers in captured:
        assert post(url, form, {**headers, "X-Carrier-Time": later}).status in {200, 204}
    assert table() == before


class TestOutages:
    def test_the_lines_last_good_record_rings_the_customer_and_the_caller_is_warned(self, ring, outage):
        ring(caller=[ANNOUNCED], customer=["3"])
        outage.down = True
        call = ring(demo.TRUSTED, caller=[ANNOUNCED], customer=["1"])
        assert call.caller.hears("unknown_notice")
        assert call.talked

    def test_without_a_last_good_record_there_is_an_apology_and_never_the_report_line(self, ring, outage):
        outage.down = True
        call = ring()
        assert call.caller.hears("apology")
        assert not call.caller.hears("welcome", "en")
        assert not call.rang(demo.CUSTOMER)

    def test_a_report_that_cannot_be_stored_is_never_confirmed(self, ring, outage, reports):
        outage.down, outage.touching = True, "REPORT#"
        call = ring(caller=[ANNOUNCED], customer=["9"])
        assert not call.customer.hears("recorded", "en")
        assert call.customer.hears("not_recorded")
        assert call.customer.hears("please_call_care")
        outage.down = False
        assert reports() == []

    def test_a_call_whose_record_was_lost_offers_no_key_that_needs_it(self, ring, outage, reports):
        outage.down, outage.only = True, ("TransactWriteItems",)
        call = ring(caller=[ANNOUNCED], customer=["9", "1"])
        assert call.customer.hears_key("connect", "1")
        assert not call.customer.hears_key("report", "9")
        assert not call.customer.hears_key("connect_and_trust", "2")
        assert call.talked
        assert reports() == []

    def test_a_line_is_free_within_the_hour_when_a_calls_end_was_not_stored(self, ring, outage, carrier):
        outage.only = ("UpdateItem",)
        outage.touching = "attribute_exists(pk)"
        outage.down = True
        ring(caller=[ANNOUNCED], customer=["1"])
        outage.down = False
        carrier.wait(3700)
        assert ring("+96899887766", caller=[ANNOUNCED], customer=["1"]).talked

    def test_the_report_line_is_known_by_its_setting_and_care_is_rung(self, ring, outage):
        outage.down = True
        call = ring(to=demo.REPORT_LINE)
        assert call.caller.hears("apology")
        assert call.rang(demo.CARE)

    def test_an_acceptance_that_cannot_be_stored_still_connects(self, ring, outage):
        outage.down, outage.only = True, ("UpdateItem", "Query")
        call = ring(caller=[ANNOUNCED], customer=["1"])
        assert call.talked
        assert not call.caller.hears("not_available", "en")

    def test_a_detail_that_cannot_be_stored_does_not_stop_the_reference(self, ring, outage, reports):
        outage.down, outage.only = True, ("UpdateItem",)
        call = ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
        assert call.customer.hears("reference")
        assert reports()[0].category == ""


def test_no_number_rides_in_a_url(ring, post):
    call = ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    urls = [entry.text for entry in call.call.transcript if entry.kind == "webhook"]
    assert urls
    assert not any(digits in url for url in urls for digits in ("1234567", "2025550", "91234"))


def test_a_customer_is_stored_as_a_pseudonym(ring, reports, store):
    call = ring(caller=[ANNOUNCED], customer=["9", HANG_UP])
    kept = str([record.to_item() for record in (store.calls.get(call.sid), *reports())])
    assert demo.CUSTOMER not in kept
    assert call_key(call.sid).pk in kept


def test_the_customers_9_reads_the_record_of_the_call_once(post, outage):
    """The report and the move out of the whisper ask for the same record, in one webhook."""
    asked = {}

    def tapped(url, form, headers):
        before = len(outage.asked)
        answer = post(url, form, headers)
        asked.setdefault((urlsplit(url).path, dict(form).get("Digits")), outage.asked[before:])
        return answer

    phones = {demo.CUSTOMER: Phone(keys=["9", HANG_UP], name="customer")}
    carrier = Carrier(tapped, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=phones)
    carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert asked["/voice/whisper/offer", "9"] == ["GetItem", "TransactWriteItems"]
