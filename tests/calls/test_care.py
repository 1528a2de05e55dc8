"""Customer care: in its hours an agent hears who calls and takes the call with a key; otherwise a call-back."""

from __future__ import annotations

import json
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, SILENCE, SPEAK, Carrier, Phone
from infra.local import demo
from ivr.care.call_backs import DONE, IN_PROGRESS
from ivr.flow.decisions import CONDITIONS
from ivr.flow.pages import BOOK
from ivr.flow.steps import Menu
from ivr.pseudonym import is_reference, pseudonym
from tests.calls.conftest import Leg
from tests.care.agent import Agent
from tests.conftest import BASE_URL, NOW, TOKEN
from tests.flow.conftest import FACTS
from tests.slowly import slow_but

AT_HOME = "+96892223344"  # a mobile number of the home region, which calls the report line
WORKFLOW = "WW" + "a" * 32
REPORTS_A_LOSS = ("2", "2", "0096891234567#", "1", "2", "1")  # in English: a typed number, about secrets, lost
DAY = 24 * 3600


def on(transcript):
    """The customer's leg of a ring-back."""
    return Leg(SimpleNamespace(transcript=transcript), "customer")


def muscat(text):
    """Epoch seconds. The tests' calls begin on Wednesday, 18 November 2026, at 15:06 in Muscat."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Muscat")).timestamp())


@pytest.fixture
def hotline(ring):
    def dial(*keys, from_=AT_HOME, to=demo.REPORT_LINE, **phones):
        return ring(from_, to, caller=keys, **phones)

    return dial


@pytest.fixture
def call_backs(store):
    return store.call_backs


@pytest.fixture
def agent(store):
    return Agent(store)


@pytest.fixture
def asked(call_backs):
    """Every call-back that was asked for."""
    return lambda: [*call_backs.listed(NOW)]


@pytest.fixture
def counted(caplog):
    caplog.set_level("INFO")
    return lambda: [record.metric for record in caplog.records if hasattr(record, "metric")]


@pytest.fixture(autouse=True)
def _agents_hear_both(environment):
    environment["CARE_LANGUAGES"] = "ar-en"


class TestAnAgent:
    def test_takes_the_call_with_a_key_after_the_whisper(self, hotline, counted):
        call = hotline("2", "0")
        assert call.caller.hears("connecting_care", "en")
        assert call.care.hears("agent_hello")
        assert call.care.hears("agent_caller")
        assert call.care.hears("agent_language")
        assert call.care.hears_key("agent_take", "1")
        assert call.talked
        assert not call.rang(demo.SECOND_CARE)
        assert "care_talked" in counted()

    def test_hears_the_reason_first_and_reference_and_number_after_the_key(self, hotline, reports):
        call = hotline(*REPORTS_A_LOSS)
        [report] = reports()
        urgent, before, after = call.call.transcript.said("care", "en")
        assert urgent == "Urgent: something was lost or given away."
        assert "It is about bank details, a PIN or a code." in before
        assert f"is {', '.join(report.reference)}. The reported number is 9, 6, 8, 9, 1, 2, 3, 4, 5, 6, 7." in after
        assert "9, 6, 8" not in urgent + before  # which a voicemail may record
        assert call.talked

    def test_hears_of_no_report_without_one_in_this_call(self, hotline, outage):
        call = hotline("2", "0")
        assert not call.care.hears("agent_loss", "en")
        assert not call.care.hears("agent_reference", "en")
        assert "GetItem" not in outage.asked  # nothing was looked up for it

    def test_can_hear_the_reference_again(self, hotline):
        call = hotline(*REPORTS_A_LOSS, care=["2", "1"])
        assert sum("Urgent" in said for said in call.care.heard) == 2
        assert call.talked

    @pytest.mark.parametrize(
        ("languages", "heard", "not_heard"),
        [("ar", ["ar"], ["en"]), ("en", ["en"], ["ar"]), ("en-ar", ["en", "ar"], [])],
    )
    def test_hears_the_languages_of_care(self, environment, hotline, languages, heard, not_heard):
        environment["CARE_LANGUAGES"] = languages
        call = hotline("1", *REPORTS_A_LOSS[1:])
        for prompt in ("agent_hello", "agent_language", "agent_loss", "agent_reference", "agent_number"):
            assert call.care.hears(prompt, *heard)
            assert not any(call.care.hears(prompt, language) for language in not_heard)
        assert call.caller.hears("connecting_care", "ar")
        assert not call.caller.hears("connecting_care", "en")

    def test_hears_that_the_customers_number_was_verified_by_ring_back(self, ring_back):
        transcript = ring_back("1", "0")
        assert "It comes from a registered customer." in " ".join(transcript.said("care", "en"))
        assert any(entry.kind == "bridged" for entry in transcript)

    @pytest.mark.slow
    @pytest.mark.parametrize("reports_it", [("8", "1", "1"), ("1", "9")], ids=["the last call", "a message"])
    def test_hears_the_number_that_was_reported_on_a_ring_back(self, ring, settle, ring_back, reports, reports_it):
        ring("+96891234567", caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
        settle()
        said = ring_back("1", *reports_it, "2", "1").said("care", "en")
        [report] = reports()
        assert f"is {', '.join(report.reference)}. The reported number is 9, 6, 8, 9, 1, 2, 3, 4, 5, 6, 7." in said[-1]

    @pytest.mark.parametrize("reports_it", [("8", "1", "1"), ("1", "9")], ids=["the last call", "a message"])
    def test_hears_the_reference_of_a_queued_report(
        self, environment, ring, settle, ring_back, outage, voice, reports_it
    ):
        environment["REPORT_QUEUE_URL"] = "https://sqs.me-central-1.amazonaws.com/123456789012/reports"
        ring("+96891234567", caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
        settle()
        voice().actions.context.outbox.send = lambda _: True
        outage.touching, outage.only, outage.down = "REPORT#", ("PutItem", "TransactWriteItems", "UpdateItem"), True
        said = ring_back("1", *reports_it, "2", "1").said("care", "en")
        assert "The reported number is 9, 6, 8, 9, 1, 2, 3, 4, 5, 6, 7." in said[-1]

    def test_no_number_rides_in_a_url(self, hotline):
        call = hotline(*REPORTS_A_LOSS)
        urls = [entry.text for entry in call.call.transcript if entry.kind == "webhook"]
        assert not any(digits in url for url in urls for digits in ("1234567", "2223344", "2025550"))


@pytest.fixture
def ring_back(carrier, pickups):
    """We ring the customer back, who presses these keys."""

    def place(*keys):
        from infra.carrier import rest_client

        pickups[demo.CUSTOMER] = Phone(keys=list(keys), name="customer")
        pickups[demo.CARE] = Phone(keys=["1"], name="care")
        with carrier.rest() as rest:
            rest_client(rest.base_url, "AC" + "0" * 32, TOKEN, 5).calls.create(
                to=demo.CUSTOMER,
                from_=demo.PROTECTED_LINE,
                url=f"{BASE_URL}/voice/ring_back/start?languages=en&leg=rung_back",
            )
            carrier.run()
        return carrier.legs[-1].transcript

    return place


class TestFromAScreenedCall:
    """The customer's leg was moved out of the whisper, so that care can be dialled for it."""

    def test_the_agent_hears_the_number_that_was_just_reported(self, ring, reports):
        star = PRESS_IN_TALK("*", after=12)
        call = ring(caller=[ANNOUNCED], customer=["1", star, "2", "2", "1"])
        [report] = reports()
        urgent, before, after = call.call.transcript.said("care", "en")
        assert "Urgent" in urgent
        assert "It comes from a registered customer." in before
        assert "The language is" not in before  # the customer was asked in both, and chose none
        assert f"is {', '.join(report.reference)}. The reported number is 9, 6, 8, 9, 1, 2, 3, 4, 5, 6, 7." in after
        assert {"customer", "care"} <= {entry.leg for entry in call.call.transcript if entry.kind == "bridged"}

    @pytest.mark.parametrize(("shown", "number"), [("line", demo.PROTECTED_LINE), ("caller", demo.CUSTOMER)])
    def test_care_is_shown_the_line_or_the_customer_and_never_the_caller(self, environment, ring, shown, number):
        environment["CALLER_ID_SHOWN"] = shown
        call = ring(caller=[ANNOUNCED], customer=["0"])
        [dialled] = [entry.text for entry in call.call.transcript.of("care") if entry.kind == "dialled"]
        assert dialled == f"{demo.CARE}, shown {number}"

    def test_zero_in_the_whisper_reaches_an_agent(self, ring):
        call = ring(caller=[ANNOUNCED], customer=["0"])
        assert call.care.hears("agent_customer")
        assert not call.care.hears("agent_reference", "en")
        assert {entry.leg for entry in call.call.transcript if entry.kind == "bridged"} == {"customer", "care"}

    def test_a_call_back_goes_to_the_number_that_the_line_rang(self, environment, ring, asked):
        environment["CARE_HOURS"] = CLOSED
        call = ring(caller=[ANNOUNCED], customer=["0", "1"])
        assert call.customer.hears("care_closed")
        assert call.customer.hears("call_back_asked")
        assert [(one.number, one.proved, one.languages) for one in asked()] == [(demo.CUSTOMER, 1, "ar-en")]


