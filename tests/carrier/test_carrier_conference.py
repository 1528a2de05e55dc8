"""Conferences: waiting, talking, the star, and a participant who is left alone."""

import pytest

from infra.carrier import BARGE_IN, PRESS_IN_TALK, Answer, Phone, SharedKeys, render

BASE, CALLER, LINE, CUSTOMER = "https://ivr.example", "+96891234567", "+12025550100", "+12025550111"
ROOM = '<Conference beep="false" endConferenceOnExit="true" waitUrl="{wait}">r-1</Conference>'
CUSTOMER_JOINS = f'<Dial hangupOnStar="true" action="ended">{ROOM.format(wait=f"{BASE}/voice/wait")}</Dial>'
CALLER_JOINS = f'<Dial action="gone">{ROOM.format(wait="")}</Dial>'


@pytest.fixture
def room(app, rest):
    """The guarded call: the customer is moved from the whisper into a room, and the caller follows."""
    app["/voice/incoming"] = (
        f'<Dial answerOnBridge="true" action="done"><Number url="whisper">{CUSTOMER}</Number></Dial>'
    )
    app["/voice/whisper"] = '<Gather numDigits="1" action="choice"><Say>Press 1</Say></Gather><Hangup/>'
    app["/voice/done"] = CALLER_JOINS
    app["/voice/customer"] = "<Say>Press star to report</Say>" + CUSTOMER_JOINS
    app["/voice/wait"] = "<Pause length='5'/>"
    app["/voice/ended"] = "<Say>The call is over</Say>"
    app["/voice/gone"] = "<Hangup/>"

    def build(*, customer=None, caller=None, **options):
        phone = customer or Phone(name="customer", keys=[BARGE_IN("1")], talks_for=40)
        with_rest = rest(pickups={CUSTOMER: phone}, **options)

        def choose(form):
            with_rest.client.calls(form["CallSid"]).update(url=f"{BASE}/voice/customer")
            return ""

        app.client = with_rest.client
        app["/voice/choice"] = choose
        with_rest.call = with_rest.carrier.place(from_=CALLER, to=LINE, phone=caller or Phone())
        with_rest.carrier.run()
        assert with_rest.carrier.left_behind == []
        return with_rest

    return build


def longest_alone(with_rest):
    return max((stretch.seconds for stretch in with_rest.carrier.alone), default=0)


def only(app, path):
    (form,) = app.asked(path)
    return form


@pytest.mark.parametrize("update_during_whisper", ["at_once", "after_bridge"])
def test_two_legs_meet_and_the_customer_hangs_up(room, app, update_during_whisper):
    with_rest = room(update_during_whisper=update_during_whisper)
    caller, customer = with_rest.carrier.legs
    assert customer.hangup_reason == "person: hung up"
    assert caller.hangup_reason == "document: Hangup"
    form = only(app, "/voice/gone")
    assert form["DialCallStatus"] == "answered"
    assert not {"DialCallSid", "DialCallDuration"} & form.keys()
    assert only(app, "/voice/ended")["CallStatus"] == "completed"
    assert [e.text for e in with_rest.call.transcript if e.kind == "bridged"][-2:] == ["in r-1", "in r-1"]
    assert longest_alone(with_rest) < 3


def test_the_star_ends_it_for_both(room, app):
    keys = [BARGE_IN("1"), PRESS_IN_TALK("*", after=12)]
    with_rest = room(customer=Phone(name="customer", keys=keys, talks_for=99))
    assert with_rest.call.transcript.said("customer")[-1] == "The call is over"
    assert with_rest.call.transcript.said("caller") == []
    pressed = next(e for e in with_rest.call.transcript if e.text == "*")
    bridged = next(e for e in with_rest.call.transcript if e.kind == "bridged")
    assert pressed.at - bridged.at == pytest.approx(12)
    assert only(app, "/voice/ended")["CallStatus"] == "in-progress"
    assert len(app.asked("/voice/gone")) == 1


