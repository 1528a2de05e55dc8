"""Calls that people hold at the page: each verdict, each telephone, any moment, any number of windows."""

import io
import threading
import time

import pytest
import requests

from infra.local import demo
from infra.local.phone.callers import CALLERS
from infra.local.stack import Stack
from tests.phone.conftest import STRANGER, Page

READY = {caller.id: caller for caller in CALLERS}


def call_of(page, ready, **more):
    caller = READY[ready]
    return page.call(caller.from_, parameters=caller.parameters, **more)


@pytest.mark.slow
def test_a_stranger_is_reported_and_everything_is_told(page):
    held = page.call()
    assert held.until("verdict")["kind"] == "unknown"
    held.check()
    held.answer()
    held.press("customer", "9")
    held.asked("caller", "record")
    held.do("caller", "hang_up")
    held.press("customer", "1")
    held.press("customer", "2")
    ended = held.ended()
    assert (ended["outcome"], ended["status"], ended["went_wrong"], ended["notes"]) == ("reported", "completed", [], [])
    report = held.of("record", kind="report")[-1]
    assert report["attributes"]["category"] == "prize"
    [sms] = held.of("sms")
    assert (sms["to"], sms["leg"], sms["direction"]) == (demo.CUSTOMER, "customer", "rtl")
    arabic = next(entry for entry in held.of("entry", kind="said") if entry["language"] == "ar")
    assert arabic["direction"] == "rtl"
    assert [w["signature"] for w in held.of("webhook")] == ["verified"] * len(held.of("webhook"))
    assert held.of("webhook")[0]["step"] == "unknown"
    assert "AccountSid" not in held.of("webhook")[0]["form"]
    assert [event for _, event, _ in held.events][-1] == "ended"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ready", "kind", "reason"),
    [
        ("unknown", "unknown", "unknown"),
        ("trusted", "trusted", "desk_trusted"),
        ("flagged", "flagged", "desk_flagged"),
        ("reported", "flagged", "reported"),
        ("blocked", "blocked", "desk_blocked"),
        ("withheld", "unknown", "withheld"),
        ("spoofed", "flagged", "spoofed"),
        ("impersonating", "flagged", "impersonation"),
    ],
)
def test_a_ready_made_caller_gets_their_verdict_by_the_rule_that_is_lit(page, ready, kind, reason):
    held = call_of(page, ready)
    verdict = held.until("verdict")
    assert (verdict["kind"], verdict["reason"], verdict["problem"]) == (kind, reason, "")
    assert [rule["rule"] for rule in verdict["rules"] if rule["gave"]] == [verdict["rule"]]
    assert READY[ready].verdict == kind
    if kind == "blocked":
        assert held.ended()["status"] == "rejected"
        return
    if kind != "trusted":
        held.check()
    held.answer()
    held.asked("customer", "keys")
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    held.ended()
    [call] = [one for one in held.of("record", kind="call") if one["change"] == "new"]
    assert (call["attributes"]["verdict"], call["attributes"]["reason"]) == (kind, reason)


def test_a_number_is_typed_as_people_write_it(page):
    held = page.call("00968 9123 4567", people={"customer": "nobody"})
    held.until("verdict", reason="unknown")
    assert held.until("call")["shown"] == STRANGER


@pytest.mark.slow
@pytest.mark.parametrize(
    ("customer", "outcome"),
    [("voicemail", "no_key"), ("screening", "no_key"), ("nobody", "not_answered"), ("busy", "not_answered")],
)
def test_a_telephone_that_does_one_thing_by_itself(page, customer, outcome):
    held = page.call(demo.TRUSTED, people={"customer": customer})
    assert held.ended()["outcome"] == outcome
    assert held.leg("customer")["live"] is False


@pytest.mark.slow
def test_star_in_the_talk_lets_the_caller_go_and_asks_the_customer(page):
    held = page.call()
    held.check()
    held.answer()
    held.press("customer", "1")
    assert held.asked("customer", "talk")["star"]
    assert not held.asked("caller", "talk")["star"]
    held.do("caller", "press", "*")
    held.do("customer", "press", "*")
    held.press("customer", "2")
    assert held.leg("caller")["state"] == "completed"
    held.press("customer", "1")
    held.press("customer", "2")
    assert held.ended()["outcome"] == "reported"


