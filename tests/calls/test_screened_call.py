"""The screened call, verdict by verdict: what the caller hears, what the customer hears, and what is stored."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, BARGE_IN, HANG_UP, SILENCE, STUTTER
from infra.local import demo
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import PrefixRule
from ivr.screening.line import Line

STRANGER = "+96891234567"


def test_an_unknown_caller_is_warned_and_checked_and_reaches_the_customer(ring):
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.caller.hears("unknown_notice")
    assert call.customer.hears("why.unknown")
    assert call.customer.hears("number_ends")
    assert call.customer.hears("advice_for.unknown")
    assert call.talked
    assert call.status == "completed"
    assert not call.caller.hears("not_available", "en")


def test_a_key_cuts_the_notice_short(ring):
    call = ring(caller=[ANNOUNCED], customer=[BARGE_IN("1")])
    assert call.talked
    assert not call.customer.hears_key("report", "9")


def test_one_press_that_arrives_three_times_is_one_press(ring):
    assert ring(caller=[ANNOUNCED], customer=[STUTTER("111")]).talked


def test_the_customer_hears_the_digits_one_by_one_and_only_the_last_three(ring):
    call = ring(caller=[ANNOUNCED], customer=["3"])
    english = " ".join(call.customer.heard)
    assert "5, 6, 7." in english
    assert "خمسة، ستة، سبعة" in english
    assert "4, 5" not in english


def test_a_wrong_digit_is_given_one_more_try_and_then_a_polite_end(ring):
    call = ring(caller=["1", "2"])
    assert not call.rang(demo.CUSTOMER)
    assert call.caller.hears("not_available")
    assert call.caller.hears("goodbye")


def test_a_silent_caller_never_rings_the_customer(ring):
    call = ring(caller=[SILENCE, SILENCE])
    assert not call.rang(demo.CUSTOMER)
    assert call.caller.hears("not_available")


def test_the_second_try_may_succeed(ring):
    call = ring(caller=["0", ANNOUNCED], customer=["1"])
    assert call.talked


def test_a_trusted_caller_hears_nothing_but_ringing_and_is_announced(ring):
    call = ring(demo.TRUSTED, customer=["1"])
    assert call.caller.heard == []
    assert call.customer.hears("why.desk_trusted")
    assert not call.customer.hears_key("connect_and_trust", "2")
    assert call.talked


def test_a_trusted_caller_can_be_reported(ring, reports):
    ring(demo.TRUSTED, customer=["9", "3", "2"])
    assert [report.category for report in reports()] == ["money"]


def test_a_voicemail_swallows_no_trusted_caller(ring):
    call = ring(demo.TRUSTED, customers_phone={"answers": "voicemail"})
    assert not call.talked
    assert call.caller.hears("not_available")


def test_a_withheld_caller_is_never_shown_as_a_number(environment, ring):
    environment["CALLER_ID_SHOWN"] = "caller"
    call = ring("anonymous", caller=[ANNOUNCED], customer=["1"])
    assert next(leg.from_ for leg in call.call.legs if leg.parent) == demo.PROTECTED_LINE


def test_the_line_stays_taken_through_the_longest_whisper_with_a_report(carrier, pickups, store, rest_server):
    from infra.carrier import Phone, Refused

    rest_server.faults.always("calls.update", Refused())  # else the report is made outside of the whisper
    pickups[demo.CUSTOMER] = Phone(keys=[SILENCE, "9", *[SILENCE] * 4], name="customer")
    first = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    second = carrier.place(from_="+96899887766", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]), after=255)
    carrier.run()
    assert first.transcript.of("customer")[-1].at > 280
    assert len(second.legs) == 1


@pytest.mark.parametrize("replayed", ["/voice/screened/ring", "/voice/whisper/offer", "/voice/status"])
def test_a_replay_a_day_later_trusts_nobody_after_a_short_talk(carrier, pickups, post, store, replayed):
    from infra.carrier import Carrier, Phone
    from tests.conftest import BASE_URL, NOW, TOKEN

    captured = []

    def recording(url, form, headers):
        captured.append((url, form, headers))
        return post(url, form, headers)

    pickups[demo.CUSTOMER] = Phone(keys=["2"], name="customer", talks_for=20)
    tapped = Carrier(recording, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=pickups)
    tapped.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    tapped.run()
    for url, form, headers in captured:
        if replayed in url:
            post(url, form, {**headers, "X-Carrier-Time": str((NOW + 86_400) * 1000)})
    assert store.table.get(list_entry_key(demo.PROTECTED_LINE, STRANGER)) is None


def test_a_flagged_caller_is_warned_and_told_where_to_dispute(ring):
    call = ring(demo.FLAGGED, caller=[ANNOUNCED], customer=["3"])
    assert call.caller.hears("fraud_warning")
    assert call.customer.hears("why.desk_flagged")
    assert call.customer.hears("declined")
    assert call.caller.hears("not_available")
    assert call.caller.hears("dispute_at")


def test_a_flagged_caller_cannot_be_trusted_by_key(ring, store):
    call = ring(demo.FLAGGED, caller=[ANNOUNCED], customer=["2", SILENCE])
    assert not call.customer.hears_key("connect_and_trust", "2")
    assert not call.talked
    assert store.table.get(list_entry_key(demo.PROTECTED_LINE, demo.FLAGGED)) is None


def test_a_blocked_caller_is_rejected_before_the_call_costs_anything(ring):
    call = ring(demo.BLOCKED)
    assert call.status == "rejected"
    assert not call.call.billed
    assert not call.rang(demo.CUSTOMER)


def test_a_customers_own_block_rejects_in_every_mode(ring, store):
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="off"))
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=STRANGER, word="block"))
    assert ring().status == "rejected"


def test_decline_no_answer_busy_and_voicemail_sound_alike(ring):
    ends = {
        "decline": {"customer": ["3"]},
        "no key": {"customer": [SILENCE, SILENCE]},
        "no answer": {"customers_phone": {"answers": "no-answer"}},
        "busy": {"customers_phone": {"answers": "busy"}},
        "voicemail": {"customers_phone": {"answers": "voicemail"}},
        "refused": {"customers_phone": {"answers": "declines"}},
    }
    heard = {name: ring(caller=[ANNOUNCED], **phones).caller.heard[-4:] for name, phones in ends.items()}
    assert len({tuple(words) for words in heard.values()}) == 1, heard
    # A reported caller hears the same, but may leave no message.
    assert ring(caller=[ANNOUNCED], customer=["9", HANG_UP]).caller.hears("not_available")


def test_a_voicemail_that_answers_is_no_acceptance(ring, store):
    call = ring(caller=[ANNOUNCED], customers_phone={"answers": "voicemail"})
    assert not call.talked
    assert store.calls.get(call.sid).accepted_at == 0


def test_a_caller_who_gives_up_while_it_rings_frees_the_line(ring, store):
    first = ring(caller=[ANNOUNCED], customers_phone={"answers": "no-answer"}, callers_phone={"patience": 5})
    assert not first.talked
    second = ring("+96899887766", caller=[ANNOUNCED], customer=["1"])
    assert second.talked


def test_a_second_caller_during_a_talk_gets_the_no_answer_path(carrier, pickups, ring):
    from infra.carrier import Phone

    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer", talks_for=600)
    first = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    second = carrier.place(from_="+96899887766", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]), after=300)
    carrier.run()
    assert any(entry.kind == "bridged" for entry in first.transcript)
    assert len(second.legs) == 1
    assert any("not available" in said for said in second.transcript.said("caller", "en"))


@pytest.mark.parametrize(
    ("seconds", "listed"), [(30, False), (90, True)], ids=["a short talk trusts nobody", "a talk of a minute does"]
)
def test_connect_and_trust_takes_effect_only_after_a_minute(ring, seconds, listed):
    first = ring(caller=[ANNOUNCED], customer=["2"], customers_phone={"talks_for": seconds})
    assert first.talked
    second = ring(caller=[ANNOUNCED], customer=["1"])
    assert second.customer.hears("why.own_allow", "en") is listed


def test_strict_lines_never_ring_for_flagged_or_withheld_callers(ring, store):
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="strict"))
    flagged, withheld, unknown = ring(demo.FLAGGED), ring("anonymous"), ring(caller=[ANNOUNCED], customer=["1"])
    assert not flagged.rang(demo.CUSTOMER)
    assert flagged.caller.hears("fraud_warning")
    assert flagged.caller.hears("not_available")
    assert not withheld.rang(demo.CUSTOMER)
    assert withheld.caller.hears("withheld_refused")
    assert unknown.talked


def test_mode_off_rings_everybody_and_asks_nothing(ring, store):
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="off"))
    for from_ in (STRANGER, demo.FLAGGED, demo.BLOCKED, "anonymous"):
        call = ring(from_)
        assert call.talked, from_
        assert call.caller.heard == [], from_


def test_a_withheld_caller_is_announced_as_such_and_a_report_keeps_no_caller(ring, reports):
    call = ring("Restricted", caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert call.customer.hears("why.withheld")
    assert not call.customer.hears("number_ends", "en")
    [report] = reports()
    assert report.caller == ""
    assert report.verified


@pytest.mark.parametrize("mode", ["standard", "strict", "off"])
def test_a_number_that_always_rings_skips_the_check_in_every_mode_and_is_announced(environment, ring, store, mode):
    hospital = environment["ALWAYS_RING"] = "+96824599000"
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode=mode))
    call = ring(hospital, customer=["1"])
    assert not call.caller.hears("unknown_notice")
    assert not call.caller.hears_key("reach_person", "3")
    assert call.customer.hears("why.unknown")
    assert call.talked


@pytest.mark.parametrize(
    ("from_", "parameters", "why"),
    [
        ("1500", {}, "impersonation"),
        (demo.CARE, {}, "impersonation"),
        (demo.CARE, {"StirVerstat": "TN-Validation-Passed-B"}, "impersonation"),
        (STRANGER, {"StirVerstat": "TN-Validation-Failed-C"}, "spoofed"),
        (
            STRANGER,
            {
                "AddOns": '{"status":"successful","results":{"nomorobo_spamscore":'
                '{"status":"successful","result":{"score":1}}}}'
            },
            "spam_score",
        ),
        ("+37112345678", {}, "prefix_flagged"),
    ],
)
def test_the_customer_is_told_why_a_caller_is_flagged(ring, store, from_, parameters, why):
    store.put(PrefixRule(prefix="+371", verdict="flagged", note="wangiri"))
    call = ring(from_, caller=[ANNOUNCED], customer=["3"], parameters=parameters)
    assert call.caller.hears("fraud_warning")
    assert call.customer.hears(f"why.{why}")
    assert call.customer.hears(f"advice_for.{why}")


class TestLoops:
    def test_a_call_forwarded_from_the_customers_telephone_is_busy(self, ring):
        assert ring(parameters={"ForwardedFrom": demo.CUSTOMER}).status == "busy"

    def test_a_call_from_one_of_our_lines_is_busy(self, ring):
        assert ring(demo.REPORT_LINE).status == "busy"
        assert ring(demo.PROTECTED_LINE).status == "busy"

    def test_a_ring_forwarded_back_to_its_line_is_busy(self, carrier, pickups):
        from infra.carrier import Phone

        pickups[demo.CUSTOMER] = Phone(answers="no-answer", name="customer")
        carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
        again = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(), after=35)
        carrier.run()
        assert again.status == "busy"
        assert not again.billed


def test_a_customer_who_dials_their_own_line_gets_the_report_line(ring):
    call = ring(demo.CUSTOMER, caller=["2", HANG_UP])
    assert call.caller.hears("welcome")
    assert call.caller.hears("report_line_menu", "en")
    assert not call.caller.hears("report_line_menu", "ar")


def test_the_customers_languages_come_in_the_lines_order(ring, store):
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, languages="en-ar"))
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.customer.heard[0].startswith("Nakhla Telecom: an unknown number is calling.")
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, languages="ar"))
    assert not ring(caller=[ANNOUNCED], customer=["1"]).customer.hears("why.unknown", "en")


def test_the_callers_number_is_shown_where_the_setting_says_so(environment, ring):
    environment["CALLER_ID_SHOWN"] = "caller"
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert next(leg.from_ for leg in call.call.legs if leg.parent) == STRANGER
