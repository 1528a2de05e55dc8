"""Legs moved or ended at random moments: every leg ends, no action is requested twice, a seed repeats the call."""

import random

import pytest
from requests import RequestException
from twilio.base.exceptions import TwilioException

from infra.carrier import (
    BARGE_IN,
    HANG_UP,
    PRESS_IN_TALK,
    SILENCE,
    Carrier,
    DoneButTimedOut,
    Late,
    Phone,
    Refused,
    Reset,
    render,
)
from tests.slowly import slow_after

BASE, CALLER, LINE, CUSTOMER = "https://ivr.example", "+96891234567", "+12025550100", "+12025550111"
CONFERENCE = '<Conference endConferenceOnExit="true" waitUrl="https://ivr.example/voice/wait">r</Conference>'
ROOM = f'<Dial hangupOnStar="true" action="over">{CONFERENCE}</Dial>'
DIAL = f'<Dial answerOnBridge="true" action="done"><Number url="whisper">{CUSTOMER}</Number></Dial>'
TOKENS = ["1", "1", BARGE_IN("1"), BARGE_IN("1"), HANG_UP, SILENCE, PRESS_IN_TALK("*", 3), PRESS_IN_TALK("*", 0)]
FAULTS = [
    None,
    None,
    None,
    Late(0.5),
    Late(4),
    Refused(503),
    Reset(),
    DoneButTimedOut(0.02),
]  # no client times out: the connection is closed


def live_through(chance, app, server, client):
    """One call in which everything that can be chosen is chosen by chance; returns its carrier."""

    def phone(name, *answers):
        return Phone(
            name=name,
            answers=chance.choice(answers),
            keys=chance.choices(TOKENS, k=4),
            hangs_up_after=chance.choice([None, None, None, 6.5, 7.8, 9, 20]),
            talks_for=chance.choice([None, 4, 30]),
            patience=chance.choice([None, None, 6, 12]),
        )

    network = Carrier(
        app,
        base_url=BASE,
        auth_token="12345",
        clock_start=1_800_000_000,
        seed=1,
        pickups={CUSTOMER: phone("customer", "answers", "answers", "answers", "voicemail", "busy", "no-answer")},
        update_during_whisper=chance.choice(["at_once", "after_bridge"]),
        disorder_seed=chance.choice([None, 3]),
        strict=False,
    )
    network.answers_on(server)
    app.requests.clear()
    legs = []

    def meddle(form):
        """Do something over REST to one of the legs, from inside a webhook."""
        legs.append(form["CallSid"])
        sid = chance.choice(legs)
        server.faults.next("calls.update", chance.choice(FAULTS))
        update = chance.choice([{"url": f"{BASE}/voice/room"}, {"url": f"{BASE}/voice/said"}, {"status": "completed"}])
        try:
            if chance.random() < 0.7:
                client.calls(sid).update(**update)
            elif chance.random() < 0.2:
                client.calls.create(to=CUSTOMER, from_=LINE, url=f"{BASE}/voice/room")
        except (TwilioException, RequestException):
            pass

    def answering(*documents):
        def answer(form):
            meddle(form)
            return chance.choice(documents)

        return answer

    app["/voice/incoming"] = DIAL
    app["/voice/whisper"] = '<Gather numDigits="1" action="choice"><Say>Press 1</Say></Gather><Hangup/>'
    app["/voice/choice"] = answering("", "<Hangup/>")
    app["/voice/done"] = answering(ROOM, "<Say>Goodbye</Say>")
    app["/voice/room"] = answering(ROOM)
    app["/voice/said"] = answering("<Say>Moved</Say>", "")
    app["/voice/wait"] = answering("<Pause length='4'/>")
    app["/voice/over"] = answering("<Say>Over</Say>", "")
    app["/voice/fallback"] = "<Hangup/>"
    network.place(from_=CALLER, to=LINE, phone=phone("caller", "answers"))
    network.run()
    return network


def play(seed, app, rest):
    with_rest = rest()
    return live_through(random.Random(seed), app, with_rest.server, with_rest.client)


@pytest.mark.parametrize("start", slow_after(1, range(0, 120, 30)))
def test_every_leg_ends_whatever_happens(app, rest, start):
    with_rest = rest()
    for seed in range(start, start + 30):
        network = live_through(random.Random(seed), app, with_rest.server, with_rest.client)
        assert network.left_behind == [], seed
        assert {fault.code for fault in network.errors} <= {"loop"}, seed
        assert network.switch.rooms == [], seed
        assert all(stretch.seconds <= 14400 for stretch in network.alone)
        ended = [form["CallSid"] for form in app.asked("/voice/status")]
        assert set(ended) == {leg.sid for leg in network.legs if leg.direction == "inbound"}, seed
        assert len(ended) == 1 or network.network.disorder, seed


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_repeats_the_call_exactly(app, rest, seed):
    first, second = ([render(call.transcript, webhooks=True) for call in play(seed, app, rest).calls] for _ in range(2))
    assert first == second
