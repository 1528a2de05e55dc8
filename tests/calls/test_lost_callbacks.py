"""With one or all status callbacks lost, nobody is left alone, no line stays engaged, and no trust is lost."""

from __future__ import annotations

from itertools import count
from urllib.parse import urlsplit

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, Answer, Refused
from tests.calls.test_guarded_call import STAR, alone_for, listed, network, ring_is_open
from tests.slowly import slow_but

pytestmark = pytest.mark.slow  # each callback is lost in turn; test_call_outcome.py stays in the quick run

__all__ = ["alone_for", "listed", "network", "ring_is_open"]

LOST = {"the first": {0}, "the second": {1}, "all": set(range(100))}
LATE_STAR = PRESS_IN_TALK("*", after=90)
TALKS_A_MINUTE = {
    "customer hangs up": {"customers_phone": {"talks_for": 70}},
    "caller hangs up": {"callers_phone": {"talks_for": 70}},
    "caller hangs up, then the customer": {"callers_phone": {"talks_for": 70}, "then": [HANG_UP]},
}


@pytest.fixture(params=slow_but((LOST["all"],), LOST.values()), ids=LOST)
def lost(request):
    """Which status callbacks of a call are lost, in the order in which Twilio sends them."""
    return request.param


@pytest.fixture
def lost_action():
    """The path of a room's action that is lost too, once a test has put it here."""
    return []


@pytest.fixture
def post(post, lost, lost_action):
    """Twilio's POST, of which some never arrive."""
    sent = count()

    def losing(url, form, headers):
        if url.endswith("/voice/status") and next(sent) in lost:
            return Answer(204, "", "")
        if urlsplit(url).path in lost_action:
            return Answer(200, "text/xml", "<Response><Hangup/></Response>")
        return post(url, form, headers)

    return losing


@pytest.mark.parametrize("how", TALKS_A_MINUTE.values(), ids=TALKS_A_MINUTE)
def test_connect_and_trust_takes_effect(ring, listed, ring_is_open, alone_for, how):
    phones = {name: phone for name, phone in how.items() if name != "then"}
    call = ring(caller=[ANNOUNCED], customer=["2", *how.get("then", [])], **phones)
    assert call.talked_in_conference
    assert listed().word == "allow"
    assert not ring_is_open()
    assert alone_for() <= 15


@pytest.mark.parametrize("lost", [LOST["all"]], ids=["all"], indirect=True)
@pytest.mark.parametrize("action", ["/voice/screened/room", "/voice/talk/room"])
@pytest.mark.parametrize(
    "how", slow_but([TALKS_A_MINUTE["caller hangs up"]], TALKS_A_MINUTE.values()), ids=TALKS_A_MINUTE
)
def test_one_legs_conference_action_alone_ends_the_talk(ring, listed, ring_is_open, lost_action, how, action):
    lost_action.append(action)
    call = ring(caller=[ANNOUNCED], customer=["2"], **{name: phone for name, phone in how.items() if name != "then"})
    assert call.talked_in_conference
    assert listed().word == "allow"
    assert not ring_is_open()


def test_connect_and_trust_takes_effect_of_two_who_were_bridged(ring, listed, ring_is_open, rest_server):
    rest_server.faults.always("calls.update", Refused())
    call = ring(caller=[ANNOUNCED], customer=["2"], customers_phone={"talks_for": 70})
    assert call.talked
    assert not call.talked_in_conference
    assert listed().word == "allow"
    assert not ring_is_open()


@pytest.mark.parametrize("block_days", ["30", "0"])
def test_a_report_after_the_talk_takes_the_trust_back(ring, listed, environment, reports, store, block_days):
    environment["PERSONAL_BLOCK_DAYS"] = block_days
    call = ring(caller=[ANNOUNCED], callers_phone={"talks_for": 90}, customer=["2", "9", "1", "2"])
    assert len(reports()) == 1
    assert store.calls.get(call.sid).wants_trust
    assert listed().word == ("block" if block_days == "30" else "taken_back")


@pytest.mark.parametrize("block_days", ["30", "0"])
def test_star_after_a_minute_earns_no_trust(ring, listed, environment, block_days):
    environment["PERSONAL_BLOCK_DAYS"] = block_days
    ring(caller=[ANNOUNCED], callers_phone={"talks_for": 300}, customer=["2", LATE_STAR, "2", "1", "2"])
    assert getattr(listed(), "word", "") != "allow"


def test_a_talk_of_less_than_a_minute_earns_no_trust(ring, listed):
    ring(caller=[ANNOUNCED], customer=["2"], customers_phone={"talks_for": 50})
    assert listed() is None


def test_star_reports_without_the_lost_callback(ring, reports, ring_is_open):
    ring(caller=[ANNOUNCED], customer=["1", STAR, HANG_UP])
    assert len(reports()) == 1
    assert not ring_is_open()


# From the notice to the room: the customer is rung at 18, answers at 24 and presses a key some 20 to 30 s later.
@pytest.mark.parametrize("seconds", slow_but((20, 50), [20, 24, 30, *range(40, 76, 2)]))
def test_a_caller_may_give_up_at_any_moment(ring, ring_is_open, alone_for, reports, seconds):
    ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": seconds}, customer=["1"])
    assert alone_for() <= 15
    assert not reports()
    assert not ring_is_open()


@pytest.mark.parametrize("seconds", slow_but((1, 30), [1, 10, *range(20, 56, 2)]))
def test_a_customer_may_hang_up_at_any_moment(ring, ring_is_open, alone_for, reports, seconds):
    ring(caller=[ANNOUNCED], customer=["1"], customers_phone={"hangs_up_after": seconds})
    assert alone_for() <= 15
    assert not reports()
    assert not ring_is_open()
