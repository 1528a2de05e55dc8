"""The ring-back: the service dials the registered number, and only here reveals or undoes something."""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Goodbye, Key, Menu, Only, Say

RING_BACK = Page(
    "ring_back",
    Say(name="start", prompts=(), then="hello"),  # a menu would read the answered call as silence
    Menu(
        name="hello",
        prompts=("ring_back_hello",),
        keys=(Key(press="1", goal="go_on", then="take"),),
        tries=2,
        silence="over",  # a voicemail presses no key and hears nothing more
        failure="over",
    ),
    Action(name="take", action="take_ring_back", exits={"taken": "see_messages"}, store_down="see_messages"),
    Action(
        name="see_messages",
        action="count_messages",
        exits={"some": "messages:announced", "none": "main"},
        store_down="main",
    ),
    Menu(
        name="main",
        prompts=("ring_back_menu",),
        keys=(
            Key(press="1", goal="report_last_call", then="find_call"),
            Key(press="2", goal="hear_messages", then="messages:first", when="messages_known"),
            Key(press="5", goal="withdraw_report", then="find_report"),
            Key(press="6", goal="last_listed", then="choices:find_listed"),
            Key(press="7", goal="text_messages", then="choices:find_texts", when="texts_are_sent"),
            Key(press="0", goal="care", then="care:start", when="care_known"),
        ),
        silence="goodbye",
        failure="goodbye",
    ),
    Action(
        name="find_call", action="find_last_call", exits={"found": "last_call", "none": "no_call"}, store_down="sorry"
    ),
    Say(name="no_call", prompts=("no_call_found",), then="main"),
    Menu(
        name="last_call",
        prompts=("last_call_was", Only("ending_known", "last_call_ending")),
        keys=(
            Key(press="1", goal="report_this_call", then="record_call"),
            Key(press="2", goal="hear_again", then="find_call"),
            Key(press="8", goal="back", then="main"),
        ),
        silence="goodbye",
        failure="goodbye",
    ),
    Action(
        name="record_call",
        action="report_last_call",
        exits={"recorded": "report:recorded", "none": "find_call"},  # a newer call came in and is read out now
        store_down="report:not_recorded",
    ),
    Action(
        name="find_report",
        action="find_last_report",
        exits={"found": "last_report", "none": "no_report"},
        store_down="sorry",
    ),
    Say(name="no_report", prompts=("no_report_found",), then="main"),
    Menu(
        name="last_report",
        prompts=("last_report_is",),
        keys=(
            Key(press="1", goal="withdraw_it", then="withdraw"),
            Key(press="2", goal="hear_again", then="find_report"),
            Key(press="8", goal="back", then="main"),
        ),
        silence="goodbye",
        failure="goodbye",
    ),
    Action(
        name="withdraw",
        action="withdraw_last_report",
        exits={"withdrawn": "withdrawn", "none": "find_report"},
        store_down="sorry",
    ),
    Goodbye(name="withdrawn", prompts=("withdrawn", "goodbye")),
    Goodbye(name="sorry", prompts=("apology", "please_call_care")),
    Goodbye(name="goodbye", prompts=("goodbye",)),
    Goodbye(name="over"),
    title="Ring-back to the registered number",
)
