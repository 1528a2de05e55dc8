"""Faults that are switched on at the page are really there, and gone when they are switched off."""

import time
from types import SimpleNamespace

import pytest

from infra.local import demo
from infra.local.phone import faults
from ivr.records.base import day_of
from tests.phone.conftest import STRANGER

pytestmark = pytest.mark.slow  # each fault in the running stack; test_phone_calls.py stays in the quick run


def switch(page, **faults):
    answer = page.post("/phone/faults", faults)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_no_fault_is_on_by_default(page):
    expected = {"dynamodb": "up", "rest": "up", "duplicates": False, "disorder": False, "slow_seconds": 3.0}
    assert page.get("/phone/faults").json() == expected


def test_with_dynamodb_down_the_call_goes_on_and_the_report_is_stored_later(page, stack):
    page.call(people={"customer": "busy"}).check()  # the line is known to the running service
    switch(page, dynamodb="down")
    held = page.call("+96891239999")
    assert "could not be read" in held.until("verdict")["problem"]
    assert held.until("faults")["dynamodb"] == "down"
    held.check()
    held.answer()
    held.press("customer", "9")
    held.asked("customer", "keys")
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    held.wait_for(lambda: held.leg("customer")["state"] == "completed", "the customer is still there")
    assert switch(page, dynamodb="up")["dynamodb"] == "up"
    held.ended()
    assert stack.background.settle(20)
    [report] = [one for one in stack.store.reports.of_days(_these_days()) if one.caller == "+96891239999"]
    assert report.call_sid == held.of("leg", name="caller")[0]["sid"]
    assert "# Faults were on" in held.script()


def test_with_a_slow_dynamodb_the_webhooks_take_longer(page, monkeypatch):
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        time.sleep(seconds)

    monkeypatch.setattr(faults, "time", SimpleNamespace(sleep=sleep))
    switch(page, dynamodb="slow", slow_seconds=0.4)
    held = page.call()
    held.asked("caller", "keys")
    assert held.of("webhook")[0]["ms"] > 400
    assert set(waited) == {0.4}
    switch(page, dynamodb="up")
    waited.clear()
    held.check()
    held.asked("customer", "ring")
    assert waited == []


def test_with_rest_down_the_two_are_bridged_without_the_star(page):
    switch(page, rest="down")
    held = page.call()
    held.check()
    held.answer()
    held.press("customer", "1")
    held.asked("customer", "talk")
    assert not held.leg("customer")["star"]
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    assert held.ended()["outcome"] == "accepted"


def test_with_rest_slow_the_guarded_talk_only_begins_later(page):
    switch(page, rest="slow", slow_seconds=0.3)
    held = page.call()
    held.check()
    held.answer()
    held.press("customer", "1")
    assert held.asked("customer", "talk")["star"]
    accepted = next(one for one in held.of("webhook") if one["form"].get("Digits") == "1" and one["leg"] == "customer")
    assert accepted["ms"] > 300


def test_duplicates_come_twice_with_one_answer_and_one_report(page, stack):
    switch(page, duplicates=True)
    held = page.call()
    held.check()
    held.answer()
    held.press("customer", "9")
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    ended = held.ended()
    assert (ended["outcome"], ended["went_wrong"]) == ("reported", [])
    assert {one["delivery"] for one in held.of("webhook")} == {1, 2}
    assert len(list(stack.store.reports.of_days(_these_days()))) == 1


def test_in_disorder_callbacks_come_late_and_the_call_is_the_same(page):
    switch(page, disorder=True)
    held = page.call(demo.TRUSTED)
    held.answer()
    held.press("customer", "3")
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    assert held.ended()["outcome"] == "declined"
    hung_up = held.of("entry", leg="caller", kind="hung up")[0]["at"]
    callbacks = [one["at"] for one in held.of("webhook") if one["path"] == "/voice/status"]
    assert max(callbacks) > hung_up


def test_a_switch_is_told_in_the_middle_of_a_call(page):
    held = page.call()
    held.asked("caller", "keys")
    switch(page, duplicates=True)
    held.until("faults", duplicates=True)
    held.check()
    held.asked("customer", "ring")
    assert max(one["delivery"] for one in held.of("webhook")) == 2
    switch(page, duplicates=False)
    held.until("faults", duplicates=False)
    assert STRANGER in held.until("call")["from"]


def _these_days():
    """Today, and yesterday where it was midnight in the course of the test."""
    now = int(time.time())
    return sorted({day_of(now - 600), day_of(now)})


@pytest.fixture(autouse=True)
def off_again(page):
    yield
    switch(page, dynamodb="up", rest="up", duplicates=False, disorder=False)
