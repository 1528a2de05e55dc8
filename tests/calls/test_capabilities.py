"""What a telephony provider can't do is not offered. Each call is made with the capability and without it."""

from __future__ import annotations

from functools import lru_cache

import pytest

from handlers.voice import Voice
from infra.carrier import ANNOUNCED, SPEAK, Phone
from infra.local import demo
from ivr.locales import catalog
from ivr.settings import Settings
from ivr.telephony.port import Capabilities
from ivr.telephony.twilio.provider import TwilioProvider

WORKFLOW = "WW" + "a" * 32


@pytest.fixture
def lacking():
    """What this test's provider can't do; a test names it before the first call."""
    return {}


@pytest.fixture
def voice(environment, store, lacking):
    """The real handler, with a Twilio that can do less."""

    def provider(settings, secrets):
        less = TwilioProvider(settings, secrets)
        less.capabilities = less.capabilities._replace(**lacking)
        return less

    return lru_cache(lambda: Voice(Settings.from_environment(environment), store, provider=provider))


@pytest.fixture(params=[True, False], ids=["able", "lacking"])
def able(request, lacking):
    """Sets a capability, or takes it away, and tells which."""

    def set_(capability):
        lacking[capability] = request.param
        return request.param

    return set_


def english(prompt):
    return catalog.load("en").prompts[prompt].say[0].split("{")[0]


def moves(rest_server):
    return [asked for asked in rest_server.requests if asked.endpoint == "calls.update"]


def test_with_an_account_twilio_can_do_all_that_the_product_knows_of(voice):
    assert voice().provider.capabilities == Capabilities()


def test_without_moves_a_call_is_bridged_and_care_is_not_offered_in_the_whisper(able, ring, rest_server):
    can = able("moves")
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.talked
    assert call.talked_in_conference is can
    assert call.customer.hears_key("care", "0") is can
    assert call.customer.hears_key("end_and_report", "*") is can
    assert bool(moves(rest_server)) is can


def test_without_conferences_a_call_is_bridged_and_star_is_not_offered(able, ring, rest_server):
    can = able("conferences")
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.talked
    assert call.talked_in_conference is can
    assert call.customer.hears_key("end_and_report", "*") is can
    assert call.customer.hears_key("care", "0")  # a leg can still be moved there
    assert bool(moves(rest_server)) is can


def test_without_recording_no_message_is_offered(able, ring, carrier):
    can = able("records")
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customers_phone={"answers": "no-answer"})
    assert call.caller.hears("not_available")
    assert call.caller.hears("leave_message") is can
    assert bool(carrier.recordings) is can


def test_messages_that_cannot_be_played_are_not_mentioned(lacking, voice, ring, rung_back_leg):
    """They were left while the provider could record."""
    ring(caller=[ANNOUNCED, SPEAK(7)], customers_phone={"answers": "no-answer"})
    assert english("one_message") in rung_back_leg("1").english
    lacking["records"] = False
    voice.cache_clear()
    heard = rung_back_leg("1").english
    assert english("ring_back_menu") in heard
    assert english("one_message") not in heard
    assert english("key.hear_messages") not in heard


def test_without_a_queue_care_is_dialled_itself(able, environment, ring, pickups):
    environment["CARE_WORKFLOW_SID"] = WORKFLOW
    pickups[WORKFLOW] = Phone(name="agent")
    can = able("queues")
    call = ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2", "0"])
    assert call.rang(demo.CARE) is not can


def test_without_a_queue_and_a_number_care_is_not_offered(able, environment, ring, pickups):
    environment |= {"CARE_WORKFLOW_SID": WORKFLOW, "CARE_NUMBER": "", "CARE_FALLBACK_NUMBER": ""}
    pickups[WORKFLOW] = Phone(name="agent")
    can = able("queues")
    call = ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2"])
    assert call.caller.hears_key("care", "0") is can


def test_without_ring_backs_the_report_line_offers_none(able, ring, store):
    can = able("rings")
    call = ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2", "1"])
    for goal, key in (("report_last_call", "1"), ("withdraw_report", "5"), ("own_line", "7")):
        assert call.caller.hears_key(goal, key) is can, goal
    assert call.caller.hears("ring_back_asked", "en") is can
    assert call.caller.hears_key("report_number", "2")


def test_without_texts_the_choice_of_text_messages_is_not_offered(able, environment, rung_back_leg):
    environment["SMS_FROM"] = "+12025550190"
    can = able("texts")
    assert (english("key.text_messages") in rung_back_leg("1").english) is can
