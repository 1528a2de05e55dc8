"""The report line and customer care: language, advice, a typed number, a transfer that says how it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.carrier import HANG_UP, SILENCE
from infra.local import demo
from ivr.reputation.disputes import KEPT

NOBODY_REGISTERED = "+12025550177"
CUSTOMER = "+96892223344"
TYPED = ("0096891234567#", "+96891234567")


@pytest.fixture
def hotline(ring):
    def dial(*keys, from_=CUSTOMER, to=demo.REPORT_LINE, **phones):
        return ring(from_, to, caller=keys, **phones)

    return dial


def test_a_number_that_nobody_registered_is_a_report_line(hotline):
    assert hotline("2", HANG_UP, to=NOBODY_REGISTERED).caller.hears("report_line_menu", "en")


@pytest.mark.parametrize(("key", "spoken", "silent"), [("1", "ar", "en"), ("2", "en", "ar")])
def test_the_language_once_chosen_holds(hotline, key, spoken, silent):
    call = hotline(key, "3", "1", "1", HANG_UP)
    for prompt in ("report_line_menu", "advice.never_ask", "advice.complaint", "advice.prize"):
        assert call.caller.hears(prompt, spoken)
        assert not call.caller.hears(prompt, silent)


def test_each_language_is_offered_in_itself_alone(hotline):
    [arabic, english, *_] = hotline(HANG_UP).caller.heard
    assert "للغة العربية" in arabic
    assert "الإنجليزية" not in arabic
    assert "English" in english
    assert "Arabic" not in english


def test_all_eight_points_of_the_advice_are_heard(hotline):
    call = hotline("2", "3", "1", "1", HANG_UP)
    points = "never_ask", "prize", "announced", "end_call", "call_back", "tell_care", "complaint", "report_helps"
    assert all(call.caller.hears(f"advice.{point}", "en") for point in points)


def test_an_offer_can_be_checked(hotline):
    call = hotline("1", "4", HANG_UP)
    assert call.caller.hears("advice.prize", "ar")
    assert call.caller.hears("advice.announced", "ar")


def test_a_typed_number_is_read_back_confirmed_and_kept_as_unverified(hotline, reports):
    call = hotline("2", "2", TYPED[0], "1", "4", "2", HANG_UP)
    assert "The number is 9, 6, 8, 9, 1, 2, 3, 4, 5, 6, 7." in " ".join(call.caller.heard)
    [report] = reports()
    assert (report.caller, report.verified, report.category, report.loss) == (TYPED[1], 0, "pretended", "no")
    assert call.caller.hears("reference", "en")


@pytest.mark.parametrize("typed", ["91234567#", "1500#", "0014155550100#"])
def test_numbers_are_understood_as_people_type_them(hotline, reports, typed):
    hotline("2", "2", typed, "1", HANG_UP)
    assert len(reports()) == 1


def test_an_invalid_number_is_asked_for_again_three_times_at_most(hotline, reports):
    call = hotline("2", "2", "12#", "00#", "7#", HANG_UP)
    assert call.caller.hears("number_invalid", "en")
    assert reports() == []


def test_a_number_can_be_heard_and_typed_again(hotline, reports):
    call = hotline("2", "2", "91234560#", "3", "2", "91234567#", "1", HANG_UP)
    assert " ".join(call.caller.heard).count("6, 0.") == 2
    assert [report.caller for report in reports()] == ["+96891234567"]


def test_nothing_is_recorded_without_the_confirming_key(hotline, reports):
    call = hotline("2", "2", "91234567#", SILENCE, SILENCE, SILENCE)
    assert call.caller.hears("number_dropped", "en")
    assert reports() == []


def test_two_numbers_in_one_call_are_two_reports(hotline, reports):
    hotline("2", "2", "91234567#", "1", "1", "2", "2", "91234568#", "1", "1", "2", HANG_UP)
    assert sorted(report.caller for report in reports()) == ["+96891234567", "+96891234568"]
    assert len({report.reference for report in reports()}) == 2


def test_after_a_loss_customer_care_follows_at_once(hotline):
    call = hotline("2", "2", "91234567#", "1", "2", "1")
    assert call.caller.hears("advice.complaint", "en")
    assert call.rang(demo.CARE)
    assert call.talked


def test_silence_ends_every_menu_politely(hotline):
    assert hotline("2").caller.hears("goodbye", "en")


def test_a_silent_caller_is_taken_to_care(hotline):
    call = hotline()
    assert call.rang(demo.CARE)


def test_a_report_that_cannot_be_stored_is_admitted_and_care_is_rung(hotline, outage, reports):
    outage.down, outage.only = True, ("PutItem",)
    call = hotline("2", "2", "91234567#")
    assert call.caller.hears("not_recorded", "en")
    assert call.rang(demo.CARE)
    assert reports() == []


def test_two_reports_in_one_call_keep_their_own_answers(hotline, reports):
    hotline("2", "2", "91234567#", "1", "1", "2", "2", "91234568#", "1", SILENCE, SILENCE, "1")
    by_number = {report.caller: report for report in reports()}
    assert (by_number["+96891234567"].category, by_number["+96891234567"].loss) == ("prize", "no")
    assert (by_number["+96891234568"].category, by_number["+96891234568"].loss) == ("", "yes")


def test_a_late_webhook_of_an_earlier_number_reports_nothing_else(post, carrier, reports):
    """A is typed, then B is typed and read back; A's webhook is repeated; B is confirmed."""
    from infra.carrier import Carrier, Phone
    from tests.conftest import BASE_URL, NOW, TOKEN

    typed = []

    def late(url, form, headers):
        if "type_number" in url:
            typed.append((url, form, headers))
        if "confirm_number" in url and len(typed) == 2:
            post(*typed[0])
        return post(url, form, headers)

    tapped = Carrier(late, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW)
    phone = Phone(keys=["2", "2", "91234560#", "2", "91234567#", "1", HANG_UP])
    tapped.place(from_=CUSTOMER, to=demo.REPORT_LINE, phone=phone)
    tapped.run()
    assert [report.caller for report in reports()] == ["+96891234567"]


def test_the_same_number_typed_twice_in_a_call_is_one_report(hotline, reports):
    hotline("2", "2", "91234567#", "1", "1", "2", "2", "91234567#", "1", HANG_UP)
    assert len(reports()) == 1


class TestDisputes:
    def test_a_wrongly_listed_caller_opens_a_dispute(self, hotline, store):
        call = hotline("2", "6")
        assert call.caller.hears("dispute_opened", "en")
        assert store.disputes.get(CUSTOMER).state == "open"
        assert store.disputes.get(CUSTOMER).source == call.sid

    def test_a_second_one_changes_nothing_while_the_first_is_open(self, hotline, store):
        first = hotline("2", "6")
        hotline("2", "6")
        assert store.disputes.get(CUSTOMER).source == first.sid

    def test_a_decided_one_may_be_opened_again_by_a_new_call(self, hotline, store):
        hotline("2", "6")
        store.put(replace(store.disputes.get(CUSTOMER), state=KEPT))
        again = hotline("2", "6")
        assert (store.disputes.get(CUSTOMER).state, store.disputes.get(CUSTOMER).source) == ("open", again.sid)

    def test_a_hidden_number_cannot_dispute_and_is_told_so(self, hotline):
        assert hotline("2", "6", from_="anonymous").caller.hears("dispute_needs_number", "en")