class TestNobodyIsLost:
    @pytest.mark.parametrize(
        "first",
        [
            {"answers": "voicemail"},
            {"answers": "no-answer"},
            {"answers": "busy"},
            {"answers": "declines"},
            {"keys": ["3"]},
            {"keys": [SILENCE, SILENCE]},
            {"keys": ["7", "9"]},
            {"keys": [HANG_UP]},
        ],
        ids=lambda phone: "-".join(map(str, phone.values())),
    )
    @pytest.mark.parametrize("refused_status", slow_but(("completed",), ["completed", "no-answer", "busy"]))
    def test_the_second_number_rings_when_the_first_does_not_take_the_call(
        self, post, pickups, refused_status, first, asked
    ):
        pickups |= {
            demo.CARE: Phone(**first, name="care"),
            demo.SECOND_CARE: Phone(keys=["1"], name="second care"),
        }
        carrier = Carrier(
            post,
            base_url=BASE_URL,
            auth_token=TOKEN,
            clock_start=NOW,
            pickups=pickups,
            refused_status=refused_status,
            seed=7,
        )
        call = carrier.place(from_=AT_HOME, to=demo.REPORT_LINE, phone=Phone(keys=["2", "0"]))
        carrier.run()
        bridged = {(entry.leg, entry.text) for entry in call.transcript if entry.kind == "bridged"}
        assert bridged == {("caller", "with second care"), ("second care", "with caller")}
        assert "trying another colleague" in " ".join(call.transcript.said("caller", "en"))
        assert "reference" not in " ".join(call.transcript.said("care", "en"))
        assert not carrier.left_behind
        assert asked() == []

    def test_the_second_number_rings_when_an_agent_hangs_up_before_the_talk(self, environment, hotline, pickups):
        environment["CARE_LANGUAGES"] = "en"
        pickups[demo.CARE] = Phone(keys=["1"], name="care", hangs_up_after=30)
        call = hotline(*REPORTS_A_LOSS)
        assert call.care.hears("agent_reference", "en")
        assert call.rang(demo.SECOND_CARE)
        assert call.second_care.hears("agent_number", "en")

    def test_a_call_back_is_offered_when_no_agent_takes_the_call(self, hotline, pickups, counted):
        for number in (demo.CARE, demo.SECOND_CARE):
            pickups[number] = Phone(answers="voicemail", name="care")
        call = hotline("1", "0")
        assert call.caller.hears("care_busy", "ar")
        assert call.caller.hears("offer_call_back", "ar")
        assert not call.talked
        assert counted().count("care_not_taken") == 2

    @pytest.mark.parametrize("answers", ["no-answer", "busy", "failed"])
    def test_telephones_that_nobody_answers_are_counted_without_a_look_up(
        self, hotline, pickups, counted, outage, answers
    ):
        for number in (demo.CARE, demo.SECOND_CARE):
            pickups[number] = Phone(answers=answers, name="care")
        outage.down, outage.only, outage.touching = True, ("GetItem",), "'CARE'"  # who took the call can't be read
        assert hotline("1", "0").caller.hears("offer_call_back", "ar")
        assert counted().count("care_not_taken") == 2
        assert "store_read_failed" not in counted()

    def test_without_a_second_number_the_call_back_follows_at_once(self, environment, hotline, pickups):
        environment["CARE_FALLBACK_NUMBER"] = ""
        pickups[demo.CARE] = Phone(answers="busy", name="care")
        call = hotline("2", "0")
        assert not call.caller.hears("one_moment", "en")
        assert call.caller.hears("offer_call_back", "en")

    def test_each_number_rings_for_a_time_of_its_own(self, environment, hotline, pickups):
        environment.update(CARE_RING_SECONDS="40", CARE_FALLBACK_RING_SECONDS="15")
        for number, name in ((demo.CARE, "care"), (demo.SECOND_CARE, "second care")):
            pickups[number] = Phone(answers="no-answer", name=name)
        call = hotline("2", "0")
        for name, seconds in (("care", 40), ("second care", 15)):
            entries = {entry.kind: entry.at for entry in call.call.transcript.of(name)}
            assert entries["hung up"] - entries["dialled"] == pytest.approx(seconds)

    def test_the_accepting_key_proves_a_talk_without_a_bridge_callback(self, post, pickups):
        """DialBridged is not sent: the key counts, once it is older than what the agent hears after it."""
        rung = []

        def silent_on_the_bridge(url, form, headers):
            form = [(name, value) for name, value in form if name != "DialBridged"]
            carrier_signs = carrier.network.webhooks.signature
            return post(url, form, {**headers, "X-Twilio-Signature": carrier_signs(url, dict(form))})

        pickups |= {
            demo.CARE: Phone(keys=["1"], name="care", talks_for=120),
            demo.SECOND_CARE: Phone(ask=rung.append, name="second care"),
        }
        carrier = Carrier(silent_on_the_bridge, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=pickups)
        call = carrier.place(from_=AT_HOME, to=demo.REPORT_LINE, phone=Phone(keys=["2", "0"]))
        carrier.run()
        assert any(entry.kind == "bridged" for entry in call.transcript)
        assert rung == []

    def test_care_is_not_offered_where_there_is_none(self, environment, hotline):
        environment["CARE_NUMBER"] = environment["CARE_FALLBACK_NUMBER"] = ""
        call = hotline("2", "0", HANG_UP)
        assert not call.caller.hears_key("care", "0")
        assert not call.rang(demo.CARE)

    def test_without_care_a_silent_caller_hears_where_to_turn(self, environment, hotline):
        environment["CARE_NUMBER"] = environment["CARE_FALLBACK_NUMBER"] = ""
        assert hotline().caller.hears("care_unreachable")


