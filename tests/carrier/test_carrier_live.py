"""Live telephones: what a person does at any moment acts at that moment. The clock is the test's own."""

import itertools
import threading
import time
from collections import deque

import pytest

from infra.carrier import AsFastAsItGoes, CannotError, Handset, Phone, RealTime, let_time_go_on
from tests.carrier.conftest import CALLER, CUSTOMER, LINE

GATHER = '<Gather numDigits="1" timeout="6" action="/voice/key"><Say>one two three four five six</Say></Gather>'
DIAL = '<Dial timeout="25" action="/voice/after"><Number url="/voice/whisper">+12025550111</Number></Dial>'


class Planned:
    """A clock that does things at planned moments, in no real time."""

    def __init__(self, *plan):
        self._plan = deque(sorted(plan, key=lambda one: one[0]))

    def reach(self, network, moment):
        if self._plan and self._plan[0][0] <= moment:
            at, act = self._plan.popleft()
            act()
            return max(network.env.now, at)
        assert moment < float("inf"), "nothing is planned, and the call does not end"
        return moment


class Live:
    """A live caller and a live customer."""

    def __init__(self, carrier):
        self.carrier = carrier
        self.call = None

    def hold(self, *plan):
        phone = Phone(name="caller", live=True)
        self.call = self.carrier.place(from_=CALLER, to=LINE, phone=phone)
        self.carrier.keep_time(Planned(*plan))
        assert self.carrier.left_behind == []
        return self.call

    def leg(self, name):
        return next(leg for leg in reversed(self.carrier.legs) if leg.name == name)

    def do(self, at, name, what, *arguments, **more):
        return at, lambda: getattr(Handset(self.leg(name)), what)(*arguments, **more)

    def told(self, name):
        return [f"{e.kind} {e.text}".strip() for e in self.call.transcript.of(name) if e.kind != "webhook"]


@pytest.fixture
def live(carrier):
    return Live(carrier(pickups={CUSTOMER: Phone(name="customer", live=True)}, strict=False, seed=1))


def test_a_key_interrupts_the_prompt_of_a_gather(app, live):
    app["/voice/incoming"], app["/voice/key"] = GATHER, "<Hangup/>"
    call = live.hold(live.do(1.0, "caller", "press", "7"))
    assert app.asked("/voice/key")[0]["Digits"] == "7"
    assert [(e.text, e.cut) for e in call.transcript if e.kind == "said"] == [("one two three four five six", True)]
    assert call.leg.ended_at == 1.0


def test_silence_counts_from_the_end_of_the_prompt(app, live):
    app["/voice/incoming"] = GATHER
    call = live.hold()
    said = next(e for e in call.transcript if e.kind == "said")
    silent = next(e for e in call.transcript if e.kind == "silent")
    assert not said.cut
    assert silent.at > 6.0 + 1.0
    assert not app.asked("/voice/key")


def test_a_key_after_the_prompt_is_taken_until_the_time_is_over(app, live):
    app["/voice/incoming"], app["/voice/key"] = GATHER, "<Hangup/>"
    live.hold(live.do(8.0, "caller", "press", "3"))
    assert app.asked("/voice/key")[0]["Digits"] == "3"


def test_typed_digits_end_with_the_finishing_key_or_silence_after_the_last_one(app, live):
    gather = '<Gather finishOnKey="#" timeout="5" action="/voice/key"><Say>type</Say></Gather>'
    app["/voice/incoming"], app["/voice/key"] = gather, [gather, "<Hangup/>"]
    live.hold(
        live.do(2.0, "caller", "press", "12"),
        live.do(6.5, "caller", "press", "3"),
        live.do(7.0, "caller", "press", "#"),
        live.do(9.0, "caller", "press", "45"),
    )
    assert [form["Digits"] for form in app.asked("/voice/key")] == ["123", "45"]
    assert app.asked("/voice/key")[0]["FinishedOnKey"] == "#"
    assert live.call.leg.ended_at == 14.0


def test_a_key_that_nothing_listens_to_is_lost(app, live):
    app["/voice/incoming"], app["/voice/key"] = f"<Say>one two three four</Say>{GATHER}", "<Hangup/>"
    live.hold(live.do(0.5, "caller", "press", "9"), live.do(8.0, "caller", "press", "1"))
    assert [form["Digits"] for form in app.asked("/voice/key")] == ["1"]


def test_a_telephone_rings_until_it_is_answered(app, live):
    app["/voice/incoming"], app["/voice/whisper"], app["/voice/after"] = DIAL, GATHER, "<Hangup/>"
    app["/voice/key"] = ""
    call = live.hold(live.do(20.0, "customer", "answer"), live.do(30.0, "customer", "hang_up"))
    assert live.leg("customer").answered_at == 20.0
    assert app.asked("/voice/after")[0]["DialCallStatus"] == "completed"
    assert call.status == "completed"


