"""The guarded talk, on the customer's leg, which was moved out of the whisper: * ends the call and reports it."""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Goodbye, JoinConference, Key, Menu, Poll, Say

TALK = Page(
    "talk",
    Action(
        name="enter",
        action="enter_talk",
        exits={"entered": "room", "caller_gone": "caller_gone", "unknown_call": "room"},
        store_down="room",
    ),
    JoinConference(name="room", wait="wait:hold", then="how_it_ended", star="end_and_report"),
    Action(
        name="how_it_ended",
        action="judge_end",
        exits={"star": "record", "caller_gone": "caller_gone", "look_again": "a_second", "over": "over"},
        store_down="caller_gone",
    ),
    Poll(name="a_second", seconds=1, then="how_it_ended"),
    # Recorded at once: a customer who hangs up now has reported too.
    Action(
        name="record",
        action="record_report",
        exits={"recorded": "recorded", "unknown_call": "report:not_recorded"},
        store_down="report:not_recorded",
    ),
    Menu(
        name="recorded",
        prompts=("star_recorded",),
        keys=(
            Key(press="1", goal="by_mistake", then="take_back"),
            Key(press="2", goal="go_on", then="report:what"),
            Key(press="0", goal="care", then="care:start", when="care_known"),
        ),
        tries=2,
        silence="report:what",
        failure="report:what",
    ),
    Action(
        name="take_back",
        action="withdraw_this_report",
        exits={"withdrawn": "taken_back", "none": "not_taken_back"},
        store_down="not_taken_back",
    ),
    Goodbye(name="taken_back", prompts=("withdrawn", "goodbye")),
    Goodbye(name="not_taken_back", prompts=("apology", "please_call_care")),
    Say(name="caller_gone", prompts=("caller_gone",), then="report_it"),
    Menu(
        name="report_it",
        prompts=("report_after_talk",),
        keys=(
            Key(press="9", goal="report", then="record_now", when="can_be_reported"),
            Key(press="0", goal="care", then="care:start", when="care_known"),
        ),
        tries=2,
        silence="goodbye",  # the one question of this end; a customer who stays silent is let go
        failure="goodbye",
    ),
    Action(
        name="record_now",
        action="record_report",
        exits={"recorded": "report:recorded", "unknown_call": "report:not_recorded"},
        store_down="report:not_recorded",
    ),
    Goodbye(name="goodbye", prompts=("goodbye",)),
    Goodbye(name="over"),
    title="Guarded talk: the customer's leg",
)
