"""Call-backs in the table: one open one a person, one a day, and each taken and closed once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from ivr.care.call_backs import DONE, IN_PROGRESS
from ivr.desk import Code, DeskError
from ivr.settings import Settings
from ivr.store import StoreUnavailableError
from tests.care.conftest import DAY, call_back
from tests.conftest import ENVIRONMENT, NOW

ASKED_ONCE = call_back()
ASKED_AGAIN = call_back(call_sid="CA2", ticket="12345671", asked_at=NOW + 60, due_at=NOW + 8 * 3600)
LOSS = {"category": "secrets", "loss": "yes", "reference": "12345671"}
REPORTED = call_back(call_sid="CA3", asked_at=NOW + 90, languages="en", told_at=NOW + 90, **LOSS)
KEPT_DAYS = Settings.from_environment(ENVIRONMENT).retention_call_backs_days
NEXT_DAY = call_back(call_sid="CA3", ticket="12345671", asked_at=NOW + DAY, day="2026-11-19")


def refused(code):
    return pytest.raises(DeskError, check=lambda error: error.code == code)


def test_a_second_request_of_the_day_keeps_the_first(call_backs):
    assert call_backs.ask(ASKED_ONCE, NOW, most=1) is ASKED_ONCE
    assert call_backs.ask(ASKED_AGAIN, NOW + 60, most=1) == ASKED_ONCE
    assert [*call_backs.listed(NOW)] == [ASKED_ONCE]


@pytest.mark.parametrize("most", [1, 0], ids=["from a call", "from the queue"])
def test_a_later_report_joins_the_open_call_back_once(call_backs, most):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    for _ in range(2):
        counts = call_backs.ask(REPORTED, NOW + 90, most=most)
        assert counts == replace(ASKED_ONCE, **LOSS, languages="en", told_at=NOW + 90)
    assert [*call_backs.listed(NOW)] == [counts]


def test_a_report_with_a_loss_wins_and_then_the_later_one_in_any_order(call_backs):
    earlier_loss = replace(REPORTED, call_sid="CA4", reference="11111116", told_at=NOW + 80)
    no_loss = replace(REPORTED, call_sid="CA5", reference="22222226", loss="no", told_at=NOW + 95)
    for order in permutations([earlier_loss, REPORTED, no_loss, ASKED_AGAIN]):
        person = f"{order}"  # each order is somebody else's
        call_backs.ask(replace(ASKED_ONCE, person=person, call_sid=f"{order}"), NOW, most=1)
        for request in order:
            call_backs.ask(replace(request, person=person, call_sid=f"{request}{order}"), NOW + 100, most=1)
        assert call_backs.of(person).reference == LOSS["reference"]


def test_a_report_without_a_loss_is_replaced_by_a_later_one(call_backs):
    call_backs.ask(replace(REPORTED, call_sid="CA1", loss="", reference="11111116", told_at=NOW), NOW, most=1)
    call_backs.ask(replace(REPORTED, loss="no"), NOW + 90, most=1)
    assert (call_backs.of(REPORTED.person).reference, call_backs.of(REPORTED.person).loss) == ("12345671", "no")


def test_a_proved_call_back_stays_proved(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    assert call_backs.ask(replace(ASKED_AGAIN, proved=1), NOW + 60, most=1) == replace(ASKED_ONCE, proved=1)
    assert call_backs.ask(REPORTED, NOW + 90, most=1).proved == 1


def test_an_unproved_request_only_adds_a_loss_to_a_proved_one(call_backs):
    said = {"reference": "11111116", "category": "prize", "told_at": NOW}
    call_backs.ask(replace(ASKED_ONCE, proved=1, loss="no", **said), NOW, most=1)
    call_backs.ask(replace(REPORTED, loss="no"), NOW + 90, most=1)
    assert (call_backs.of(REPORTED.person).reference, call_backs.of(REPORTED.person).loss) == ("11111116", "no")
    call_backs.ask(REPORTED, NOW + 90, most=1)
    call_backs.ask(replace(REPORTED, call_sid="CA9", reference="22222226", told_at=NOW + 99), NOW + 99, most=1)
    assert (call_backs.of(REPORTED.person).reference, call_backs.of(REPORTED.person).loss) == ("12345671", "yes")


def test_a_report_does_not_join_a_call_back_that_is_done(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    done = agent.finish(ASKED_ONCE, NOW + 10)
    assert call_backs.ask(replace(REPORTED, proved=1), NOW + 90, most=1) == done
    assert call_backs.of(REPORTED.person) == done


def test_a_request_on_the_next_day_keeps_one_in_progress(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    agent.take(ASKED_ONCE, NOW + 10)
    assert call_backs.ask(NEXT_DAY, NOW + DAY, most=1).state == IN_PROGRESS


def test_after_a_call_back_is_done_the_next_one_waits_for_another_day(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    agent.finish(ASKED_ONCE, NOW + 10)
    assert call_backs.ask(ASKED_AGAIN, NOW + 60, most=1).state == DONE
    assert call_backs.ask(NEXT_DAY, NOW + DAY, most=1) is NEXT_DAY


def test_a_promised_call_back_is_stored_after_another_of_the_day_is_done(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    agent.finish(ASKED_ONCE, NOW + 10)
    assert call_backs.ask(ASKED_AGAIN, NOW + 60, most=0) is ASKED_AGAIN


def test_a_late_repeat_does_not_reopen_a_call_back(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    agent.finish(ASKED_ONCE, NOW + 10)
    for most in (0, 1):
        assert call_backs.ask(ASKED_ONCE, NOW + 60, most=most).state == DONE


def test_an_expired_call_back_is_replaced(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    late = call_back(call_sid="CA2", asked_at=NOW + 31 * DAY, day="2026-12-19", expires=NOW + 60 * DAY)
    assert call_backs.ask(late, NOW + 31 * DAY, most=1) is late


def test_an_expired_call_back_is_nobodys_to_take_before_ttl_removes_it(call_backs, agent):
    asked = call_back(expires=NOW + 10)
    call_backs.ask(asked, NOW, most=1)
    with refused(Code.UNKNOWN_TICKET):
        agent.take(asked, NOW + 10)
    assert agent.take(asked, NOW + 9).taken_by == "Salma"


def test_an_expired_call_back_is_not_listed_before_ttl_removes_it(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    assert [*call_backs.listed(NOW + 31 * DAY)] == []


def test_call_backs_are_listed_by_due_time(call_backs):
    later = call_back(person="cd" * 16, call_sid="CA2", due_at=NOW + 9 * 3600)
    call_backs.ask(later, NOW, most=1)
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    assert [*call_backs.listed(NOW)] == [ASKED_ONCE, later]


def test_only_one_agent_can_take_a_call_back(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    taken = agent.take(ASKED_ONCE, NOW + 10)
    assert (taken.state, taken.taken_at, taken.number) == (IN_PROGRESS, NOW + 10, "+96892223344")
    with refused(Code.NOT_TO_TAKE):
        agent.take(ASKED_ONCE, NOW + 11)


def test_only_a_call_back_in_progress_is_given_back(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    with refused(Code.NOT_IN_PROGRESS):
        agent.give_back(ASKED_ONCE, NOW + 5)
    taken = agent.take(ASKED_ONCE, NOW + 10)
    assert agent.give_back(taken, NOW + 15) == ASKED_ONCE
    assert call_backs.of(ASKED_ONCE.person) == ASKED_ONCE
    agent.finish(ASKED_ONCE, NOW + 20)
    with refused(Code.NOT_IN_PROGRESS):
        agent.give_back(taken, NOW + 30)


def test_a_done_call_back_holds_no_number_and_is_finished_once(call_backs, store, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    done = agent.finish(ASKED_ONCE, NOW + 20)
    assert (done.state, done.number, done.note, done.done_by) == (DONE, "", "told", "Salma")
    assert done.expires == NOW + 20 + KEPT_DAYS * DAY
    assert [*call_backs.listed(NOW)] == [done]
    assert "96892223344" not in str(store.table.client.scan(TableName=store.table.name)["Items"])
    with refused(Code.DONE):
        agent.finish(ASKED_ONCE, NOW + 30, "again")
    with refused(Code.NOT_TO_TAKE):
        agent.take(ASKED_ONCE, NOW + 30)


def test_a_replaced_call_back_is_neither_taken_nor_finished(call_backs, agent):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    agent.finish(ASKED_ONCE, NOW + 10)
    call_backs.ask(NEXT_DAY, NOW + DAY, most=1)
    for act in (agent.take, agent.finish, agent.give_back):
        with refused(Code.UNKNOWN_TICKET):
            act(ASKED_ONCE, NOW + DAY)
    agent.take(NEXT_DAY, NOW + DAY)
    with refused(Code.UNKNOWN_TICKET):
        agent.give_back(ASKED_ONCE, NOW + DAY)
    assert call_backs.of(ASKED_ONCE.person).state == IN_PROGRESS


@pytest.mark.parametrize("act", ["take", "give_back", "finish"])
def test_an_outage_raises_its_error_in_what_an_agent_does(call_backs, agent, outage, act):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    outage.down = True
    with pytest.raises(StoreUnavailableError):
        getattr(agent, act)(ASKED_ONCE, NOW)


@pytest.mark.parametrize("act", ["listed", "accept", "get"])
def test_an_outage_raises_its_error_in_every_operation(store, outage, act):
    from ivr.care.call_backs import CareCall

    arguments = {
        "listed": (NOW,),
        "accept": (CareCall(call_sid="CA1", expires=NOW),),
        "get": ("CA1",),
    }
    outage.down = True
    ask = getattr(store.care_calls if act in {"accept", "get"} else store.call_backs, act)
    with pytest.raises(StoreUnavailableError):
        [*ask(*arguments[act])] if act == "listed" else ask(*arguments[act])  # a list is read as it is asked for


def test_a_request_during_an_outage_raises_its_error(call_backs, outage):
    outage.down = True
    with pytest.raises(StoreUnavailableError):
        call_backs.ask(ASKED_ONCE, NOW, most=1)


def test_a_replayed_request_stores_nothing_on_later_days(call_backs, agent):
    for nth, request in enumerate((ASKED_ONCE, NEXT_DAY)):
        assert call_backs.ask(request, NOW + nth * DAY, most=1) is request
        agent.finish(request, NOW + nth * DAY + 10)
    for later in (2, 3):
        again = replace(ASKED_ONCE, asked_at=NOW + later * DAY, day=f"2026-11-2{later}")
        assert call_backs.ask(again, NOW + later * DAY, most=1).state == DONE


def test_the_setting_limits_the_call_backs_of_a_day(call_backs, agent):
    for sid in ("CA1", "CA2"):
        request = replace(ASKED_ONCE, call_sid=sid)
        assert call_backs.ask(request, NOW, most=2) is request
        agent.finish(request, NOW + 10)
    assert call_backs.ask(replace(ASKED_ONCE, call_sid="CA3"), NOW, most=2).state == DONE


def test_forgetting_finds_every_item_of_a_person(call_backs, store):
    from ivr.care.call_backs import CareCall
    from ivr.store.forgetting import kinds

    call_backs.ask(ASKED_ONCE, NOW, most=1)
    store.care_calls.put(CareCall(call_sid="CA1", expires=NOW + DAY, number="+96891234567"))
    forgetting = store.forgetting()
    assert kinds(forgetting.all_about("+96892223344", ASKED_ONCE.person)) == {
        "call-backs by customer care": 1,
        "counts of a day": 1,
    }
    assert kinds(forgetting.all_about("+96891234567", "nobody")) == {"calls to customer care": 1}
