"""A repeated request by Twilio neither ends a talk nor leaves a customer alone in the conference."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED
from tests.calls.test_guarded_call import alone_for
from tests.conftest import BASE_URL

__all__ = ["alone_for"]


@pytest.fixture(params=["at_once", "after_bridge"])
def network(request):
    """When a move takes effect: in the whisper, so that the caller comes first; or after it, the customer."""
    return {"update_during_whisper": request.param}


@pytest.fixture
def asked_again(carrier, store):
    """Let Twilio ask once more for the document by which a leg is judged, so many seconds after it came to the room."""
    asked = []

    def ask(which, seconds):
        yield from until_there(which, seconds)
        leg = next(leg for leg in carrier.legs if (leg.parent is not None) == (which == "customer"))
        query = "?leg=talk" if which == "customer" else ""
        carrier.network.webhooks.send(f"{BASE_URL}/voice/wait/judge{query}", leg.form())
        asked.append(which)

    def until_there(which, seconds):
        came = {"customer": "entered_at", "caller": "joined_at"}[which]
        while not (carrier.calls and getattr(store.calls.get(carrier.calls[0].sid), came, 0)):
            yield carrier.network.env.timeout(0.5)
        yield carrier.network.env.timeout(seconds)

    def again(which, seconds):
        carrier.network.env.process(ask(which, seconds))
        return asked

    return again


@pytest.fixture
def moves(rest_server):
    """How many moves were asked for since the test began."""
    before = len(rest_server.requests)
    return lambda: len([one for one in rest_server.requests[before:] if one.endpoint == "calls.update"])


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0, 1, 4, 15, 45])
@pytest.mark.parametrize("which", ["customer", "caller"])
def test_a_repeated_wait_request_ends_no_talk(ring, asked_again, moves, reports, which, seconds):
    asked = asked_again(which, seconds)
    call = ring(caller=[ANNOUNCED], customer=["1"], customers_phone={"talks_for": 80})
    assert asked == [which]
    assert call.talked_in_conference
    assert moves() == 1  # of the customer, into the room
    assert call.caller.call.transcript.of("customer")[-1].at > 100
    assert not reports()


def test_a_customer_whose_caller_left_before_the_talk_waits_at_most_twelve_seconds(ring, alone_for):
    """The caller hung up on the way to the room."""
    call = ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": 75}, customer=["1"])
    assert alone_for() <= 12
    assert call.status == "completed"


@pytest.mark.slow
def test_a_repeated_wait_request_leaves_a_customer_who_was_moved_where_they_are(ring, carrier, store, outage, moves):
    """Also where the first look at the call's record fails."""

    def ask():
        while not getattr(store.calls.get(carrier.calls[0].sid) if carrier.calls else None, "moved_to", ""):
            yield carrier.network.env.timeout(0.5)
        outage.only, outage.times = ("GetItem",), 1
        form = next(leg for leg in carrier.legs if leg.parent).form()
        carrier.network.webhooks.send(f"{BASE_URL}/voice/wait/judge?leg=talk", form)
        assert not outage.times

    carrier.network.env.process(ask())
    call = ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": 75}, customer=["1"])
    assert call.customer.hears("caller_gone")
    assert moves() == 2  # into the room and out of it


@pytest.mark.slow
def test_a_caller_who_is_moved_out_of_the_room_is_no_customer_who_was(ring, carrier, store, asked_again):
    """The customer's leg was said to have ended, and the room goes on."""

    def leave():
        while not getattr(store.calls.get(carrier.calls[0].sid) if carrier.calls else None, "joined_at", 0):
            yield carrier.network.env.timeout(0.5)
        store.conferences.leave(carrier.calls[0].sid, int(carrier.epoch))

    carrier.network.env.process(leave())
    asked_again("caller", 4)
    call = ring(caller=[ANNOUNCED], customer=["1"], customers_phone={"talks_for": 80})
    assert {entry.leg for entry in call.call.transcript if entry.kind == "moved"} == {"caller", "customer"}
    assert store.calls.get(call.sid).moved_to in {"", "talk/caller_gone"}
