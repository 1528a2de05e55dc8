"""Two legs: Dial, the whisper, the bridge, and hang-ups at each moment."""

import pytest

from infra.carrier import ANNOUNCED, BARGE_IN, HANG_UP, SILENCE, Answer, Phone, SharedKeys, render

CALLER, LINE, CUSTOMER = "+96891234567", "+12025550100", "+12025550111"
DIAL = f'<Dial answerOnBridge="true" action="done" timeout="25"><Number url="whisper">{CUSTOMER}</Number></Dial>'


@pytest.fixture
def screened(app):
    """An application that screens: 1 in the whisper connects, anything else refuses."""
    app["/voice/incoming"] = DIAL
    app["/voice/whisper"] = '<Gather numDigits="1" action="choice"><Say>Press 1 to talk</Say></Gather><Hangup/>'
    app["/voice/choice"] = lambda form: "" if form["Digits"] == "1" else "<Hangup/>"
    app["/voice/done"] = lambda form: "" if form["DialBridged"] == "true" else "<Say>Nobody can talk now</Say>"
    return app


def customer(**behaviour):
    return {CUSTOMER: Phone(name="customer", **behaviour)}


def done(app):
    (form,) = app.asked("/voice/done")
    return form


def test_the_whisper_runs_on_the_called_leg_before_the_bridge(screened, rings):
    call, network = rings(pickups=customer(keys=["1"], talks_for=70))
    caller, called = network.legs
    form = screened.asked("/voice/whisper")[0]
    expected = {
        "CallSid": called.sid,
        "ParentCallSid": caller.sid,
        "From": CALLER,
        "To": CUSTOMER,
        "Direction": "outbound-dial",
        "CallStatus": "in-progress",
    }
    assert expected.items() <= form.items()
    assert call.transcript.said("customer") == ["Press 1 to talk"]
    assert call.transcript.said("caller") == []


def test_a_talk_reaches_the_action(screened, rings):
    call, network = rings(pickups=customer(keys=["1"], talks_for=70))
    form = done(screened)
    assert form["DialCallStatus"] == "completed"
    assert form["DialCallSid"] == network.legs[1].sid
    assert form["DialBridged"] == "true"
    assert form["DialCallDuration"] == "73"
    assert form["CallStatus"] == "in-progress"
    assert (call.status, call.billed) == ("completed", True)


def test_answer_on_bridge_answers_the_caller_at_the_bridge(screened, rings):
    call, _ = rings(pickups=customer(keys=["1"]))
    bridged = next(e.at for e in call.transcript.of("caller") if e.kind == "bridged")
    assert call.leg.answered_at == bridged


def test_without_answer_on_bridge_a_dial_answers_at_once(screened, rings):
    screened["/voice/incoming"] = DIAL.replace('answerOnBridge="true"', "")
    assert rings(pickups=customer(keys=["1"]))[0].leg.answered_at == 0


@pytest.mark.parametrize("status", ["completed", "no-answer"])
@pytest.mark.parametrize("keys", [["3"], [SILENCE], [HANG_UP]])
def test_a_refusal_is_an_answered_leg_without_a_bridge(screened, rings, status, keys):
    call, _ = rings(pickups=customer(keys=keys), refused_status=status)
    form = done(screened)
    assert (form["DialCallStatus"], form["DialBridged"]) == (status, "false")
    assert call.transcript.said("caller") == ["Nobody can talk now"]


@pytest.mark.parametrize(
    ("behaviour", "status", "seconds"),
    [("busy", "busy", 1), ("declines", "busy", 6), ("no-answer", "no-answer", 25), ("failed", "failed", 1)],
)
def test_a_leg_that_nobody_answers(screened, rings, behaviour, status, seconds):
    call, network = rings(pickups=customer(answers=behaviour))
    form = done(screened)
    assert (form["DialCallStatus"], form["DialBridged"]) == (status, "false")
    assert "DialCallDuration" not in form
    assert network.legs[1].state == status
    assert network.legs[1].ended_at == seconds
    assert screened.asked("/voice/whisper") == []
    assert form["CallStatus"] == "ringing"
    assert call.billed  # by the words that follow


def test_a_number_without_a_phone_rings_out(screened, rings):
    rings()
    assert done(screened)["DialCallStatus"] == "no-answer"


def test_a_voicemail_answers_but_accepts_nothing(screened, rings):
    call, _ = rings(pickups=customer(answers="voicemail", keys=[BARGE_IN("1"), "1"]))
    assert done(screened)["DialBridged"] == "false"
    assert "pressed" not in [e.kind for e in call.transcript]


