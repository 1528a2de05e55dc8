"""One leg: Say, Play, Pause, Gather, Redirect, Hangup, Reject, Record."""

import pytest

from infra.carrier import ANNOUNCED, BARGE_IN, HANG_UP, SILENCE, STUTTER, Answer, CarrierError, Phone, render
from infra.carrier.gather import count_keys
from infra.carrier.speech import announced_digit, seconds_to_say

MENU = '<Gather numDigits="1" action="menu"><Say>Please press one key now.</Say></Gather><Say>Nothing came.</Say>'


@pytest.fixture
def menu(app):
    app["/voice/incoming"] = MENU
    app["/voice/menu"] = lambda form: f"<Say>You pressed {form['Digits'] or 'nothing'}</Say>"
    return app


def kinds(call):
    return [entry.kind for entry in call.transcript if entry.kind != "webhook"]


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [("one two three four five", "en", 2.0), ("واحد اثنان", "ar", 1.0), ("hi", "en", 0.5)],
)
def test_speech_takes_time(text, language, seconds):
    assert seconds_to_say(text, language) == seconds


def test_time_passes_with_say_play_and_pause(app, rings):
    app["/voice/incoming"] = (
        '<Say loop="2">one two three four five</Say><Play>tone.mp3</Play><Pause length="3"/><Say>end</Say>'
    )
    call, _ = rings(play_seconds=4)
    assert [(e.at, e.kind) for e in call.transcript if e.kind in ("said", "played", "paused")] == [
        (0, "said"), (2, "said"), (4, "played"), (8, "paused"), (11, "said"),
    ]  # fmt: skip


def test_keys_reach_the_action(menu, rings):
    call, _ = rings(Phone(keys=["7"]))
    form = menu.asked("/voice/menu")[0]
    assert (form["Digits"], form["CallStatus"]) == ("7", "in-progress")
    assert call.transcript.said() == ["Please press one key now.", "You pressed 7"]


def test_silence_falls_through_to_the_next_verb(menu, rings):
    call, _ = rings(Phone(keys=[SILENCE]))
    assert call.transcript.said()[-1] == "Nothing came."
    assert menu.paths == ["/voice/incoming"]


def test_a_phone_out_of_keys_is_silent(menu, rings):
    assert rings(Phone())[0].transcript.said()[-1] == "Nothing came."


def test_silence_reaches_the_action_if_asked_for(app, rings):
    app["/voice/incoming"] = '<Gather action="menu" actionOnEmptyResult="true" timeout="2"/>'
    app["/voice/menu"] = "<Say>Still there?</Say>"
    rings()
    assert app.asked("/voice/menu")[0]["Digits"] == ""


def test_where_nothing_is_asked_a_script_has_no_key(app, rings):
    app["/voice/incoming"] = '<Gather action="menu" actionOnEmptyResult="true" timeout="1" numDigits="1"/>'
    app["/voice/menu"] = '<Gather action="key" timeout="1" numDigits="1"><Say>Press 4.</Say></Gather>'
    app["/voice/key"] = "<Hangup/>"
    rings(Phone(keys=["4"]))
    assert [app.asked(path)[0]["Digits"] for path in ("/voice/menu", "/voice/key")] == ["", "4"]


def test_the_finishing_key_alone_is_no_input(menu, rings):
    call, _ = rings(Phone(keys=["#"]))
    assert call.transcript.said()[-1] == "Nothing came."


def test_without_an_action_the_same_document_is_asked(app, rings):
    app["/voice/incoming"] = lambda form: "<Hangup/>" if form.get("Digits") == "5" else '<Gather numDigits="1"/>'
    rings(Phone(keys=["5"]))
    assert app.paths == ["/voice/incoming", "/voice/incoming"]


@pytest.mark.parametrize(
    ("keys", "finish_on", "most", "counted"),
    [
        ("0096891234567#", "#", 0, ("0096891234567", "#")),
        ("12#", "", 0, ("12#", "")),
        ("123456", "#", 4, ("1234", "")),
        ("12*", "*", 4, ("12", "*")),
        ("*", "#", 1, ("*", "")),
    ],
)
def test_counts_digits_as_gather_does(keys, finish_on, most, counted):
    assert count_keys(keys, finish_on, most) == counted


