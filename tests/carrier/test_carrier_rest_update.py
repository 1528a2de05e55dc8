"""Live legs moved over REST, from inside a webhook that the simulation waits for."""

import pytest
from twilio.base.exceptions import TwilioRestException

from infra.carrier import BARGE_IN, Answer, Phone

BASE, CALLER, LINE, CUSTOMER = "https://ivr.example", "+96891234567", "+12025550100", "+12025550111"
DIAL = f'<Dial answerOnBridge="true" action="done" timeout="25"><Number url="whisper">{CUSTOMER}</Number></Dial>'


@pytest.fixture
def guarded(app, rest):
    """An application that moves the customer's leg when 1 is pressed in the whisper; `moves` says how."""

    def build(*, phone=None, moves=None, keys=("1",), choice="", **options):
        with_rest = rest(pickups={CUSTOMER: Phone(name="customer", keys=keys)}, **options)
        app["/voice/incoming"] = DIAL
        app["/voice/whisper"] = '<Gather numDigits="1" action="choice"><Say>Press 1</Say></Gather><Hangup/>'
        app["/voice/done"] = "<Say>Goodbye caller</Say>"
        app["/voice/moved"] = "<Say>You were moved</Say>"
        app["/voice/spare"] = "<Say>Spare</Say>"

        def choose(form):
            update = {"url": f"{BASE}/voice/moved"} if moves is None else moves
            with_rest.moved = with_rest.client.calls(form["CallSid"]).update(**update)
            return choice

        app["/voice/choice"] = choose
        with_rest.call = with_rest.carrier.place(from_=CALLER, to=LINE, phone=phone or Phone())
        with_rest.carrier.run()
        assert with_rest.carrier.left_behind == []
        return with_rest

    return build


def done(app):
    (form,) = app.asked("/voice/done")
    return form


def test_moving_the_customer_out_of_the_whisper(guarded, app):
    with_rest = guarded()
    form = done(app)
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")
    assert with_rest.moved.status == "in-progress"
    said = with_rest.call.transcript.said
    assert said("customer") == ["Press 1", "You were moved"]
    assert said("caller") == ["Goodbye caller"]
    assert app.asked("/voice/moved")[0]["ParentCallSid"] == with_rest.call.sid
    assert "bridged" not in [entry.kind for entry in with_rest.call.transcript]


def test_an_update_that_takes_effect_after_the_bridge(guarded, app):
    with_rest = guarded(update_during_whisper="after_bridge")
    assert (done(app)["DialCallStatus"], done(app)["DialBridged"]) == ("completed", "true")
    assert with_rest.call.transcript.said("customer") == ["Press 1", "You were moved"]
    bridged, moved = (
        next(entry.at for entry in with_rest.call.transcript if (entry.kind, entry.text) == what)
        for what in (("bridged", "with customer"), ("said", "You were moved"))
    )
    assert moved - bridged == pytest.approx(1)


def test_an_update_that_waits_for_a_bridge_that_never_comes_is_lost(guarded, app):
    with_rest = guarded(update_during_whisper="after_bridge", choice="<Hangup/>")
    assert done(app)["DialBridged"] == "false"
    assert with_rest.call.transcript.said("customer") == ["Press 1"]


@pytest.mark.parametrize("status", ["completed", "answered", "no-answer"])
def test_the_status_of_a_moved_leg_is_a_setting(guarded, app, status):
    guarded(moved_status=status)
    assert done(app)["DialCallStatus"] == status


def test_a_moved_leg_may_use_every_verb(guarded, app):
    with_rest = guarded(
        moves={"twiml": f"<Response><Pause/><Redirect>{BASE}/voice/spare</Redirect></Response>"}, keys=[BARGE_IN("1")]
    )
    assert with_rest.call.transcript.said("customer") == ["Press 1", "Spare"]


def test_a_moved_leg_falls_back_where_the_update_says(guarded, app):
    app["/voice/gone"] = Answer(500, "", "")
    with_rest = guarded(moves={"url": f"{BASE}/voice/gone", "fallback_url": f"{BASE}/voice/spare"})
    assert with_rest.call.transcript.said("customer") == ["Press 1", "Spare"]