class TestWhileTheStoreIsDown:
    @pytest.fixture(autouse=True)
    def _nothing_of_care_can_be_kept(self, outage):
        outage.down, outage.touching = True, '"CARE"'

    def test_the_agent_is_rung_and_lacks_only_the_number(self, hotline, reports):
        call = hotline(*REPORTS_A_LOSS)
        assert call.care.hears("agent_loss", "en")
        assert call.care.hears("agent_reference", "en")
        assert not call.care.hears("agent_number", "en")
        assert call.talked

    def test_a_talk_is_known_by_what_twilio_says(self, hotline):
        call = hotline("2", "0")
        assert call.talked
        assert not call.rang(demo.SECOND_CARE)

    def test_a_voicemail_still_takes_no_call(self, hotline, pickups):
        pickups[demo.CARE] = Phone(answers="voicemail", name="care")
        call = hotline("2", "0")
        assert call.rang(demo.SECOND_CARE)
        assert call.talked

    def test_with_the_whole_table_down_care_is_reached(self, ring, outage):
        outage.touching = ""
        call = ring(AT_HOME, demo.REPORT_LINE)
        assert call.care.hears("agent_hello")
        assert call.talked


CLOSED = "Su-Th 08:00-14:00"


class TestHours:
    @pytest.mark.parametrize(
        ("hours", "when", "said"),
        [
            ("24/7; 2026-11-18 15:30-20:00", "today", "It opens today, at 1, 5, 3, 0."),
            (CLOSED, "tomorrow", "It opens tomorrow, at 0, 8, 0, 0."),
            ("Su,Fr 14:00-20:00", "fr", "It opens on Friday, at 1, 4, 0, 0."),
            ("Su-We 08:00-14:00", "su", "It opens on Sunday, at 0, 8, 0, 0."),
            ("Su-Th 08:00-20:00; 2026-11-10..2026-11-30 09:00-15:00", "tomorrow", "tomorrow, at 0, 9, 0, 0."),
            ("24/7; 2026-11-18..2026-11-30 closed", "later", "It opens on day 0, 1 of the month, at 0, 0, 0, 0."),
        ],
        ids=["later today", "tomorrow", "a weekday", "over the weekend", "Ramadan", "a long closure"],
    )
    def test_closed_care_says_when_it_opens_and_offers_a_call_back(self, environment, hotline, hours, when, said):
        environment["CARE_HOURS"] = hours
        call = hotline("2", "0")
        assert call.caller.hears("care_closed", "en")
        assert said in " ".join(call.caller.heard)
        assert call.caller.hears("offer_call_back", "en")
        assert not call.rang(demo.CARE)

    def test_opening_hours_are_said_in_arabic(self, environment, hotline):
        environment["CARE_HOURS"] = CLOSED
        call = hotline("1", "0", "1")
        for prompt in ("care_closed", "care_opens.tomorrow", "call_back_asked", "call_back_by.tomorrow"):
            assert call.caller.hears(prompt, "ar")
            assert not call.caller.hears(prompt, "en")

    @pytest.mark.parametrize("hours", ["Su-Th 08:00-20:00", "We 15:00-16:00; 2026-12-01 closed", "24/7"])
    def test_open_care_is_rung(self, environment, hotline, hours):
        environment["CARE_HOURS"] = hours
        assert hotline("2", "0").talked

    def test_the_hours_are_those_of_the_operators_zone(self, environment, hotline):
        environment.update(CARE_HOURS="Su-Th 08:00-14:00", TIMEZONE="Europe/London")  # where it is 11:06
        assert hotline("2", "0").talked

    def test_wrong_hours_are_refused_at_the_start(self, environment):
        from ivr.settings import Settings, SettingsError

        environment["CARE_HOURS"] = "Su-Th 8-20"
        with pytest.raises(SettingsError, match=r"CARE_HOURS is 'Su-Th 8-20': '8-20' .* write it as 08:00-20:00"):
            Settings.from_environment(environment)


