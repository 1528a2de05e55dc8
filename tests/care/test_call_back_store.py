"""Call-backs in the table: one open one a person, one a day, and each taken and closed once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from ivr.care.records import DONE, IN_PROGRESS
from ivr.store import StoreUnavailableError
from tests.care.conftest import DAY, call_back
from tests.conftest import NOW

ASKED_ONCE = call_back()
ASKED_AGAIN = call_back(call_sid="CA2", ticket="12345671", asked_at=NOW + 60, due_at=NOW + 8 * 3600)
LOSS = {"category": "secrets", "loss": "yes", "reference": "12345671"}
REPORTED = call_back(call_sid="CA3", asked_at=NOW + 90, languages="en", told_at=NOW + 90, **LOSS)
NEXT_DAY = call_back(call_sid="CA3", ticket="12345671", asked_at=NOW + DAY, day="2026-11-19")


def test_the_first_that_is_asked_for_is_the_one_that_counts(call_backs):
    assert call_backs.ask(ASKED_ONCE, NOW) is ASKED_ONCE
    assert call_backs.ask(ASKED_AGAIN, NOW + 60) == ASKED_ONCE
    assert [*call_backs.listed(NOW)] == [ASKED_ONCE]


@pytest.mark.parametrize("promised", [False, True], ids=["from a call", "from the queue"])
def test_a_later_report_joins_the_one_that_counts_and_twice_is_once(call_backs, promised):
    call_backs.ask(ASKED_ONCE, NOW)
    for _ in range(2):
        counts = call_backs.ask(REPORTED, NOW + 90, promised=promised)
        assert counts == replace(ASKED_ONCE, **LOSS, languages="en", told_at=NOW + 90)
    assert [*call_backs.listed(NOW)] == [counts]


def test_in_whatever_order_they_come_a_loss_counts_before_none_and_then_the_later(call_backs):
    earlier_loss = replace(REPORTED, call_sid="CA4", reference="11111116", told_at=NOW + 80)
    no_loss = replace(REPORTED, call_sid="CA5", reference="22222226", loss="no", told_at=NOW + 95)
    for order in permutations([earlier_loss, REPORTED, no_loss, ASKED_AGAIN]):
        person = f"{order}"  # each order is somebody else's
        call_backs.ask(replace(ASKED_ONCE, person=person), NOW)
        for request in order:
            call_backs.ask(replace(request, person=person), NOW + 100)
        assert call_backs.of(person).reference == LOSS["reference"]


def test_a_report_without_a_loss_is_replaced_by_a_later_one(call_backs):
    call_backs.ask(replace(REPORTED, call_sid="CA1", loss="", reference="11111116", told_at=NOW), NOW)
    call_backs.ask(replace(REPORTED, loss="no"), NOW + 90)
    assert (call_backs.of(REPORTED.person).reference, call_backs.of(REPORTED.person).loss) == ("12345671", "no")


def test_one_that_was_proved_stays_proved(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    assert call_backs.ask(replace(ASKED_AGAIN, proved=1), NOW + 60) == replace(ASKED_ONCE, proved=1)
    assert call_backs.ask(REPORTED, NOW + 90).proved == 1


def test_nothing_joins_one_that_is_done(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    done = call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    assert call_backs.ask(replace(REPORTED, proved=1), NOW + 90) == done
    assert call_backs.of(REPORTED.person) == done


def test_one_that_is_in_progress_counts_too(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    call_backs.take(ASKED_ONCE, NOW + 10)
    assert call_backs.ask(NEXT_DAY, NOW + DAY).state == IN_PROGRESS


def test_after_one_that_is_done_the_next_is_of_another_day(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    assert call_backs.ask(ASKED_AGAIN, NOW + 60).state == DONE
    assert call_backs.ask(NEXT_DAY, NOW + DAY) is NEXT_DAY


def test_one_that_was_promised_is_owed_though_another_of_the_day_is_done(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    assert call_backs.ask(ASKED_AGAIN, NOW + 60, promised=True) is ASKED_AGAIN


def test_the_same_request_late_revives_nothing(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    for promised in (True, False):
        assert call_backs.ask(ASKED_ONCE, NOW + 60, promised=promised).state == DONE


def test_an_expired_one_makes_room(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    late = call_back(call_sid="CA2", asked_at=NOW + 31 * DAY, expires=NOW + 60 * DAY)
    assert call_backs.ask(late, NOW + 31 * DAY) is late


def test_an_expired_one_is_not_listed_though_the_table_still_has_it(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    assert [*call_backs.listed(NOW + 31 * DAY)] == []


def test_what_is_due_first_is_listed_first(call_backs):
    later = call_back(person="cd" * 16, due_at=NOW + 9 * 3600)
    call_backs.ask(later, NOW)
    call_backs.ask(ASKED_ONCE, NOW)
    assert [*call_backs.listed(NOW)] == [ASKED_ONCE, later]


def test_two_who_take_one_at_the_same_time_are_told_apart(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    taken = call_backs.take(ASKED_ONCE, NOW + 10)
    assert (taken.state, taken.taken_at, taken.number) == (IN_PROGRESS, NOW + 10, "+96892223344")
    assert call_backs.take(ASKED_ONCE, NOW + 11) is None


def test_only_one_in_progress_is_given_back(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    assert call_backs.give_back(ASKED_ONCE) is None
    taken = call_backs.take(ASKED_ONCE, NOW + 10)
    assert call_backs.give_back(taken) == ASKED_ONCE
    assert call_backs.of(ASKED_ONCE.person) == ASKED_ONCE
    call_backs.finish(ASKED_ONCE, NOW + 20, "told", NOW + DAY)
    assert call_backs.give_back(taken) is None


def test_a_done_one_holds_no_number_and_ends_once(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    done = call_backs.finish(ASKED_ONCE, NOW + 20, "told", NOW + 2 * DAY)
    assert (done.state, done.number, done.note, done.expires) == (DONE, "", "told", NOW + 2 * DAY)
    assert [*call_backs.listed(NOW)] == [done]
    assert "96892223344" not in str(call_backs.client.scan(TableName=call_backs.table)["Items"])
    assert call_backs.finish(ASKED_ONCE, NOW + 30, "again", NOW + DAY) is None
    assert call_backs.take(ASKED_ONCE, NOW + 30) is None


def test_one_that_another_has_replaced_is_neither_taken_nor_closed(call_backs):
    call_backs.ask(ASKED_ONCE, NOW)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    call_backs.ask(NEXT_DAY, NOW + DAY)
    assert call_backs.take(ASKED_ONCE, NOW + DAY) is None
    assert call_backs.finish(ASKED_ONCE, NOW + DAY, "late", NOW + DAY) is None
    call_backs.take(NEXT_DAY, NOW + DAY)
    assert call_backs.give_back(ASKED_ONCE) is None
    assert call_backs.of(ASKED_ONCE.person).state == IN_PROGRESS


@pytest.mark.parametrize("act", ["ask", "take", "give_back", "finish", "listed", "accept", "care_call"])
def test_a_table_that_does_not_answer_says_so(call_backs, outage, act):
    from ivr.care.records import CareCall

    arguments = {
        "ask": (ASKED_ONCE, NOW),
        "take": (ASKED_ONCE, NOW),
        "give_back": (ASKED_ONCE,),
        "finish": (ASKED_ONCE, NOW, "", NOW),
        "listed": (NOW,),
        "accept": (CareCall(call_sid="CA1", expires=NOW),),
        "care_call": ("CA1",),
    }
    outage.down = True
    ask = getattr(call_backs, act)
    with pytest.raises(StoreUnavailableError):
        [*ask(*arguments[act])] if act == "listed" else ask(*arguments[act])  # a list is read as it is asked for


def test_what_is_kept_of_a_person_is_found_when_they_are_to_be_forgotten(call_backs, store):
    from ivr.care.records import CareCall
    from ivr.store.forgetting import Forgetting, kinds

    call_backs.ask(ASKED_ONCE, NOW)
    call_backs.brief(CareCall(call_sid="CA1", expires=NOW + DAY, number="+96891234567"))
    forgetting = Forgetting(store.table, store.client)
    assert kinds(forgetting.held("+96892223344", ASKED_ONCE.person)) == {"call-backs by customer care": 1}
    assert kinds(forgetting.held("+96891234567", "nobody")) == {"ways to customer care": 1}