def test_letters_are_a_mistake_of_the_script(menu, rings):
    with pytest.raises(ValueError, match="no telephone"):
        rings(Phone(keys=["one"]))


def test_an_ordinary_key_waits_for_the_end_of_the_prompt(menu, rings):
    call, _ = rings(Phone(keys=["7"]))
    assert [e.at for e in call.transcript if e.kind == "pressed"] == [3.0]
    assert not call.transcript.of("caller")[3].cut


def test_barge_in_cuts_the_prompt_short(app, rings):
    app["/voice/incoming"] = (
        '<Gather numDigits="1" action="menu"><Say>Please press one key now.</Say><Say>Never heard</Say></Gather>'
    )
    app["/voice/menu"] = "<Hangup/>"
    call, _ = rings(Phone(keys=[BARGE_IN("7")]))
    (said,) = [e for e in call.transcript if e.kind == "said"]
    assert said.cut
    assert [e.at for e in call.transcript if e.kind == "pressed"] == [0.5]
    assert app.asked("/voice/menu")[0]["Digits"] == "7"


def test_a_stutter_arrives_as_repeated_digits(menu, rings):
    rings(Phone(keys=[STUTTER("000")]))
    assert menu.asked("/voice/menu")[0]["Digits"] == "000"


def test_the_announced_digit_is_pressed(app, rings):
    app["/voice/incoming"] = (
        '<Gather numDigits="1" action="menu"><Say>Line 24 of 2 is protected. To go on, press 6.</Say>'
        '<Say voice="Polly.Hala-Neural" language="ar-AE">اضغطوا ستة</Say></Gather>'
    )
    app["/voice/menu"] = "<Hangup/>"
    rings(Phone(keys=[ANNOUNCED]))
    assert app.asked("/voice/menu")[0]["Digits"] == "6"


@pytest.mark.parametrize(
    ("heard", "digit"),
    [
        ([("en", "press 6"), ("ar", "اضغطوا سبعة")], "6"),
        ([("ar", "للمتابعة اضغطوا ثمانية")], "8"),
        ([("ar", "الرقم ٤")], "4"),
        ([("en", "press five, please")], "5"),
        ([("en", "call 12025550100 or 24")], None),
        ([], None),
    ],
)
def test_finds_the_announced_digit(heard, digit):
    assert announced_digit(heard) == digit


def test_nothing_announced_is_a_fault_of_the_script(menu, rings):
    menu["/voice/incoming"] = '<Gather numDigits="1"><Say>Well?</Say></Gather>'
    with pytest.raises(CarrierError, match="none was announced"):
        rings(Phone(keys=[ANNOUNCED]))


def test_hanging_up_at_a_menu(menu, rings):
    call, _ = rings(Phone(keys=[HANG_UP]))
    assert kinds(call)[-1] == "hung up"
    assert menu.paths == ["/voice/incoming"]
    assert len(menu.asked("/voice/status")) == 1


def test_hanging_up_in_the_middle_of_a_word(menu, rings):
    call, _ = rings(hang_up_at=1.25)
    assert [e.cut for e in call.transcript if e.kind == "said"] == [True]
    assert (call.leg.ended_at, call.leg.hangup_reason) == (1.25, "person: hung up")


def test_a_phone_hangs_up_by_the_clock(menu, rings):
    assert rings(Phone(hangs_up_after=4))[0].leg.ended_at == 4


def test_an_interactive_phone_hears_what_was_new(app, rings):
    heard = []

    def ask(entries):
        heard.append([e.text for e in entries if e.kind == "said"])
        return "1"

    app["/voice/incoming"] = '<Say>Welcome</Say><Gather numDigits="1" action="menu"><Say>First</Say></Gather>'
    app["/voice/menu"] = ['<Gather numDigits="1"><Say>Second</Say></Gather>', "<Hangup/>"]
    rings(Phone(ask=ask))
    assert heard == [["Welcome", "First"], ["Second"]]


def test_an_empty_document_is_answered_and_billed(app, rings):
    app["/voice/incoming"] = ""
    call, _ = rings()
    assert (call.status, call.billed) == ("completed", True)


def test_hangup_ends_the_call_there(app, rings):
    app["/voice/incoming"] = "<Say>Bye</Say><Hangup/><Say>Never</Say>"
    assert rings()[0].transcript.said() == ["Bye"]