def test_a_voicemail_without_a_whisper_records_for_a_minute(screened, rings):
    screened["/voice/incoming"] = f'<Dial action="done">{CUSTOMER}</Dial>'
    _, network = rings(pickups=customer(answers="voicemail"))
    assert network.legs[1].ended_at == 66
    assert done(screened)["DialBridged"] == "true"


def test_a_voicemail_caught_in_an_endless_whisper_hangs_up_itself(screened, rings):
    screened["/voice/whisper"] = '<Gather timeout="600"/><Hangup/>'
    _, network = rings(pickups=customer(answers="voicemail"))
    assert network.legs[1].hangup_reason.startswith("person")
    assert network.legs[1].ended_at == 66


def test_the_callers_hang_up_ends_the_talk(screened, rings):
    call, network = rings(Phone(talks_for=5), pickups=customer(keys=["1"], talks_for=70))
    form = done(screened)
    assert (form["DialCallStatus"], form["CallStatus"]) == ("completed", "completed")
    assert network.legs[1].hangup_reason.startswith("network")
    assert screened.requests[-1][0] == "/voice/status"
    assert call.transcript.of("caller")[-2].kind == "webhook"


def test_a_talk_ends_after_talk_seconds(screened, rings):
    _, network = rings(pickups=customer(keys=["1"]), talk_seconds=12)
    assert network.legs[1].hangup_reason == "person: hung up"
    assert done(screened)["DialCallDuration"] == "15"


def test_the_time_limit_of_a_dial(screened, rings):
    screened["/voice/incoming"] = f'<Dial timeLimit="20" action="done">{CUSTOMER}</Dial>'
    rings(pickups=customer(talks_for=999))
    assert done(screened)["DialCallDuration"] == "20"


@pytest.mark.parametrize(("at", "state"), [(3, "canceled"), (8, "completed")])
def test_a_caller_who_hangs_up_cancels_the_ring_and_the_whisper(screened, rings, at, state):
    call, network = rings(hang_up_at=at, pickups=customer(keys=["1"]))
    caller, called = network.legs
    assert (called.state, called.ended_at, caller.ended_at) == (state, at, at)
    assert (call.status, call.billed) == ("no-answer", False)
    form = done(screened)
    assert form["DialBridged"] == "false"
    assert call.transcript.said("caller") == []
    assert screened.asked("/voice/status")[0]["CallStatus"] == "no-answer"


def test_a_canceled_ring_is_reported_to_the_action(screened, rings):
    screened["/voice/incoming"] = "<Say>Hello</Say>" + DIAL
    call, _ = rings(hang_up_at=3, pickups=customer(keys=["1"]))
    assert done(screened)["DialCallStatus"] == "canceled"
    assert done(screened)["CallStatus"] == "completed"
    assert call.status == "completed"


@pytest.mark.parametrize("patience", [4, 7])
def test_an_impatient_caller_gives_up(screened, rings, patience):
    _, network = rings(Phone(patience=patience), pickups=customer(keys=["1"]))
    assert [leg.ended_at for leg in network.legs] == [patience, patience]
    assert network.legs[0].hangup_reason == "person: gave up"


def test_a_second_hang_up_changes_nothing(screened, rings):
    call, _ = rings(Phone(hangs_up_after=3), hang_up_at=3, pickups=customer(keys=["1"]))
    assert call.leg.ended_at == 3
    assert len(screened.asked("/voice/done")) == len(screened.asked("/voice/status")) == 1


def test_without_an_action_the_next_verb_follows(app, rings):
    app["/voice/incoming"] = f"<Dial>{CUSTOMER}</Dial><Say>And so on</Say>"
    call, _ = rings(pickups=customer(answers="busy"))
    assert call.transcript.said() == ["And so on"]


def test_an_unanswered_ring_that_ends_the_document_costs_nothing(app, rings):
    app["/voice/incoming"] = f'<Dial answerOnBridge="true">{CUSTOMER}</Dial>'
    call, _ = rings(pickups=customer(answers="busy"))
    assert (call.status, call.billed) == ("busy", False)


@pytest.mark.parametrize(
    ("shown", "allowed"), [(CALLER, True), (LINE, True), ("+12025550177", True), ("+12025550178", False), ("", False)]
)
def test_caller_id_is_the_calls_own_or_verified(app, rings, shown, allowed):
    app["/voice/incoming"] = f'<Dial action="done" callerId="{shown}">{CUSTOMER}</Dial>'
    app["/voice/done"] = "<Hangup/>"
    _, network = rings(pickups=customer(talks_for=3), verified=["+12025550177"], strict=False)
    assert [fault.code for fault in network.errors] == ([] if allowed else ["13214"])
    assert done(app)["DialCallStatus"] == ("completed" if allowed else "failed")
    if allowed:
        assert network.legs[1].from_ == shown