def test_a_telephone_that_nobody_answers_stops_ringing(app, live):
    app["/voice/incoming"], app["/voice/after"] = DIAL, "<Hangup/>"
    live.hold()
    assert app.asked("/voice/after")[0]["DialCallStatus"] == "no-answer"
    assert live.leg("customer").ended_at == 25.0


def test_a_call_can_be_declined_at_the_telephone(app, live):
    app["/voice/incoming"], app["/voice/after"] = DIAL, "<Hangup/>"
    live.hold(live.do(3.0, "customer", "decline"))
    assert app.asked("/voice/after")[0]["DialCallStatus"] == "busy"


def test_star_in_the_talk_ends_the_dial_that_says_so(app, live):
    room = '<Dial hangupOnStar="{}" action="/voice/{}"><Conference endConferenceOnExit="true">r</Conference></Dial>'
    app["/voice/incoming"], app["/voice/whisper"] = room.format("false", "caller_after"), "<Hangup/>"
    app["/voice/caller_after"] = app["/voice/customer_after"] = "<Hangup/>"
    other = live.carrier.place(from_=CUSTOMER, to=LINE, phone=Phone(name="customer", live=True))
    app["/voice/incoming"] = lambda form: room.format(
        *(("true", "customer_after") if form["From"] == CUSTOMER else ("false", "caller_after"))
    )
    live.hold(live.do(4.0, "caller", "press", "*"), live.do(9.0, "customer", "press", "5*"))
    assert other.leg.ended_at == live.call.leg.ended_at == 9.0
    assert "pressed *" in live.told("caller")


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0, 2.5, 7.0, 12.0, 18.0])
@pytest.mark.parametrize("who", ["caller", "customer", "everybody"])
def test_anybody_hangs_up_at_any_moment(app, live, who, at):
    app["/voice/incoming"], app["/voice/key"], app["/voice/whisper"] = GATHER, DIAL, "<Say>one two three</Say>"
    app["/voice/after"] = "<Say>good bye</Say>"

    def hang_up():
        try:
            live.carrier.hang_up() if who == "everybody" else Handset(live.leg(who)).hang_up()
        except (StopIteration, CannotError):
            live.carrier.hang_up()  # that telephone does not ring yet, or has hung up

    call = live.hold(
        live.do(1.0, "caller", "press", "1"),
        live.do(6.0, "customer", "answer"),
        (at, hang_up),
        (60.0, live.carrier.hang_up),
    )
    assert call.leg.ended_at <= 60.0
    assert not live.carrier.errors


def test_a_message_ends_with_a_key_a_hang_up_or_silence(app, live):
    record = '<Record timeout="4" maxLength="60" action="/voice/left"/>'
    app["/voice/incoming"], app["/voice/left"] = record, [record, record, "<Hangup/>"]
    live.hold(
        live.do(1.0, "caller", "speak", begins=True),
        live.do(9.0, "caller", "press", "#"),
        live.do(10.0, "caller", "speak", begins=True),
        live.do(15.0, "caller", "speak", begins=False),
        live.do(20.0, "caller", "hang_up"),
    )
    left = app.asked("/voice/left")
    assert [(form["RecordingDuration"], form["Digits"]) for form in left] == [("9", "#"), ("6", ""), ("1", "hangup")]


def test_who_says_nothing_after_the_beep_leaves_no_message(app, live):
    app["/voice/incoming"] = '<Record timeout="4" action="/voice/left"/><Say>bye</Say>'
    live.hold()
    assert "silent" in live.told("caller")
    assert not app.asked("/voice/left")


def test_what_can_not_be_done_is_refused_with_a_reason(app, live):
    app["/voice/incoming"] = GATHER
    refused = []

    def answer():
        for act in (Handset(live.leg("caller")).answer, lambda: Handset(live.leg("caller")).press("a")):
            with pytest.raises(CannotError) as error:
                act()
            refused.append(str(error.value))

    live.hold((1.0, answer))
    assert refused == [
        "the telephone of the caller does not ring: it is in-progress",
        "no telephone has the keys 'a': they are 0 to 9, * and #",
    ]
    with pytest.raises(CannotError, match="has ended"):
        Handset(live.call.leg).hang_up()


def test_wrong_twiml_is_a_fault_as_ever(app, live):
    app["/voice/incoming"] = '<Gather numDigits="x"><Say>one</Say></Gather>'
    live.hold()
    assert [fault.code for fault in live.carrier.errors] == ["13314"]


def test_those_who_watch_see_each_entry_and_what_each_telephone_is_asked(app, live):
    app["/voice/incoming"], app["/voice/key"] = GATHER, "<Hangup/>"
    seen = []

    def watch(sid, entry):
        seen.append((live.leg("caller").asked, entry.kind if entry else "", bool(entry and entry.cut)))

    live.carrier.network.watch = watch
    live.hold(live.do(1.0, "caller", "press", "7"))
    assert ("keys", "said", False) in seen
    assert ("keys", "said", True) in seen
    assert seen[-1] == ("", "webhook", False)


