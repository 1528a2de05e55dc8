"""A bug becomes a spoken apology on its leg. The fallback speaks it with the store and secrets down."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, Answer, Carrier, Phone
from infra.local import demo
from ivr.actions.registry import Actions
from ivr.actions.ringing import RingingActions
from ivr.flow.pages import BOOK
from ivr.flow.url_codec import from_url
from ivr.locales import catalog
from ivr.locales.catalog import Prompt
from ivr.telephony.inputs import DialEnded, Recorded
from ivr.telephony.webhook import Webhook
from tests.conftest import BASE_URL, NOW, TOKEN

STRANGER = "+96891234567"


def english(key):
    return catalog.load("en").prompts[key].say[0].split("{")[0]


@pytest.fixture
def broken(monkeypatch):
    def break_(effect):
        perform = Actions.perform

        def bug(self, asked, webhook):
            if asked.name == effect:
                raise ZeroDivisionError(effect)
            return perform(self, asked, webhook)

        monkeypatch.setattr(Actions, "perform", bug)

    return break_


@pytest.fixture
def held(post, pickups):
    def place(from_, to, *keys, customer=()):
        pickups[demo.CUSTOMER] = Phone(keys=list(customer), name="customer")
        pickups[demo.CARE] = Phone(name="care")
        carrier = Carrier(post, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=pickups)
        call = carrier.place(from_=from_, to=to, phone=Phone(keys=list(keys)))
        carrier.run()
        assert not carrier.left_behind
        return call

    return place


def test_a_bug_on_the_callers_leg_is_an_apology_and_goodbye(held, broken):
    broken("open_ring")
    call = held(STRANGER, demo.PROTECTED_LINE, ANNOUNCED)
    assert english("apology") in " ".join(call.transcript.said("caller", "en"))
    assert len(call.legs) == 1


def test_a_bug_on_the_customers_leg_names_customer_care(held, broken):
    broken("record_report")
    call = held(STRANGER, demo.PROTECTED_LINE, ANNOUNCED, customer=["9"])
    said = " ".join(call.transcript.said("customer", "en"))
    assert english("apology") in said
    assert english("please_call_care") in said
    assert english("recorded") not in said


def test_a_bug_on_the_report_line_is_an_apology_in_the_chosen_language_and_customer_care(held, broken):
    broken("keep_number")
    call = held(STRANGER, demo.REPORT_LINE, "2", "2", "91234567#")
    assert any(leg.to == demo.CARE for leg in call.legs)
    said = call.transcript.said("caller", "ar")
    assert not any("نعتذر" in words for words in said)


class TestTheFallback:
    """Twilio asks it when a webhook failed, with ErrorCode and ErrorUrl. It must stand with the store gone."""

    @pytest.fixture
    def dead(self, post, pickups, outage):
        """An application that only its fallback still answers, and DynamoDB gone."""
        outage.down = True
        pickups[demo.CARE] = Phone(name="care")

        def only_the_fallback(url, form, headers):
            if "/voice/fallback" in url or "/voice/care" in url:
                return post(url, form, headers)
            return Answer(502, "text/plain", "")

        def place(to):
            carrier = Carrier(only_the_fallback, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=pickups)
            call = carrier.place(from_=STRANGER, to=to, phone=Phone())
            carrier.run()
            return call

        return place

    def test_a_protected_line_apologises_in_both_languages(self, dead):
        call = dead(demo.PROTECTED_LINE)
        assert any(
            catalog.load("ar").prompts["apology"].say[0] in words for words in call.transcript.said("caller", "ar")
        )
        assert english("apology") in " ".join(call.transcript.said("caller", "en"))
        assert len(call.legs) == 1

    def test_the_report_line_reaches_customer_care(self, dead):
        call = dead(demo.REPORT_LINE)
        assert any(leg.to == demo.CARE for leg in call.legs)


def test_a_bug_is_logged_by_type_and_place_without_its_message(held, monkeypatch, caplog):
    def bug(_, __, webhook):
        int(webhook.caller + "x")

    monkeypatch.setattr(RingingActions, "open_ring", bug)
    held(STRANGER, demo.PROTECTED_LINE, ANNOUNCED)
    [line] = [record for record in caplog.records if record.message == "apology_spoken"]
    assert line.error == "ValueError"
    assert "bug" in line.frames[-1]
    assert "91234567" not in str([vars(record) for record in caplog.records])


class TestInAConferenceOrQueue:
    """In a document that plays while a person waits, Twilio takes neither a Hangup nor a Dial."""

    @pytest.fixture
    def environment(self, environment):
        environment["CARE_WORKFLOW_SID"] = "WW" + "0" * 32
        return environment

    def test_a_bug_in_a_wait_document_gives_one_that_twilio_accepts(self, carrier, pickups, broken):
        broken("judge_alone")
        pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer", hangs_up_after=120)
        call = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED], hangs_up_after=75))
        carrier.run()  # raises for such a document
        assert english("nobody_here") in " ".join(call.transcript.said("customer", "en"))

    def test_a_bug_in_a_queue_takes_the_leg_out_of_it(self, carrier, pickups, broken):
        broken("wait_in_queue")
        call = carrier.place(from_=STRANGER, to=demo.REPORT_LINE, phone=Phone(keys=["2", "0"]))
        carrier.run()
        assert english("care_busy") in " ".join(call.transcript.said("caller", "en"))


@pytest.mark.parametrize(
    ("url", "leg"),
    [
        ("/voice/ring_back/see_messages?leg=rung_back", "report_line"),
        ("/voice/messages/first?leg=rung_back", "report_line"),
        ("/voice/choices/find_listed?leg=rung_back", "report_line"),
        ("/voice/talk/record?leg=talk", "report_line"),
        ("/voice/care/hours?leg=talk", "report_line"),
        ("/voice/whisper/accept?leg=customer", "customer"),
        ("/voice/screened/close_ring", "caller"),
        ("/voice/agent/accept?leg=agent", "caller"),
    ],
)
def test_a_bug_takes_the_customer_to_care_from_every_page(voice, url, leg):
    path, _, query = url.partition("?")
    asked = Webhook(path=path, query=query, now=NOW, call_sid="CA1", screened_sid="CA1")
    turn = voice().call_session.apology(*from_url(path, query, BOOK), asked)
    said = [verb.key for verb in turn.verbs if isinstance(verb, Prompt)]
    ends = {"report_line": "connecting_care", "customer": "please_call_care", "caller": "goodbye"}
    assert said[0] == "apology"
    assert said[-1] == ends[leg]


@pytest.mark.parametrize("came", [Recorded(), DialEnded(answered=True)], ids=["a recording", "a Dial's end"])
def test_an_unexpected_input_to_a_menu_is_logged_and_the_menu_repeated(voice, caplog, came):
    caplog.set_level("INFO")
    asked = Webhook(
        "/voice/screened/unknown", "attempt=2&languages=en", NOW, call_sid="CA1", screened_sid="CA1", input=came
    )
    (ask,) = voice().call_session.turn(asked).verbs
    assert (ask.prompts[0].key, ask.prompts[0].wording) == ("unknown_notice", 1)
    assert [record.message for record in caplog.records if record.message == "input_refused"]
