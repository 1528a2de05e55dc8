"""A write succeeds, its response is lost, and the SDK repeats it: the repeat is recognised as the same write."""

from __future__ import annotations

import pytest

from infra.local import demo
from ivr.screening.caller_list import ListEntry
from ivr.screening.line import Line
from tests.care.agent import Agent
from tests.care.conftest import call_back
from tests.conftest import NOW
from tests.jobs.conftest import LINE, PERSON, asked_of, report, ring_back
from tests.network_faults import failing_at_once
from tests.slowly import slow_but

MOST_OPERATIONS = 12  # of one job


@pytest.fixture
def faults(dynamodb, monkeypatch):
    return failing_at_once(dynamodb, monkeypatch)


@pytest.mark.parametrize("way", slow_but(("lost",), ["late", "lost"]))
@pytest.mark.parametrize("nth", slow_but(range(2, 6), range(1, MOST_OPERATIONS)))
def test_the_customer_is_rung_back_once_whichever_response_is_lost(store, function, twilio, jobs, faults, way, nth):
    asked = ring_back()
    store.put_once(asked)
    records = function.fetch()
    faults.arm(nth, way)
    function.waiting = function.deliver(records)
    faults.arm(0, way)
    function.follow()
    assert len(asked_of(twilio, "calls.create")) == 1
    # Twilio's answer is known, unless the response to the write that stores it is lost.
    assert jobs.current(asked).state == "done"


@pytest.mark.parametrize("nth", slow_but(range(2, 6), range(1, MOST_OPERATIONS)))
def test_the_sms_about_a_report_is_sent_once_whichever_response_is_late(store, function, twilio, faults, nth):
    made = report()
    store.reports.put(made)
    store.reports.note(made.call_sid, made.which, {"category": "prize", "loss": "no"})
    for record in function.fetch():
        faults.arm(nth, "late")
        function.waiting += function.deliver([record])
        faults.arm(0, "late")
    function.follow()
    assert len(asked_of(twilio, "messages.create")) == 1
    assert store.sms.get(made.call_sid, made.which).state == "done"


def test_a_refusal_is_logged_once(store, jobs, faults):
    asked = ring_back()
    store.put_once(asked)
    faults.arm(1, "late")
    assert jobs.refuse(asked, "unregistered")
    assert not jobs.refuse(asked, "unregistered")


def test_a_lost_response_does_not_make_an_agents_own_step_look_like_anothers(store, faults):
    agent, asked = Agent(store), call_back()
    store.call_backs.ask(asked, NOW, most=1)
    for act in (agent.take, agent.give_back, agent.finish):
        faults.arm(2, "late")  # after the read
        assert act(asked, NOW)
        assert faults.failed == "TransactWriteItems"


def test_a_lost_response_to_an_opt_out_is_reported_as_a_change(faults, store):
    for act in (lambda: store.opt_outs.begin(PERSON, NOW), lambda: store.opt_outs.end(PERSON, NOW, kept_days=9)):
        faults.arm(1, "late")
        assert act()
        assert not act()


def test_a_lost_response_to_an_undo_is_reported_as_undone(store, faults):
    store.put(Line(number=LINE, kind="protected", ring_to=demo.CUSTOMER))
    word = ListEntry(line=LINE, caller="+96891234567", word="allow", at=NOW, source="CA1")
    store.put(word)
    faults.arm(1, "late")
    assert store.caller_lists.take_back(word, NOW + 9)
    store.put(ListEntry(line=LINE, caller="+96891234567", word="allow", at=NOW + 20, source="CA2"))
    assert not store.caller_lists.take_back(word, NOW + 30)  # a newer word


def test_a_lost_response_to_a_ring_back_request_grants_it(store, faults):
    faults.arm(1, "late")
    assert store.ring_backs.ask(ring_back(), most=1)
    assert not store.ring_backs.ask(ring_back(call_sid="CA2"), most=1)