@pytest.mark.slow
def test_the_care_agent_is_a_leg_of_the_call(page):
    held = page.call()
    held.check()
    held.answer()
    held.press("customer", "0")
    held.answer("care")
    assert held.leg("care")["parent"] == held.leg("customer")["sid"]
    held.asked("caller", "record")
    held.do("caller", "hang_up")
    held.press("care", "1")
    held.asked("care", "talk")
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    assert held.ended()["outcome"] == "care"


@pytest.mark.slow
def test_a_ring_back_over_rest_is_a_leg_of_the_call_that_asked_for_it(page, replay):
    before = page.call()
    before.check()
    before.answer()
    before.press("customer", "1")
    before.asked("caller", "talk")
    page.post(f"/phone/calls/{before.name}/hang_up", {})
    before.ended()
    held = page.call(demo.CUSTOMER, demo.REPORT_LINE)
    assert held.until("verdict")["kind"] == ""
    held.press("caller", "2")
    held.press("caller", "1")
    held.asked("customer", "ring")
    rung_back = held.leg("customer")
    assert (rung_back["direction"], rung_back["number"]) == ("outbound-api", demo.CUSTOMER)
    held.do("customer", "answer")
    for key in "11112":
        held.press("customer", key)
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    held.ended()
    assert held.of("record", kind="report")[-1]["attributes"]["category"] == "prize"
    first, second = replay(held.script()).calls  # the call that the ring-back is about comes first
    assert (first.to, second.to) == (demo.PROTECTED_LINE, demo.REPORT_LINE)
    assert second.rings_back == demo.CUSTOMER


@pytest.mark.slow
def test_a_reload_in_the_middle_of_a_call_and_a_second_window_show_everything(page):
    held = page.call()
    held.check()
    held.asked("customer", "ring")
    seen = len(held.events)
    other, reloaded = page.window(held.name), page.window(held.name, after=5)
    other.asked("customer", "ring")
    other.do("customer", "answer")  # a second person, in the second window
    held.press("customer", "9")
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    for window in (held, other, reloaded):
        window.ended()
    assert other.events == held.events
    assert reloaded.events == held.events[5:]
    assert [number for number, _, _ in held.events] == list(range(1, len(held.events) + 1))
    assert len(held.events) > seen
    for _ in range(2):  # a browser that comes back after the end is told to stay away
        ended = page.get(f"/phone/calls/{held.name}/events?after={len(held.events)}")
        assert (ended.status_code, ended.text) == (204, "")


@pytest.mark.slow
def test_in_real_time_a_key_interrupts_and_a_late_answer_is_an_answer(page, replay):
    held = page.call(demo.TRUSTED, speed="real")
    held.wait_for(lambda: any(d["asked"] == "ring" for d in held.of("leg", name="customer")), "it does not ring")
    time.sleep(0.6)
    held.do("customer", "answer")
    held.wait_for(lambda: held.of("leg", name="customer", asked="keys"), "no prompt")
    held.do("customer", "press", "3")
    cut = held.until("entry", leg="customer", kind="said", cut=True)
    assert cut["replaces"] > 0
    held.wait_for(lambda: held.of("entry", leg="caller", kind="said"), "the caller hears nothing")
    time.sleep(0.3)
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    assert held.ended()["outcome"] == "declined"
    rang = held.until("entry", leg="customer", kind="answered")["at"]
    assert rang >= 0.6
    [call] = replay(held.script()).calls
    assert call.customer.keys.startswith("!3@")
    assert call.customer.phone.rings_for == pytest.approx(rang, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "asked", "who"),
    [
        (moment, asked, who)
        for moment, asked in (
            ("the notice", ("caller", "keys")),
            ("the ringing", ("customer", "ring")),
            ("the whisper", ("customer", "keys")),
        )
        for who in ("caller", "customer", "everybody")
        if (moment, who) != ("the notice", "customer")  # whose telephone does not ring yet
    ],
)
def test_anybody_hangs_up_at_each_moment(page, moment, asked, who):
    held = page.call()
    if moment != "the notice":
        held.check()
    if moment == "the whisper":
        held.answer()
    held.asked(*asked)
    if who == "everybody":
        page.post(f"/phone/calls/{held.name}/hang_up", {})
    else:
        held.do(who, "hang_up")
    if who == "customer":
        held.asked("caller", "record")
        held.do("caller", "hang_up")
    ended = held.ended()
    assert ended["went_wrong"] == []
    assert all(leg["asked"] == "" for leg in (held.leg("caller"), *held.of("leg", name="customer")[-1:]))