def test_the_star_of_a_leg_without_hangup_on_star_does_nothing(room, app):
    caller = Phone(keys=[PRESS_IN_TALK("*", after=2), PRESS_IN_TALK("5", after=1)])
    with_rest = room(caller=caller)
    assert [e.text for e in with_rest.call.transcript.of("caller") if e.kind == "pressed"] == ["*", "5"]
    assert with_rest.carrier.legs[1].hangup_reason == "person: hung up"


def test_a_shared_script_gives_the_star_to_the_leg_where_it_counts(room, app):
    script = SharedKeys([BARGE_IN("1"), PRESS_IN_TALK("*", after=5)])
    with_rest = room(customer=Phone(name="customer", keys=script, talks_for=99), caller=Phone(keys=script))
    assert [e.leg for e in with_rest.call.transcript if e.text == "*"] == ["customer"]
    assert not script.tokens


def test_the_caller_hangs_up_first(room, app):
    with_rest = room(caller=Phone(talks_for=9), customer=Phone(name="customer", keys=[BARGE_IN("1")]))
    assert with_rest.call.transcript.said("customer")[-1] == "The call is over"
    assert only(app, "/voice/gone")["CallStatus"] == "completed"


def test_a_conference_ends_after_talk_seconds(room, app):
    with_rest = room(customer=Phone(name="customer", keys=[BARGE_IN("1")]), talk_seconds=17)
    assert with_rest.carrier.legs[1].hangup_reason == "person: hung up"
    assert longest_alone(with_rest) < 3


def test_a_customer_who_waits_alone_is_seen_and_may_be_moved_by_the_wait_documents_webhook(room, app):
    app["/voice/done"] = "<Say>Goodbye caller</Say>"
    app["/voice/left"] = "<Say>The caller has gone</Say>"
    waits = []

    def wait(form):
        waits.append(form)
        if len(waits) == 3:
            app.client.calls(form["CallSid"]).update(url=f"{BASE}/voice/left")
        return "<Pause length='5'/>"

    app["/voice/wait"] = wait
    with_rest = room()
    assert with_rest.call.transcript.said("customer")[-1] == "The caller has gone"
    assert longest_alone(with_rest) == pytest.approx(10)
    assert "waits alone" in [e.kind for e in with_rest.call.transcript.of("customer")]
    assert waits[0]["ConferenceSid"].startswith("CF")
    assert app.asked("/voice/ended") == []


def test_a_participant_alone_waits_until_the_time_limit(room, app):
    app["/voice/done"] = "<Say>Goodbye caller</Say>"
    app["/voice/customer"] = f'<Dial timeLimit="600" action="ended">{ROOM.format(wait="")}</Dial>'
    with_rest = room()
    assert longest_alone(with_rest) == pytest.approx(600)
    assert only(app, "/voice/ended")["DialBridged"] == "false"


def test_a_person_loses_patience_alone(room, app):
    app["/voice/done"] = "<Say>Goodbye caller</Say>"
    with_rest = room(customer=Phone(name="customer", keys=[BARGE_IN("1")], patience=8))
    assert longest_alone(with_rest) == pytest.approx(8)
    assert with_rest.carrier.legs[1].hangup_reason == "person: gave up"
    assert only(app, "/voice/ended")["CallStatus"] == "completed"


def test_one_who_does_not_end_the_conference_leaves_the_other_alone(room, app):
    app["/voice/done"] = '<Dial action="gone"><Conference beep="onExit">r-1</Conference></Dial>'
    with_rest = room(
        caller=Phone(talks_for=5), customer=Phone(name="customer", keys=[BARGE_IN("1")], talks_for=30), talk_seconds=60
    )
    assert "left alone" in [e.kind for e in with_rest.call.transcript.of("customer")]
    assert longest_alone(with_rest) == pytest.approx(25)
    assert ("played", "beep") in [(e.kind, e.text) for e in with_rest.call.transcript.of("customer")]