class TestACallBack:
    @pytest.fixture(autouse=True)
    def _closed(self, environment):
        environment["CARE_HOURS"] = CLOSED

    def test_is_recorded_with_the_time_until_which_it_was_promised(self, hotline, asked, counted):
        call = hotline("2", "0", "1")
        [call_back] = asked()
        assert call.caller.hears("call_back_asked", "en")
        assert "by tomorrow at 1, 2, 0, 0, at the latest." in " ".join(call.caller.heard)
        assert "ends in 4, 4." in " ".join(call.caller.heard)
        assert call_back.due_at == muscat("2026-11-19 12:00")  # four of care's open hours
        assert (call_back.number, call_back.person) == (AT_HOME, pseudonym(AT_HOME, demo.SETTINGS["HMAC_KEY"]))
        assert (call_back.state, call_back.languages, call_back.call_sid) == ("asked", "en", call.sid)
        assert (call_back.proved, call_back.day) == (0, "2026-11-18")
        assert is_reference(call_back.ticket)
        assert call_back.expires == call_back.due_at + 30 * DAY
        assert "call_back_asked" in counted()

    def test_is_promised_within_the_hours_that_the_setting_says(self, environment, hotline, asked):
        environment["CALL_BACK_WITHIN_HOURS"] = "10"
        call = hotline("2", "0", "1")
        assert "by Sunday at 1, 2, 0, 0, at the latest." in " ".join(call.caller.heard)
        assert asked()[0].due_at == muscat("2026-11-22 12:00")

    def test_is_promised_by_a_quarter_of_an_hour(self, environment, hotline, asked, pickups):
        environment.update(CARE_HOURS="24/7", CALL_BACK_WITHIN_HOURS="1")
        for number in (demo.CARE, demo.SECOND_CARE):
            pickups[number] = Phone(answers="busy", name="care")
        call = hotline("2", "0", "1")
        assert asked()[0].due_at == muscat("2026-11-18 16:15")
        assert "today, by 1, 6, 1, 5 at the latest." in " ".join(call.caller.heard)

    def test_knows_the_report_that_was_made_before_it(self, hotline, asked, reports):
        hotline(*REPORTS_A_LOSS, "1")
        [call_back], [report] = asked(), reports()
        assert (call_back.category, call_back.loss, call_back.reference) == ("secrets", "yes", report.reference)

    def test_repeated_on_a_leg_that_we_dialled_gives_the_same_time(self, ring, ring_back, asked, carrier):
        first = ring(demo.CUSTOMER, caller=["2", "0", "1"])
        carrier.wait(3600)
        again = on(ring_back("1", "0", "1"))
        [call_back] = asked()
        assert (call_back.call_sid, call_back.proved) == (first.sid, 1)
        assert again.hears("call_back_already", "en")
        assert again.hears("call_back_by.tomorrow", "en")

    def test_repeated_by_a_caller_who_shows_the_number_is_one_and_reveals_nothing(self, hotline, asked, carrier, agent):
        first = hotline("2", "0", "1")
        told = []
        for hours, taken in ((1, False), (1, True), (40, False)):  # open, in progress, late
            if taken:
                agent.take(asked()[0], NOW)
            carrier.wait(hours * 3600)
            again = hotline("2", "0", "1", care=["3"])
            told += [again.caller.hears("call_back_asked", "en")]
            assert not again.caller.hears("call_back_already", "en")
            assert not again.caller.hears("call_back_late", "en")
            assert [one.call_sid for one in asked()] == [first.sid]
        assert all(told)

    @pytest.mark.parametrize("taken", [False, True], ids=["nobody took it", "somebody forgot it"])
    def test_that_is_overdue_is_admitted_and_no_new_time_is_promised(
        self, ring, ring_back, asked, carrier, agent, pickups, taken
    ):
        ring(demo.CUSTOMER, caller=["2", "0", "1"])
        if taken:
            agent.take(asked()[0], NOW)
        carrier.wait(29 * 3600)  # Thursday, 20:06: it was due by noon
        again = on(ring_back("1", "0", "1"))
        assert again.hears("call_back_late", "en")
        assert again.hears("call_back_to", "en")
        assert "at the latest" not in " ".join(again.heard)
        assert len(asked()) == 1

    def test_repeated_after_a_loss_tells_care_of_the_loss(self, hotline, asked, carrier, reports):
        first = hotline("1", "0", "1")
        [before] = asked()
        carrier.wait(3600)
        again = hotline(*REPORTS_A_LOSS, "1")
        [call_back], [report] = asked(), reports()
        assert again.caller.hears("call_back_asked", "en")
        assert (call_back.category, call_back.loss, call_back.reference) == ("secrets", "yes", report.reference)
        assert call_back.languages == "en"
        assert (call_back.call_sid, call_back.ticket, call_back.due_at) == (first.sid, before.ticket, before.due_at)

    def test_repeated_on_a_leg_that_we_dialled_is_proved_from_then_on(self, ring, ring_back, asked):
        ring(demo.CUSTOMER, caller=["2", "0", "1"])
        ring_back("1", "0", "1")
        assert [(one.number, one.proved) for one in asked()] == [(demo.CUSTOMER, 1)]

    def test_in_progress_is_not_stored_a_second_time(self, ring, ring_back, asked, agent):
        ring(demo.CUSTOMER, caller=["2", "0", "1"])
        agent.take(asked()[0], NOW)
        assert on(ring_back("1", "0", "1")).hears("call_back_already", "en")
        assert [one.state for one in asked()] == [IN_PROGRESS]

    def test_is_made_once_a_day(self, hotline, asked, agent, carrier):
        hotline("2", "0", "1")
        agent.finish(asked()[0], NOW, "explained")
        assert hotline("2", "0", "1").caller.hears("call_back_had_today", "en")
        assert [one.state for one in asked()] == [DONE]
        carrier.wait(9 * 3600)  # past midnight
        tomorrow = hotline("2", "0", "1")
        assert tomorrow.caller.hears("call_back_asked", "en")
        assert [(one.state, one.call_sid) for one in asked()] == [("asked", tomorrow.sid)]

    def test_that_expired_allows_a_new_one(self, hotline, asked, carrier, call_backs):
        hotline("2", "0", "1")
        carrier.wait(32 * DAY)
        assert hotline("2", "0", "1").caller.hears("call_back_asked", "en")

    def test_in_a_repeated_webhook_is_one_and_confirmed_alike(self, post, pickups, asked):
        carrier = Carrier(post, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, deliveries=3, seed=7)
        call = carrier.place(from_=AT_HOME, to=demo.REPORT_LINE, phone=Phone(keys=["2", "0", "1"]))
        carrier.run()
        assert carrier.deliveries_differed == []
        assert [one.call_sid for one in asked()] == [call.sid]

    @pytest.mark.parametrize(
        "number",
        ["anonymous", "+96890012345", "+14155550100", "1500", "sip:alice@example.com"],
        ids=["hidden", "premium", "foreign", "short code", "no number"],
    )
    def test_is_not_made_to_a_number_that_we_do_not_call(self, hotline, asked, number):
        call = hotline("2", "0", from_=number)
        assert call.caller.hears("call_back_needs_number", "en")
        assert not call.caller.hears("offer_call_back", "en")  # what would be refused is not offered
        assert not call.caller.hears("call_back_asked", "en")
        assert asked() == []

    def test_goes_to_a_registered_number_wherever_it_is(self, ring, asked):
        call = ring(demo.CUSTOMER, caller=["2", "0", "1"])  # the customer dials their own line
        assert call.caller.hears("call_back_asked", "en")
        assert [(one.number, one.proved) for one in asked()] == [(demo.CUSTOMER, 0)]

    def test_is_proved_on_a_leg_that_we_dialled(self, ring_back, asked):
        transcript = ring_back("1", "0", "1")
        assert "We have recorded your request." in " ".join(transcript.said("customer", "en"))
        assert [(one.number, one.proved) for one in asked()] == [(demo.CUSTOMER, 1)]

    def test_needs_the_key(self, hotline, asked):
        call = hotline("2", "0", SILENCE, SILENCE)
        assert call.caller.hears("goodbye", "en")
        assert asked() == []

    @pytest.mark.parametrize("touching", ["CALL_BACK", ""])
    def test_that_cannot_be_stored_is_never_confirmed(self, carrier, hotline, outage, asked, counted, touching):
        outage.touching = touching
        keys = iter(["2", "0", "1"])

        def press(heard):
            outage.down = outage.down or any("can call you back" in entry.text for entry in heard)
            return next(keys)

        call = carrier.place(from_=AT_HOME, to=demo.REPORT_LINE, phone=Phone(ask=press))
        carrier.run()
        said = " ".join(call.transcript.said("caller", "en"))
        assert "We could not record your request" in said
        assert "We have recorded" not in said
        assert "call_back_not_recorded" in counted()
        outage.down = False
        assert asked() == []