def test_ending_the_called_leg(guarded, app):
    with_rest = guarded(moves={"status": "completed"})
    assert done(app)["DialBridged"] == "false"
    assert with_rest.carrier.legs[1].hangup_reason == "network: completed over REST"


def test_moving_the_caller_hangs_the_customer_up(guarded, app, rest):
    with_rest = rest(pickups={CUSTOMER: Phone(name="customer", keys=["1"])})
    app["/voice/incoming"] = f"<Say>Hello</Say>{DIAL}"
    app["/voice/whisper"] = '<Gather numDigits="1" action="choice"><Say>Press 1</Say></Gather><Hangup/>'
    app["/voice/moved"] = "<Say>Moved caller</Say>"

    def choose(form):
        with_rest.client.calls(form["ParentCallSid"]).update(url=f"{BASE}/voice/moved")
        return ""

    app["/voice/choice"] = choose
    call = with_rest.carrier.place(from_=CALLER, to=LINE, phone=Phone())
    with_rest.carrier.run()
    assert call.transcript.said("caller") == ["Hello", "Moved caller"]
    assert with_rest.carrier.legs[1].hangup_reason == "network: caller was moved away"
    assert app.asked("/voice/done") == []


def test_a_leg_that_is_not_answered_yet_can_not_be_moved(app, rest):
    with_rest = rest()
    refused = []

    def incoming(form):
        with pytest.raises(TwilioRestException) as error:
            with_rest.client.calls(form["CallSid"]).update(url=f"{BASE}/voice/moved")
        refused.append(error.value.code)
        return "<Hangup/>"

    app["/voice/incoming"] = incoming
    call = with_rest.carrier.place(from_=CALLER, to=LINE, phone=Phone())
    with_rest.carrier.run()
    with pytest.raises(TwilioRestException) as error:
        with_rest.client.calls(call.sid).update(status="completed")
    assert [*refused, error.value.code] == [21220, 21220]


def test_an_unknown_call(rest):
    with pytest.raises(TwilioRestException) as error:
        rest().client.calls("CA" + "1" * 32).update(status="completed")
    assert (error.value.status, error.value.code) == (404, 20404)


@pytest.mark.parametrize("update", [{}, {"status": "busy"}, {"url": "moved"}, {"time_limit": 5}])
def test_updates_that_are_refused(app, guarded, update):
    with pytest.raises(TwilioRestException):
        guarded(moves=update)


def test_a_queued_call_is_canceled(app, rest):
    with_rest = rest(pickups={CUSTOMER: Phone(name="customer")})
    app["/voice/progress"] = Answer(204, "", "")
    made = with_rest.calls_back(status_callback=f"{BASE}/voice/progress")
    with_rest.client.calls(made.sid).update(status="canceled")
    with_rest.carrier.run()
    assert with_rest.client.calls(made.sid).fetch().status == "canceled"
    assert [form["CallStatus"] for form in app.asked("/voice/progress")] == ["canceled"]


def test_a_leg_moves_itself_and_its_answer_is_dropped(app, rest):
    with_rest = rest(pickups={CUSTOMER: Phone(name="customer", keys=["1"])})
    app["/voice/back"] = '<Gather numDigits="1" action="menu"><Say>Press 1</Say></Gather>'
    app["/voice/moved"] = "<Say>Moved</Say>"

    def menu(form):
        with_rest.client.calls(form["CallSid"]).update(url=f"{BASE}/voice/moved")
        return "<Say>Never heard</Say>"

    app["/voice/menu"] = menu
    with_rest.calls_back()
    with_rest.carrier.run()
    assert with_rest.carrier.calls[0].transcript.said() == ["Press 1", "Moved"]


@pytest.mark.parametrize("off", [-0.01, 0, 0.01])
@pytest.mark.parametrize("update_during_whisper", ["at_once", "after_bridge"])
def test_the_caller_hangs_up_around_the_moment_of_the_move(guarded, app, off, update_during_whisper):
    at_the_choice = 6 + 0.8 + 1.0
    with_rest = guarded(phone=Phone(hangs_up_after=at_the_choice + off), update_during_whisper=update_during_whisper)
    assert with_rest.call.leg.ended_at == pytest.approx(at_the_choice + off)
    assert len(app.asked("/voice/done")) == 1
    assert with_rest.call.transcript.said("customer") in (["Press 1"], ["Press 1", "You were moved"])