@pytest.mark.parametrize(("attribute", "status"), [("", "rejected"), ('reason="busy"', "busy")])
def test_reject_first_is_neither_answered_nor_billed(app, rings, attribute, status):
    app["/voice/incoming"] = f"<Reject {attribute}/>"
    call, _ = rings()
    assert (call.status, call.billed) == (status, False)
    assert kinds(call) == ["dialled", "rejected"]
    assert app.asked("/voice/status")[0]["CallStatus"] == ("busy" if status == "busy" else "no-answer")


def test_reject_behind_a_redirect_is_still_first(app, rings):
    app["/voice/incoming"] = "<Redirect>/voice/no</Redirect>"
    app["/voice/no"] = "<Reject/>"
    assert not rings()[0].billed


@pytest.mark.parametrize(
    "before", ["<Pause/><Reject/>", "<Say>Hello</Say><Reject/>", "<Say>Hello</Say><Redirect>no</Redirect>"]
)
def test_a_late_reject_is_a_fault_and_costs_money(app, rings, before):
    app["/voice/incoming"] = before
    app["/voice/no"] = "<Reject/>"
    call, network = rings(strict=False)
    assert call.billed
    assert "Reject" in network.errors[0].message


def test_a_first_pause_delays_the_answer(app, rings):
    app["/voice/incoming"] = '<Pause length="3"/><Pause length="2"/><Say>Hi</Say>'
    assert rings()[0].leg.answered_at == 3


def test_a_loop_of_documents_is_stopped(app, rings):
    app["/voice/incoming"] = "<Redirect>incoming</Redirect>"
    call, network = rings(strict=False)
    assert network.errors[0].code == "loop"
    assert len(app.asked("/voice/incoming")) == 200
    assert call.leg.ended_at is not None


def test_a_recording_reaches_its_action(app, rings):
    app["/voice/incoming"] = '<Record action="taken" maxLength="20"/>'
    app["/voice/taken"] = "<Hangup/>"
    rings(Phone(keys=["#"]))
    form = app.asked("/voice/taken")[0]
    assert (form["RecordingDuration"], form["Digits"]) == ("3", "#")
    assert form["RecordingUrl"].endswith(form["RecordingSid"])


def test_a_silent_recording_falls_through(app, rings):
    app["/voice/incoming"] = '<Record action="taken"/><Say>Nothing heard</Say>'
    call, _ = rings()
    assert call.transcript.said() == ["Nothing heard"]


def test_hanging_up_ends_a_recording_and_it_is_kept(app, rings):
    app["/voice/incoming"] = '<Record action="taken"/>'
    app["/voice/taken"] = "<Say>Never heard</Say>"
    call, _ = rings(Phone(keys=[HANG_UP]))
    assert app.asked("/voice/taken")[0]["Digits"] == "hangup"
    assert app.asked("/voice/taken")[0]["CallStatus"] == "completed"
    assert call.transcript.said() == []


def test_an_apps_own_bug_ends_the_simulation(app, rings):
    app["/voice/incoming"] = KeyError("a bug in the test's application")
    with pytest.raises(KeyError):
        rings()


def test_a_call_is_readable_on_a_terminal(app, rings):
    app["/voice/incoming"] = MENU
    app["/voice/menu"] = Answer(
        200, "text/xml", '<Response><Say voice="Polly.Hala-Neural" language="ar-AE">مع السلامة</Say></Response>'
    )
    call, _ = rings(Phone(keys=["7"]))
    assert render(call.transcript).splitlines() == [
        "00:00  caller  [dialled +12025550100]",
        "00:00  caller  [answered]",
        "00:00  caller  EN  Please press one key now.",
        "00:03  caller  [pressed 7]",
        "00:03  caller  AR  مع السلامة",
        "00:04  caller  [hung up (the document ended)]",
    ]
    assert "/voice/menu: 200" in render(call.transcript, webhooks=True)


def test_calls_follow_each_other_in_simulated_time(app, carrier):
    app["/voice/incoming"] = "<Say>Hello</Say>"
    network = carrier()
    network.place(from_="+96891234567", to="+12025550100", phone=Phone())
    network.run()
    network.wait(3600)
    network.place(from_="+96891234567", to="+12025550100", phone=Phone(), after=10)
    network.run()
    first, second = [int(h["X-Carrier-Time"]) for h in app.headers("/voice/incoming")]
    assert second - first == 3_610_500
