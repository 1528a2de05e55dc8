"""What a customer chose by key, undone on a leg that we dialled: the last trust or block, and text messages."""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Key, Menu, Say

_AGAIN_AND_BACK = (
    Key(press="2", goal="hear_again", then="find_listed"),
    Key(press="8", goal="back", then="ring_back:main"),
)

CHOICES = Page(
    "choices",
    Action(
        name="find_listed",
        action="find_last_listed",
        exits={"trusted": "last_trusted", "blocked": "last_blocked", "none": "none_listed"},
        store_down="ring_back:sorry",
    ),
    Say(name="none_listed", prompts=("none_listed",), then="ring_back:main"),
    Menu(
        name="last_trusted",
        prompts=("last_trusted_is",),
        keys=(Key(press="1", goal="undo_trust", then="undo_trust"), *_AGAIN_AND_BACK),
        silence="ring_back:goodbye",
        failure="ring_back:goodbye",
    ),
    Menu(
        name="last_blocked",
        prompts=("last_blocked_is",),
        keys=(Key(press="1", goal="undo_block", then="undo_block"), *_AGAIN_AND_BACK),
        silence="ring_back:goodbye",
        failure="ring_back:goodbye",
    ),
    Action(
        name="undo_trust",
        action="undo_last_listed",
        exits={"undone": "trust_undone", "none": "none_listed"},
        store_down="ring_back:sorry",
    ),
    Action(
        name="undo_block",
        action="undo_last_listed",
        exits={"undone": "block_undone", "none": "none_listed"},
        store_down="ring_back:sorry",
    ),
    Say(name="trust_undone", prompts=("trust_undone",), then="ring_back:main"),
    Say(name="block_undone", prompts=("block_undone",), then="ring_back:main"),
    Action(
        name="find_texts",
        action="find_texts",
        exits={"sent": "texts_sent", "stopped": "texts_stopped"},
        store_down="ring_back:sorry",
    ),
    Menu(
        name="texts_sent",
        prompts=("texts_are_sent",),
        keys=(
            Key(press="1", goal="stop_texts", then="stop_texts"),
            Key(press="8", goal="back", then="ring_back:main"),
        ),
        silence="ring_back:goodbye",
        failure="ring_back:goodbye",
    ),
    Menu(
        name="texts_stopped",
        prompts=("texts_are_stopped",),
        keys=(
            Key(press="1", goal="send_texts", then="send_texts"),
            Key(press="8", goal="back", then="ring_back:main"),
        ),
        silence="ring_back:goodbye",
        failure="ring_back:goodbye",
    ),
    Action(name="stop_texts", action="stop_texts", exits={"stopped": "now_stopped"}, store_down="ring_back:sorry"),
    Action(name="send_texts", action="send_texts", exits={"sent": "now_sent"}, store_down="ring_back:sorry"),
    Say(name="now_stopped", prompts=("texts_now_stopped",), then="ring_back:main"),
    Say(name="now_sent", prompts=("texts_now_sent",), then="ring_back:main"),
    title="The customer's own choices, on a ring-back",
)
