"""A customer's voicemails, on a ring-back: each is announced and played, then deleted, reported or kept."""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Key, Menu, Only, Say

MESSAGES = Page(
    "messages",
    Menu(
        name="announced",
        prompts=(Only("one_message", "one_message"), Only("several_messages", "messages_counted")),
        keys=(
            Key(press="1", goal="hear_messages", then="first"),
            Key(press="8", goal="back", then="ring_back:main"),
        ),
        tries=2,
        silence="ring_back:main",
        failure="ring_back:main",
    ),
    Action(
        name="first",
        action="first_message",
        exits={"found": "message", "none": "no_more"},
        store_down="ring_back:sorry",
    ),
    Action(
        name="again",
        action="same_message",
        exits={"found": "message", "none": "gone"},
        store_down="ring_back:sorry",
    ),
    Action(
        name="next",
        action="next_message",
        exits={"found": "message", "none": "no_more"},
        store_down="ring_back:sorry",
    ),
    Menu(
        name="message",
        prompts=("message_came", Only("ending_known", "last_call_ending")),
        plays="recording",
        keys=(
            Key(press="1", goal="hear_again", then="again"),
            Key(press="2", goal="next_message", then="next"),
            Key(press="3", goal="delete_message", then="delete"),
            Key(press="9", goal="report_message", then="report"),
            Key(press="8", goal="back", then="ring_back:main"),
        ),
        silence="ring_back:goodbye",
        failure="ring_back:goodbye",
    ),
    Action(
        name="delete",
        action="delete_message",
        exits={"deleted": "deleted", "none": "gone"},
        store_down="ring_back:sorry",
    ),
    Say(name="deleted", prompts=("message_deleted",), then="next"),
    Say(name="gone", prompts=("message_gone",), then="next"),
    Say(name="no_more", prompts=("no_more_messages",), then="ring_back:main"),
    Action(
        name="report",
        action="report_message",
        exits={"recorded": "report:recorded", "none": "gone"},
        store_down="report:not_recorded",
    ),
    title="Messages, on a ring-back",
)
