"""Call-backs in the table: one open one a person, one a day, and each taken and closed once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from ivr.care.call_backs import DONE, IN_PROGRESS
from ivr.store import StoreUnavailableError
from tests.care.conftest import DAY, call_back
from tests.conftest import NOW

ASKED_ONCE = call_back()
ASKED_AGAIN = call_back(call_sid="CA2", ticket="12345671", asked_at=NOW + 60, due_at=NOW + 8 * 3600)
LOSS = {"category": "secrets", "loss": "yes", "reference": "12345671"}
REPORTED = call_back(call_sid="CA3", asked_at=NOW + 90, languages="en", told_at=NOW + 90, **LOSS)
NEXT_DAY = call_back(call_sid="CA3", ticket="12345671", asked_at=NOW + DAY, day="2026-11-19")


def test_the_first_that_is_asked_for_is_the_one_that_counts(call_backs):
    assert call_backs.ask(ASKED_ONCE, NOW, most=1) is ASKED_ONCE
    assert call_backs.ask(ASKED_AGAIN, NOW + 60, most=1) == ASKED_ONCE
    assert [*call_backs.listed(NOW)] == [ASKED_ONCE]


@pytest.mark.parametrize("most", [1, 0], ids=["from a call", "from the queue"])
def test_a_later_report_joins_the_one_that_counts_and_twice_is_once(call_backs, most):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    for _ in range(2):
        counts = call_backs.ask(REPORTED, NOW + 90, most=most)
        assert counts == replace(ASKED_ONCE, **LOSS, languages="en", told_at=NOW + 90)
    assert [*call_backs.listed(NOW)] == [counts]


def test_in_whatever_order_they_come_a_loss_counts_before_none_and_then_the_later(call_backs):
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


def test_one_that_was_proved_stays_proved(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    assert call_backs.ask(replace(ASKED_AGAIN, proved=1), NOW + 60, most=1) == replace(ASKED_ONCE, proved=1)
    assert call_backs.ask(REPORTED, NOW + 90, most=1).proved == 1


def test_a_number_that_anybody_can_show_adds_a_loss_to_what_its_owner_said_and_replaces_nothing(call_backs):
    said = {"reference": "11111116", "category": "prize", "told_at": NOW}
    call_backs.ask(replace(ASKED_ONCE, proved=1, loss="no", **said), NOW, most=1)
    call_backs.ask(replace(REPORTED, loss="no"), NOW + 90, most=1)
    assert (call_backs.of(REPORTED.person).reference, call_backs.of(REPORTED.person).loss) == ("11111116", "no")
    call_backs.ask(REPORTED, NOW + 90, most=1)
    call_backs.ask(replace(REPORTED, call_sid="CA9", reference="22222226", told_at=NOW + 99), NOW + 99, most=1)
    assert (call_backs.of(REPORTED.person).reference, call_backs.of(REPORTED.person).loss) == ("12345671", "yes")


def test_nothing_joins_one_that_is_done(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    done = call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    assert call_backs.ask(replace(REPORTED, proved=1), NOW + 90, most=1) == done
    assert call_backs.of(REPORTED.person) == done


def test_one_that_is_in_progress_counts_too(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    call_backs.take(ASKED_ONCE, NOW + 10)
    assert call_backs.ask(NEXT_DAY, NOW + DAY, most=1).state == IN_PROGRESS


def test_after_one_that_is_done_the_next_is_of_another_day(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    assert call_backs.ask(ASKED_AGAIN, NOW + 60, most=1).state == DONE
    assert call_backs.ask(NEXT_DAY, NOW + DAY, most=1) is NEXT_DAY


def test_one_that_was_promised_is_owed_though_another_of_the_day_is_done(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    assert call_backs.ask(ASKED_AGAIN, NOW + 60, most=0) is ASKED_AGAIN


def test_the_same_request_late_revives_nothing(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    for most in (0, 1):
        assert call_backs.ask(ASKED_ONCE, NOW + 60, most=most).state == DONE


def test_an_expired_one_makes_room(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    late = call_back(call_sid="CA2", asked_at=NOW + 31 * DAY, day="2026-12-19", expires=NOW + 60 * DAY)
    assert call_backs.ask(late, NOW + 31 * DAY, most=1) is late


def test_an_expired_one_is_not_listed_though_the_table_still_has_it(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    assert [*call_backs.listed(NOW + 31 * DAY)] == []


def test_what_is_due_first_is_listed_first(call_backs):
    later = call_back(person="cd" * 16, call_sid="CA2", due_at=NOW + 9 * 3600)
    call_backs.ask(later, NOW, most=1)
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    assert [*call_backs.listed(NOW)] == [ASKED_ONCE, later]


def test_two_who_take_one_at_the_same_time_are_told_apart(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    taken = call_backs.take(ASKED_ONCE, NOW + 10)
    assert (taken.state, taken.taken_at, taken.number) == (IN_PROGRESS, NOW + 10, "+96892223344")
    assert call_backs.take(ASKED_ONCE, NOW + 11) is None


def test_only_one_in_progress_is_given_back(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    assert call_backs.give_back(ASKED_ONCE) is None
    taken = call_backs.take(ASKED_ONCE, NOW + 10)
    assert call_backs.give_back(taken) == ASKED_ONCE
    assert call_backs.of(ASKED_ONCE.person) == ASKED_ONCE
    call_backs.finish(ASKED_ONCE, NOW + 20, "told", NOW + DAY)
    assert call_backs.give_back(taken) is None


def test_a_done_one_holds_no_number_and_ends_once(call_backs, store):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    done = call_backs.finish(ASKED_ONCE, NOW + 20, "told", NOW + 2 * DAY)
    assert (done.state, done.number, done.note, done.expires) == (DONE, "", "told", NOW + 2 * DAY)
    assert [*call_backs.listed(NOW)] == [done]
    assert "96892223344" not in str(store.table.client.scan(TableName=store.table.name)["Items"])
    assert call_backs.finish(ASKED_ONCE, NOW + 30, "again", NOW + DAY) is None
    assert call_backs.take(ASKED_ONCE, NOW + 30) is None


def test_one_that_another_has_replaced_is_neither_taken_nor_closed(call_backs):
    call_backs.ask(ASKED_ONCE, NOW, most=1)
    call_backs.finish(ASKED_ONCE, NOW + 10, "told", NOW + DAY)
    call_backs.ask(NEXT_DAY, NOW + DAY, most=1)
    assert call_backs.take(ASKED_ONCE, NOW + DAY) is None
    assert call_backs.finish(ASKED_ONCE, NOW + DAY, "late", NOW + DAY) is None
    call_backs.take(NEXT_DAY, NOW + DAY)
    assert call_backs.give_back(ASKED_ONCE) is None
    assert call_backs.of(ASKED_ONCE.person).state == IN_PROGRESS


@pytest.mark.parametrize("act", ["take", "give_back", "finish", "listed", "accept", "get"])
def test_a_table_that_does_not_answer_says_so(store, outage, act):
    from ivr.care.call_backs import CareCall

    arguments = {
        "take": (ASKED_ONCE, NOW),
        "give_back": (ASKED_ONCE,),
        "finish": (ASKED_ONCE, NOW, "", NOW),
        "listed": (NOW,),
        "accept": (CareCall(call_sid="CA1", expires=NOW),),
        "get": ("CA1",),
    }
    outage.down = True
    ask = getattr(store.care_calls if act in {"accept", "get"} else store.call_backs, act)
    with pytest.raises(StoreUnavailableError):
        [*ask(*arguments[act])] if act == "listed" else ask(*arguments[act])  # a list is read as it is asked for


def test_a_table_that_does_not_take_a_request_says_so(call_backs, outage):
    outage.down = True
    with pytest.raises(StoreUnavailableError):
        call_backs.ask(ASKED_ONCE, NOW, most=1)


def test_a_captured_request_asks_for_nothing_again_though_others_were_done_since(call_backs):
    for nth, request in enumerate((ASKED_ONCE, NEXT_DAY)):
        assert call_backs.ask(request, NOW + nth * DAY, most=1) is request
        call_backs.finish(request, NOW + nth * DAY + 10, "told", NOW + 9 * DAY)
    for later in (2, 3):
        again = replace(ASKED_ONCE, asked_at=NOW + later * DAY, day=f"2026-11-2{later}")
        assert call_backs.ask(again, NOW + later * DAY, most=1).state == DONE


def test_as_many_a_day_as_the_setting_says(call_backs):
    for sid in ("CA1", "CA2"):
        request = replace(ASKED_ONCE, call_sid=sid)
        assert call_backs.ask(request, NOW, most=2) is request
        call_backs.finish(request, NOW + 10, "told", NOW + DAY)
    assert call_backs.ask(replace(ASKED_ONCE, call_sid="CA3"), NOW, most=2).state == DONE


def test_what_is_kept_of_a_person_is_found_when_they_are_to_be_forgotten(call_backs, store):
    from ivr.care.call_backs import CareCall
    from ivr.store.forgetting import kinds

    call_backs.ask(ASKED_ONCE, NOW, most=1)
    store.care_calls.put(CareCall(call_sid="CA1", expires=NOW + DAY, number="+96891234567"))
    forgetting = store.forgetting()
    assert kinds(forgetting.held("+96892223344", ASKED_ONCE.person)) == {
        "call-backs by customer care": 1,
        "counts of a day": 1,
    }
    assert kinds(forgetting.held("+96891234567", "nobody")) == {"ways to customer care": 1}