class TestAQueue:
    """A workflow of TaskRouter's is configured: whose telephone rings is its business."""

    @pytest.fixture(autouse=True)
    def _workflow(self, environment):
        environment["CARE_WORKFLOW_SID"] = WORKFLOW

    def test_customers_wait_in_it_with_attributes_to_route_by_and_no_number(self, hotline, pickups, reports):
        pickups[WORKFLOW] = Phone(name="agent", rings_for=45)
        call = hotline(*REPORTS_A_LOSS)
        [task] = [json.loads(entry.text) for entry in call.call.transcript if entry.kind == "queued"]
        [report] = reports()
        assert task == {
            "language": "en",
            "who": "caller",
            "category": "secrets",
            "loss": "yes",
            "reference": report.reference,
        }
        assert call.caller.hears("please_hold", "en")
        assert "Your place in the queue is 1." in " ".join(call.caller.heard)
        assert call.talked
        assert not call.rang(demo.CARE)
        assert not call.caller.hears("offer_call_back", "en")

    @pytest.mark.parametrize(("comes", "counts"), [(True, "care_talked"), (False, "care_not_taken")])
    def test_it_is_counted_whether_an_agent_came(self, environment, hotline, pickups, counted, comes, counts):
        environment["CARE_QUEUE_SECONDS"] = "60"
        if comes:
            pickups[WORKFLOW] = Phone(name="agent")
        hotline("2", "0", "1")
        assert [one for one in counted() if one.startswith("care_")] == [counts]

    def test_a_customer_who_waits_too_long_is_offered_a_call_back(self, environment, hotline, asked):
        environment["CARE_QUEUE_SECONDS"] = "60"
        call = hotline("2", "0", "1")
        assert call.caller.hears("care_busy", "en")
        assert call.caller.hears("call_back_asked", "en")
        assert len(asked()) == 1
        assert not call.talked

    def test_the_hours_hold_for_it_too(self, environment, hotline):
        environment["CARE_HOURS"] = CLOSED
        call = hotline("2", "0")
        assert call.caller.hears("care_closed", "en")
        assert not any(entry.kind == "queued" for entry in call.call.transcript)

    def test_it_needs_no_number_of_care(self, environment, hotline, pickups):
        environment["CARE_NUMBER"] = environment["CARE_FALLBACK_NUMBER"] = ""
        pickups[WORKFLOW] = Phone(name="agent")
        call = hotline("2", "0")
        assert call.caller.hears_key("care", "0")
        assert call.talked