def test_as_fast_as_it_goes_waits_for_those_who_are_asked_and_for_nothing_else(app, carrier):
    app["/voice/incoming"], app["/voice/key"] = GATHER, [GATHER, "<Hangup/>"]
    network = carrier(strict=False)
    call = network.place(from_=CALLER, to=LINE, phone=Phone(name="caller", live=True))
    thread = threading.Thread(target=network.keep_time, args=(AsFastAsItGoes(5.0),))
    thread.start()
    _until(lambda: network.network.waited_for)
    assert call.leg.asked == "keys"
    network.handset(call.sid).press("4")
    _until(lambda: len(app.asked("/voice/key")) == 1 and network.network.waited_for)
    let_time_go_on(network.network)
    thread.join(30)
    assert not thread.is_alive()
    assert [form["Digits"] for form in app.asked("/voice/key")] == ["4"]


def test_time_goes_on_after_a_key_that_was_pressed_in_the_same_moment(app, carrier):
    app["/voice/incoming"], app["/voice/key"] = GATHER.replace('"1"', '"5"', 1), "<Hangup/>"
    network = carrier(strict=False)
    call = network.place(from_=CALLER, to=LINE, phone=Phone(name="caller", live=True))
    thread = threading.Thread(target=network.keep_time, args=(AsFastAsItGoes(60.0),), daemon=True)
    thread.start()
    _until(lambda: network.network.waited_for)
    with network.network.ordered:  # both orders lie there before the simulation's thread sees one
        network.handset(call.sid).press("4")
        let_time_go_on(network.network)
    thread.join(30)
    assert not thread.is_alive()
    assert [form["Digits"] for form in app.asked("/voice/key")] == ["4"]


def test_what_a_key_sets_off_has_happened_before_the_next_act(app, carrier):
    """A key and a hang-up in the same moment: the key is answered, and then the person hangs up."""
    app["/voice/incoming"], app["/voice/key"] = GATHER, '<Say>Thank you.</Say><Pause length="60"/>'
    network = carrier(strict=False)
    call = network.place(from_=CALLER, to=LINE, phone=Phone(name="caller", live=True))
    thread = threading.Thread(target=network.keep_time, args=(AsFastAsItGoes(60.0),), daemon=True)
    thread.start()
    _until(lambda: network.network.waited_for)
    handset = network.handset(call.sid)
    with network.network.ordered:  # both acts lie there before the simulation's thread sees one
        handset.press("4")
        handset.hang_up()
        handset.hang_up()  # again, before the first one is done: it changes nothing
    thread.join(30)
    assert not thread.is_alive()
    assert [form["Digits"] for form in app.asked("/voice/key")] == ["4"]
    assert call.transcript.said("caller")[-1] == "Thank you."
    assert call.leg.hangup_reason == "person: hung up"
    assert [one.token for one in call.leg.did] == ["4"]


def test_real_time_is_left_for_what_is_ordered(app, carrier):
    app["/voice/incoming"], app["/voice/key"] = GATHER, "<Hangup/>"
    network = carrier(strict=False)
    call = network.place(from_=CALLER, to=LINE, phone=Phone(name="caller", live=True))
    clock = itertools.count(step=0.25)  # at each look a quarter of a second has passed
    thread = threading.Thread(target=network.keep_time, args=(RealTime(lambda: next(clock)),), daemon=True)
    thread.start()
    _until(lambda: call.leg.asked == "keys")
    network.handset(call.sid).press("4")
    thread.join(30)
    assert app.asked("/voice/key")[0]["Digits"] == "4"
    assert call.leg.ended_at == 0.25


def test_nothing_is_noted_of_a_person_whom_nothing_was_asked(app, carrier):
    app["/voice/incoming"] = '<Gather action="menu" actionOnEmptyResult="true" timeout="1" numDigits="1"/>'
    app["/voice/menu"] = "<Hangup/>"
    network = carrier(strict=False)
    call = network.place(from_=CALLER, to=LINE, phone=Phone(name="caller", live=True))
    network.keep_time(AsFastAsItGoes(1.0))
    assert app.asked("/voice/menu")[0]["Digits"] == ""
    assert call.leg.did == []


def test_time_stands_still_for_nobody_whom_nothing_was_asked(app, carrier):
    """After 9 the customer hears that the report is recorded, and goes on: it is not their turn."""
    app["/voice/incoming"] = '<Say>Recorded.</Say><Gather action="on" actionOnEmptyResult="true" timeout="1"/>'
    app["/voice/on"] = "<Hangup/>"
    network, waited_for = carrier(strict=False), []
    call = network.place(from_=CALLER, to=LINE, phone=Phone(name="caller", live=True))

    class Seeing(AsFastAsItGoes):
        def reach(self, network, moment):
            waited_for.extend(network.waited_for)
            return super().reach(network, moment)

    network.keep_time(Seeing(1.0))
    assert call.transcript.said("caller") == ["Recorded."]
    assert waited_for == []


def _until(holds):
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.002)