@pytest.mark.slow
def test_what_can_not_be_done_is_refused_in_words(page):
    held = page.call()
    sid = held.asked("caller", "keys")["sid"]
    legs = f"/phone/calls/{held.name}/legs"
    for path, body, status, words in (
        (f"{legs}/{sid}", {"do": "answer"}, 409, "the telephone of the caller does not ring: it is in-progress"),
        (f"{legs}/{sid}", {"do": "press", "keys": "a"}, 409, "no telephone has the keys 'a'"),
        (f"{legs}/{sid}", {"do": "dance"}, 409, "do is 'dance': write one of answer, decline"),
        (f"{legs}/CA0", {"do": "answer"}, 404, "this call has no leg 'CA0'"),
        ("/phone/calls/none/hang_up", {}, 404, "there is no call 'none'"),
        ("/phone/calls", {"from": "12", "to": demo.PROTECTED_LINE}, 400, "'12' is no telephone number"),
        ("/phone/calls", {"from": STRANGER, "to": "line"}, 400, "to is 'line', which is no telephone number"),
        ("/phone/calls", {"from": STRANGER, "to": demo.REPORT_LINE, "speed": "slow"}, 400, "speed is 'slow'"),
        ("/phone/calls", {"from": STRANGER, "to": demo.REPORT_LINE, "people": {"care": "x"}}, 400, "care is 'x'"),
        ("/phone/calls", {"from": STRANGER, "to": demo.REPORT_LINE, "people": {"you": "x"}}, 400, "people: you"),
        ("/phone/calls", {"from": STRANGER, "to": demo.REPORT_LINE, "keys": "1"}, 400, "keys: a call has from"),
        ("/phone/faults", {"dynamodb": "off"}, 400, "dynamodb is 'off': write up or down or slow"),
        ("/phone/faults", {"slow_seconds": 99}, 400, "slow_seconds is 99: write seconds, from 0.1 to 30"),
        ("/phone/faults", {"weather": "bad"}, 400, "'weather' is no fault"),
    ):
        answer = page.post(path, body)
        assert (answer.status_code, words in answer.json()["error"]) == (status, True), answer.text
    assert page.get(f"/phone/calls/{held.name}/script").status_code == 409


@pytest.mark.slow
def test_several_calls_go_on_at_the_same_time(page):
    callers = ["+96891230001", "+96891230002", "+96891230003"]
    all_held = [page.call(caller, people={"customer": "nobody"}) for caller in callers]
    for held in all_held:
        held.asked("caller", "keys")
    for held in all_held:
        held.do("caller", "hang_up")
    for held, caller in zip(all_held, callers, strict=True):
        assert held.ended()["outcome"] == "hung_up"
        assert {leg["number"] for leg in held.of("leg")} == {caller}
    told = page.get("/phone/calls").json()["calls"]
    assert [(one["from"], one["over"]) for one in told] == [(caller, True) for caller in reversed(callers)]


def test_a_stack_that_ends_hangs_everybody_up_and_leaves_no_thread(database):
    before = set(threading.enumerate())
    with Stack({"LOG_LEVEL": "ERROR"}, log=io.StringIO(), database=database) as stack:
        held = Page(stack.address).call(speed="real")
        held.wait_for(lambda: held.of("leg", asked="keys"), "no prompt")
    held._thread.join(60)
    assert held.of("leg")[-1]["state"] == "completed"
    left = [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("phone")]
    assert left == []
    with pytest.raises(requests.ConnectionError):
        requests.get(stack.address, timeout=30)