@pytest.mark.parametrize("number", ["1500", "anonymous", "+", ""])
def test_an_invalid_number_fails_the_dial(app, rings, number):
    app["/voice/incoming"] = f'<Dial action="done"><Number>{number}</Number></Dial>'
    app["/voice/done"] = "<Hangup/>"
    _, network = rings(strict=False)
    assert network.errors
    assert done(app)["DialCallStatus"] == "failed"
    assert len(network.legs) == 1


def test_a_whisper_that_dials_is_a_fault(screened, rings):
    screened["/voice/whisper"] = "<Dial>+12025550150</Dial><Say>Hello</Say>"
    call, network = rings(pickups=customer(), strict=False)
    assert "Dial is not allowed in a whisper" in network.errors[0].message
    assert call.transcript.said("customer") == ["Hello"]
    assert len(network.legs) == 2


def test_a_whispers_next_document_is_a_whisper_too(screened, rings):
    screened["/voice/choice"] = "<Redirect>elsewhere</Redirect>"
    _, network = rings(pickups=customer(keys=["1"]), strict=False)
    assert "Redirect is not allowed" in network.errors[0].message


def test_a_whisper_that_fails_falls_back_on_its_own_leg(screened, rings):
    screened["/voice/whisper"] = Answer(500, "", "")
    screened["/voice/fallback"] = "<Say>Sorry</Say><Hangup/>"
    call, network = rings(pickups=customer())
    assert screened.asked("/voice/fallback")[0]["CallSid"] == network.legs[1].sid
    assert call.transcript.said("customer") == ["Sorry"]
    assert done(screened)["DialBridged"] == "false"


def test_a_flat_script_drives_both_people(screened, rings):
    screened["/voice/incoming"] = '<Gather numDigits="1" action="checked"><Say>To continue press 4</Say></Gather>'
    screened["/voice/checked"] = lambda form: DIAL if form["Digits"] == "4" else "<Hangup/>"
    script = SharedKeys([ANNOUNCED, "1"])
    call, _ = rings(Phone(keys=script), pickups=customer(keys=script))
    assert not script.tokens
    assert [(e.leg, e.text) for e in call.transcript if e.kind == "pressed"] == [("caller", "4"), ("customer", "1")]


def test_call_progress_is_reported_as_asked(app, rings):
    app["/voice/incoming"] = (
        '<Dial><Number statusCallback="https://ivr.example/voice/progress" statusCallbackEvent='
        f'"initiated ringing answered completed">{CUSTOMER}</Number></Dial>'
    )
    app["/voice/progress"] = Answer(204, "", "")
    _, network = rings(pickups=customer(talks_for=9))
    forms = app.asked("/voice/progress")
    assert [(f["SequenceNumber"], f["CallStatus"]) for f in forms] == [
        ("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed"),
    ]  # fmt: skip
    assert {f["CallSid"] for f in forms} == {network.legs[1].sid}
    assert forms[-1]["CallDuration"] == "9"


def test_completed_is_the_default_progress_event(app, rings):
    app["/voice/incoming"] = (
        f'<Dial><Number statusCallback="https://ivr.example/voice/progress">{CUSTOMER}</Number></Dial>'
    )
    app["/voice/progress"] = Answer(204, "", "")
    rings(pickups=customer(answers="busy"))
    assert [f["CallStatus"] for f in app.asked("/voice/progress")] == ["busy"]


def test_a_second_dial_in_the_action(screened, rings):
    screened["/voice/done"] = ['<Dial action="done">+12025550150</Dial>', "<Hangup/>"]
    phones = {CUSTOMER: Phone(answers="busy"), "+12025550150": Phone(name="care", talks_for=8)}
    _, network = rings(pickups=phones)
    assert [leg.name for leg in network.legs] == ["caller", CUSTOMER, "care"]
    assert [f["DialCallStatus"] for f in screened.asked("/voice/done")] == ["busy", "completed"]


def test_two_calls_run_side_by_side(screened, carrier):
    network = carrier(pickups=customer(keys=["1", "3"]))
    first = network.place(from_=CALLER, to=LINE, phone=Phone())
    second = network.place(from_="+96891234568", to=LINE, phone=Phone(), after=10)
    network.run()
    assert [form["From"] for form in screened.asked("/voice/incoming")] == [CALLER, "+96891234568"]
    assert len(first.legs) == len(second.legs) == 2
    assert second.transcript.said("caller") == ["Nobody can talk now"]


def test_both_legs_can_be_told_apart_on_a_terminal(screened, rings):
    call, _ = rings(pickups=customer(keys=["1"]))
    lines = render(call.transcript).splitlines()
    assert "00:00  caller        [ringing]" in lines
    assert "00:06      customer  EN  Press 1 to talk" in lines