@pytest.mark.parametrize("verb", ["<Hangup/>", "<Dial>+12025550150</Dial>", "<Gather/>"])
def test_a_wait_document_can_only_be_heard(room, app, verb):
    app["/voice/done"] = "<Pause length='5'/>" + CALLER_JOINS
    app["/voice/wait"] = verb + "<Pause length='5'/>"
    with_rest = room(strict=False)
    assert "is not allowed in a waitUrl" in with_rest.carrier.errors[0].message


def test_a_wait_document_that_fails_is_silence(room, app):
    app["/voice/done"] = "<Pause length='5'/>" + CALLER_JOINS
    app["/voice/wait"] = Answer(500, "", "")
    with_rest = room()
    assert "/voice/fallback" not in app.paths
    assert with_rest.carrier.legs[1].hangup_reason == "person: hung up"


def test_an_endless_wait_document_is_a_loop(room, app):
    app["/voice/done"] = "<Pause length='5'/>"
    app["/voice/wait"] = ""
    with_rest = room(strict=False)
    assert with_rest.carrier.errors[0].code == "loop"


def test_a_conference_that_nobody_starts(room, app):
    nobody = '<Dial action="{0}"><Conference startConferenceOnEnter="false">r-1</Conference></Dial>'
    app["/voice/done"], app["/voice/customer"] = nobody.format("gone"), nobody.format("ended")
    with_rest = room(customer=Phone(name="customer", keys=[BARGE_IN("1")], patience=10), caller=Phone(patience=20))
    assert only(app, "/voice/gone")["DialBridged"] == "false"
    assert "bridged" not in [e.kind for e in with_rest.call.transcript]


def test_conference_events_are_sent(room, app):
    events = 'statusCallbackEvent="start end join leave" endConferenceOnExit="true"'
    told = f'<Conference statusCallback="{BASE}/voice/room" {events}>r-1'
    app["/voice/customer"] = f'<Dial action="ended">{told}</Conference></Dial>'
    app["/voice/room"] = Answer(204, "", "")
    with_rest = room()
    forms = app.asked("/voice/room")
    assert [form["StatusCallbackEvent"] for form in forms] == [
        "participant-join", "participant-join", "conference-start", "participant-leave", "participant-leave",
        "conference-end",
    ]  # fmt: skip
    assert [form["SequenceNumber"] for form in forms] == ["1", "2", "3", "4", "5", "6"]
    assert {form.get("CallSid") for form in forms} == {None, *(leg.sid for leg in with_rest.carrier.legs)}


def test_the_star_ends_a_plain_dial_too(app, rings):
    app["/voice/incoming"] = f'<Dial hangupOnStar="true" action="ended">{CUSTOMER}</Dial>'
    app["/voice/ended"] = "<Say>Over</Say>"
    call, network = rings(Phone(keys=[PRESS_IN_TALK("*", after=4)]), pickups={CUSTOMER: Phone(name="customer")})
    assert call.transcript.said("caller") == ["Over"]
    assert network.legs[1].hangup_reason == "network: caller pressed *"


def test_a_conference_needs_a_name(app, rings):
    app["/voice/incoming"] = "<Dial><Conference/></Dial><Say>Next</Say>"
    call, network = rings(strict=False)
    assert network.errors[0].code == "13237"
    assert call.transcript.said() == ["Next"]


def test_a_conference_can_be_read_in_the_transcript(room, app):
    text = render(room().call.transcript)
    assert "[joined r-1]" in text
    assert "[left r-1, which has ended]" in text


@pytest.mark.parametrize("hangup_delay", [0, 0.4])
def test_a_callers_end_may_be_reported_after_the_other_legs_action(room, app, hangup_delay):
    seen = []

    def ended(form):
        caller = form["ParentCallSid"]
        seen.append((len(app.asked("/voice/gone")), *(app.client.calls(caller).fetch().status for _ in range(2))))
        return ""

    app["/voice/ended"] = ended
    room(customer=Phone(name="customer", keys=[BARGE_IN("1")]), caller=Phone(talks_for=20), hangup_delay=hangup_delay)
    assert seen == [(0, "in-progress", "completed") if hangup_delay else (1, "completed", "completed")]
    assert len(app.asked("/voice/gone")) == 1