# From every menu that names 0, 0 works.

CARE_KEYS = [
    (page.name, step, key)
    for page in BOOK.pages.values()
    for step in page.steps.values()
    if isinstance(step, Menu)
    for key in step.keys
    if key.press == "0" or key.goal == "care"
]


@pytest.mark.parametrize(("page", "step", "key"), CARE_KEYS, ids=lambda one: getattr(one, "name", None))
def test_zero_is_customer_care_in_every_menu_that_names_it(page, step, key):
    from ivr.flow.page import Position
    from ivr.flow.steps import Move

    assert (key.press, key.goal) == ("0", "care")
    leads = Position(page, step.name).follow(key.then)
    through = BOOK.step(leads)
    assert "care:start" in (f"{leads.page}:{leads.step}", through.to if isinstance(through, Move) else "")
    from ivr.flow.state import State

    nobody = {**FACTS, "care_number": "", "care_workflow_sid": ""}
    assert CONDITIONS[key.when](State(), FACTS)
    assert not CONDITIONS[key.when](State(), nobody)


@pytest.mark.parametrize("keys", [("2",), ("2", "3"), ("2", "3", "1"), ("2", "3", "1", "1"), ("2", "4")])
def test_zero_reaches_care_from_the_report_lines_menus(hotline, keys):
    call = hotline(*keys, "0")
    assert call.caller.hears_key("care", "0")
    assert call.rang(demo.CARE)
    assert call.talked
