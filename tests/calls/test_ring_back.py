"""The ring-back: calls are revealed, and reports withdrawn, only on a leg that we dialled to the registered number."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, SILENCE, Phone
from infra.local import demo
from ivr.calls.call_record import CallRecord
from ivr.jobs.job import RingBack
from ivr.outbox.pending import ReportByCall
from ivr.pseudonym import pseudonym
from ivr.screening.line import Line
from tests.conftest import NOW

STRANGER = "+96891234567"
PERSON = pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])


@pytest.fixture
def rung_back(carrier, pickups, settle):
    """We ring the customer back, as the follow-up function does; the customer presses these keys."""

    def place(*keys, **phone):
        settle()
        pickups[demo.CUSTOMER] = Phone(keys=list(keys), name="customer", **phone)
        pickups[demo.CARE] = Phone(name="care")
        with carrier.rest() as rest:
            rest_client(rest).calls.create(
                to=demo.CUSTOMER,
                from_=demo.PROTECTED_LINE,
                url="https://ivr.example.com/voice/ring_back/start?languages=en&leg=rung_back",
            )
            carrier.run()
        settle()
        return carrier.legs[-1].transcript

    return place


def rest_client(rest):
    from infra.carrier import rest_client as client

    return client(rest.base_url, "AC" + "0" * 32, "12345", 5)


def in_turn(*keys):
    """A person who presses these keys; what is no key happens before the next one is pressed."""
    left = list(keys)

    def ask(_):
        while callable(left[0]):
            left.pop(0)()
        return left.pop(0)

    return ask


def heard(transcript):
    return " ".join(transcript.said("customer", "en"))


def test_a_ring_back_request_reveals_nothing_and_counts_once_a_call(ring, store, settle, dynamodb):
    ring(caller=[ANNOUNCED], customer=["1"])
    settle()
    asked = ring(demo.CUSTOMER, caller=["2", "1"])
    assert asked.caller.hears("ring_back_asked", "en")
    unregistered = ring("+96899887766", demo.REPORT_LINE, caller=["2", "1"])
    assert unregistered.caller.hears("ring_back_asked", "en")
    assert unregistered.caller.heard == asked.caller.heard
    items = [store.table.plain(item) for item in dynamodb.scan(TableName=store.table.name)["Items"]]
    [job] = [item for item in items if item["sk"] == "RING_BACK" and "state" not in item]
    assert (job["person"], job["line"]) == (PERSON, demo.PROTECTED_LINE)
    assert demo.CUSTOMER not in str(job)


class TestWhoIsRungBack:
    @pytest.fixture
    def asked(self, dynamodb, store):
        """The ring-backs that are to be placed, in the order in which they were asked for."""

        def asked():
            items = map(store.table.plain, dynamodb.scan(TableName=store.table.name)["Items"])
            jobs = [RingBack.from_item(item) for item in items if item["sk"] == "RING_BACK"]
            return sorted((one for one in jobs if one.state == "asked"), key=lambda one: one.asked_at)

        return asked

    def test_a_customer_on_their_own_line_whom_nobody_has_rung_yet(self, ring, asked):
        call = ring(demo.CUSTOMER, caller=["2", "1"])
        assert call.caller.hears("ring_back_asked", "en")
        [job] = asked()
        assert (job.person, job.line, job.languages) == (PERSON, demo.PROTECTED_LINE, "en")

    def test_a_customer_on_the_report_line_who_was_rung_before(self, ring, settle, asked):
        ring(caller=[ANNOUNCED], customer=["1"])
        settle()
        ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2", "1"])
        [job] = asked()
        assert (job.person, job.line) == (PERSON, demo.PROTECTED_LINE)

    def test_nobody_whose_line_now_rings_another_telephone(self, ring, settle, store, asked):
        ring(caller=[ANNOUNCED], customer=["1"])
        settle()
        store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to="+12025550141"))
        call = ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2", "1"])
        assert call.caller.hears("ring_back_asked", "en")
        assert asked() == []

    def test_no_withheld_caller_who_hears_so(self, ring, asked):
        call = ring("anonymous", demo.REPORT_LINE, caller=["2", "1"])
        assert call.caller.hears("ring_back_needs_number", "en")
        assert not call.caller.hears("ring_back_asked", "en")
        assert asked() == []

    def test_no_ring_back_is_offered_without_an_account(self, environment, ring, asked):
        environment["TWILIO_ACCOUNT_SID"] = ""
        call = ring(demo.CUSTOMER, caller=["2", "1"])
        assert call.caller.hears_key("report_number", "2")
        assert not call.caller.hears_key("report_last_call", "1")
        assert not call.caller.hears("ring_back_asked", "en")
        assert asked() == []

    def test_three_a_day_and_the_day_begins_at_midnight_where_the_customers_live(self, ring, carrier, asked):
        for _ in range(4):
            ring(demo.CUSTOMER, caller=["2", "1"])  # on Wednesday, at 15:06 in Muscat
        carrier.wait(9 * 3600)
        ring(demo.CUSTOMER, caller=["2", "1"])
        carrier.wait(5 * 3600)  # past midnight in UTC
        ring(demo.CUSTOMER, caller=["2", "1"])
        assert [job.day for job in asked()] == ["2026-11-18"] * 3 + ["2026-11-19"] * 2


def test_the_language_that_was_chosen_on_the_report_line_holds_to_the_end(
    environment, ring, settle, carrier, pickups, follow_up
):
    environment.update({"SMS_FROM": "+12025550190", "CARE_LANGUAGES": "en"})
    ring(caller=[ANNOUNCED], customer=["1"])
    settle()
    asked = ring(demo.CUSTOMER, caller=["2", "1"])  # English, where the line's first language is Arabic
    assert asked.caller.hears("ring_back_asked", "en")
    pickups[demo.CUSTOMER] = Phone(keys=["1", "1", "1", "2", "1"], name="customer")  # the last call, about PINs, lost
    pickups[demo.CARE] = Phone(keys=["1"], name="care")
    follow_up()
    carrier.run()
    follow_up()
    [rung_back] = [leg for leg in carrier.legs if leg.direction == "outbound-api"]
    assert "Your report has been recorded." in heard(rung_back.transcript)
    assert rung_back.transcript.said("customer", "ar") == []
    assert any("The language is English." in said for said in rung_back.transcript.said("care", "en"))
    [message] = carrier.messages
    assert "Public Prosecution" in message.body


@pytest.mark.slow
def test_the_last_call_is_named_by_time_and_last_two_digits_and_can_be_reported(ring, rung_back, reports):
    call = ring(caller=[ANNOUNCED], customer=["1"])
    said = heard(rung_back("1", "1", "1", "1", "2", HANG_UP))
    assert "number ends in 6, 7" in said
    [report] = reports()
    assert (report.call_sid, report.caller, report.category, report.loss) == (call.sid, STRANGER, "prize", "no")
    assert report.verified
    assert report.counted


class TestWhileTheCustomerThinks:
    """A key acts on the call or report that was read out, not on the newest one."""

    @pytest.fixture
    def then_rings(self, store, settle, carrier):
        """Another caller rings this customer, and the table's stream is followed."""

        def then_rings(caller="+96899990011"):
            store.put(
                CallRecord(
                    call_sid="CA" + "b" * 32,
                    line=demo.PROTECTED_LINE,
                    customer=PERSON,
                    verdict="unknown",
                    reason="unknown",
                    rang_at=int(carrier.epoch),
                    expires=int(carrier.epoch) + 90_000,
                    caller=caller,
                )
            )
            settle()

        return then_rings

    @pytest.fixture
    def reports_another(self, then_rings, store, settle):
        """Another caller rings this customer, who reports that call in it."""

        def reports_another():
            then_rings()
            call = store.calls.get("CA" + "b" * 32)
            pressed = ReportByCall(call.call_sid, "screened", "12345674", call.rang_at, call.expires)
            store.reports.put(pressed.of_call(call))
            settle()

        return reports_another

    def test_a_new_call_is_read_out_before_it_can_be_reported(self, ring, rung_back, then_rings, reports):
        ring(caller=[ANNOUNCED], customer=["1"])
        said = heard(rung_back(ask=in_turn("1", "1", then_rings, "1", HANG_UP)))
        assert said.index("number ends in 6, 7") < said.index("number ends in 1, 1")
        assert "recorded" not in said
        assert reports() == []

    def test_a_new_call_that_was_read_out_can_be_reported(self, ring, rung_back, then_rings, reports):
        ring(caller=[ANNOUNCED], customer=["1"])
        rung_back(ask=in_turn("1", "1", then_rings, "1", "1", HANG_UP))
        [report] = reports()
        assert report.caller == "+96899990011"

    def test_answers_stay_with_their_report(self, ring, rung_back, then_rings, settle, reports):
        call = ring(caller=[ANNOUNCED], customer=["1"])
        rung_back(ask=in_turn("1", "1", "1", settle, then_rings, "3", "2", HANG_UP))
        [report] = reports()
        assert (report.call_sid, report.category, report.loss) == (call.sid, "money", "no")

    def test_only_the_report_that_was_read_out_is_withdrawn(self, ring, rung_back, reports_another, reports):
        call = ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
        said = heard(rung_back(ask=in_turn("1", "5", reports_another, "1", HANG_UP)))
        assert "1, 2, 3, 4, 5, 6, 7, 4" in said
        assert len(reports()) == 2
        assert not any(report.withdrawn for report in reports())
        rung_back(ask=in_turn("1", "5", "1"))
        [withdrawn] = [report for report in reports() if report.withdrawn]
        assert withdrawn.call_sid != call.sid


