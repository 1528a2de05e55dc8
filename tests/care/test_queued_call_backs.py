"""A call-back that DynamoDB refuses waits in the queue: it is confirmed, and owed once."""

from __future__ import annotations

import pytest

from infra.carrier import Phone
from infra.local import demo
from ivr.care.call_backs import DONE
from ivr.outbox.queue import MessageError, read, write
from tests.calls.conftest import HeldCall
from tests.care.conftest import call_back
from tests.conftest import NOW
from tests.redeliver.conftest import environment, queue, redelivery

__all__ = ["environment", "queue", "redelivery"]

AT_HOME = "+96892223344"


@pytest.fixture
def ask(environment, carrier, outage):
    """Somebody asks for a call-back just as the table goes down, or one operation of it."""
    environment["CARE_HOURS"] = "Su-Th 08:00-14:00"

    def call(from_=AT_HOME, once_heard="can call you back"):
        keys = iter(["2", "0", "1"])

        def press(heard):
            outage.down = outage.down or any(once_heard in entry.text for entry in heard)
            return next(keys)

        placed = carrier.place(from_=from_, to=demo.REPORT_LINE, phone=Phone(ask=press))
        carrier.run()
        outage.down = False
        return HeldCall(placed, carrier)

    return call


def test_a_call_back_that_the_table_refuses_is_confirmed_and_stored_later(ask, queue, call_backs):
    call = ask()
    assert call.caller.hears("call_back_asked", "en")
    assert call.caller.hears("call_back_by.tomorrow", "en")
    assert [message["kind"] for message in queue.peek()] == ["call_back"]
    assert [*call_backs.listed(NOW)] == []
    queue.empty()
    [stored] = [*call_backs.listed(NOW)]
    assert (stored.number, stored.call_sid, stored.languages) == (AT_HOME, call.sid, "en")
    assert NOW <= stored.asked_at <= NOW + 600


def test_a_call_back_delivered_twice_is_stored_once(ask, queue, call_backs, agent):
    ask()
    [message] = queue.peek()
    body = __import__("json").dumps(message)
    queue.send(body)
    queue.empty()
    [stored] = [*call_backs.listed(NOW)]
    agent.finish(stored, NOW)
    queue.send(body)
    queue.empty()
    assert [one.state for one in [*call_backs.listed(NOW)]] == [DONE]


def test_a_queued_call_back_joins_one_that_is_open(ask, queue, call_backs):
    from ivr.pseudonym import pseudonym

    open_one = call_back(person=pseudonym(AT_HOME, demo.SETTINGS["HMAC_KEY"]))
    call_backs.ask(open_one, NOW, most=1)
    ask()
    queue.empty()
    assert [*call_backs.listed(NOW)] == [open_one]


def test_the_report_of_a_queued_call_back_joins_the_open_one(redelivery, call_backs):
    call_backs.ask(call_back(), NOW, most=1)
    later = call_back(call_sid="CA2", ticket="12345671", reference="12345671", loss="yes", told_at=NOW + 60, proved=1)
    for _ in range(2):
        redelivery.take(write(later))
    [stored] = [*call_backs.listed(NOW)]
    assert (stored.ticket, stored.reference, stored.loss, stored.proved) == ("84072573", "12345671", "yes", 1)


def test_a_number_that_cannot_be_looked_up_is_not_promised_a_call(ask, queue, call_backs):
    """It is foreign, so that only a registration would allow to ring it."""
    call = ask(demo.CUSTOMER, once_heard="")  # the table is down before it is looked up
    assert call.caller.hears("call_back_not_recorded", "en")
    assert queue.waiting == 0


def test_a_call_back_that_table_and_queue_refuse_is_not_confirmed(environment, ask, call_backs):
    environment["REPORT_QUEUE_URL"] = "http://127.0.0.1:9/1/reports"
    call = ask()
    assert call.caller.hears("call_back_not_recorded", "en")
    assert not call.caller.hears("call_back_asked", "en")
    assert [*call_backs.listed(NOW)] == []


def test_a_message_is_read_as_it_was_sent_and_one_with_an_unknown_field_waits_for_a_newer_release():
    asked = call_back()
    assert read(write(asked)) == asked
    with pytest.raises(MessageError, match="'urgency'"):
        read(write(asked).replace('"languages":', '"urgency":1,"languages":'))