def test_a_report_can_be_withdrawn_within_a_day_and_counts_no_longer(ring, rung_back, reports, store, settle):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert "withdrawn" in heard(rung_back("1", "5", "1"))
    assert reports()[0].withdrawn
    from ivr.numbers import phone_number

    looked = store.look_up(demo.PROTECTED_LINE, phone_number.read(STRANGER, "OM"), NOW)
    assert looked.reputation.live == 0


def test_after_a_day_it_is_too_late(ring, rung_back, reports, carrier):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    carrier.wait(90_000)
    assert "no report to withdraw" in heard(rung_back("1", "5", HANG_UP))
    assert not reports()[0].withdrawn


def test_a_silent_customer_hears_who_rings_a_second_time(ring, rung_back):
    ring(caller=[ANNOUNCED], customer=["1"])
    said = rung_back(SILENCE, "1", HANG_UP)
    assert "You asked us to call you back." in heard(said)
    assert "Main menu." in heard(said)


@pytest.mark.slow
def test_a_voicemail_is_told_nothing(ring, rung_back, carrier):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    said = heard(rung_back(answers="voicemail"))
    assert "reference" not in said
    assert "ends in" not in said


def test_a_caller_who_shows_the_customers_number_learns_nothing(ring, post, carrier, store):
    """The ring-back's own steps, asked for on a leg that we did not dial."""
    from tests.gate.test_gate import signed

    ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    form = [("CallSid", "CA9"), ("From", demo.CUSTOMER), ("To", demo.PROTECTED_LINE), ("Direction", "inbound")]
    for path in ("/voice/ring_back/find_call", "/voice/ring_back/find_report", "/voice/ring_back/withdraw"):
        answer = post("https://ivr.example.com" + path, form, {"X-Twilio-Signature": signed(form, path)})
        assert "There is no" in answer.body
    assert store.latest.call(PERSON) is None  # nothing was even settled


def test_a_wrong_key_after_the_last_call_asks_again(ring, rung_back, reports):
    ring(caller=[ANNOUNCED], customer=["1"])
    said = heard(rung_back("1", "1", "7", "1", HANG_UP))
    assert "what to do with that call" in said
    assert len(reports()) == 1


@pytest.mark.slow
def test_a_dispute_on_a_ring_back_is_the_customers_own_number_not_our_line(ring, rung_back, store, settle):
    ring(caller=[ANNOUNCED], customer=["1"])
    rung_back("1", "1", "1", "1", "2", "6")
    [dispute] = store.disputes.all()
    assert dispute.caller == demo.CUSTOMER
