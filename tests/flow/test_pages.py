"""A page with a fault does not load: the error names page, step and reason."""

from __future__ import annotations

import pytest

from ivr.flow.page import Book, Page, PageError, Position
from ivr.flow.pages import BOOK
from ivr.flow.steps import (
    ANNOUNCED,
    EACH_LANGUAGE,
    Action,
    Bridge,
    Collect,
    Connect,
    Decide,
    Goodbye,
    Key,
    Menu,
    Move,
    Only,
    Poll,
    Reject,
    Say,
    Transfer,
)

BYE = Goodbye(name="bye", prompts=("goodbye",))
ONE = Key(press="1", goal="care", then="bye")


def book(*steps, entries=("line:start",), others=()):
    """A book of one page called ``line``, and of other pages."""
    page = Page("line", *steps, title="Line")
    return Book(page, *others, entries=tuple(Position(*entry.split(":")) for entry in entries))


def menu(name="start", **changes):
    return Menu(
        **{"name": name, "prompts": ("welcome",), "keys": (ONE,), "silence": "bye", "failure": "bye", **changes}
    )


def collect(**changes):
    says = {"name": "start", "prompts": ("type_number",), "invalid": "number_invalid", "valid": "phone_number"}
    return Collect(**{**says, "then": "bye", "silence": "bye", "failure": "bye", **changes})


BROKEN = {
    "a step leads to a step that isn't there": ((Say(name="start", prompts=(), then="gone"),), "line:start.*line:gone"),
    "a step leads to a page that isn't there": ((Say(name="start", prompts=(), then="care:x"),), "line:start.*care:x"),
    "a key leads nowhere": ((menu(keys=(Key(press="1", goal="care", then="gone"),)), BYE), "line:start.*line:gone"),
    "an action's exit leads nowhere": (
        (Action(name="start", action="screen", exits={"ring": "gone"}, store_down="bye"), BYE),
        "line:start.*line:gone",
    ),
    "an action has nowhere to go when the store is down": (
        (Action(name="start", action="screen", exits={"ring": "bye"}, store_down=""), BYE),
        "line:start leads nowhere",
    ),
    "a step is never reached": ((Say(name="start", prompts=(), then="bye"), BYE, Goodbye(name="x")), "line:x is never"),
    "two steps have one name": ((BYE, BYE), "line: two steps are called 'bye'"),
    "a menu has no exit for silence": ((menu(silence=""), BYE), "line:start"),
    "a menu has no exit for wrong keys": ((menu(failure=""), BYE), "line:start"),
    "silence repeats the menu for ever": ((menu(silence="start"), BYE), "line:start.*for ever"),
    "wrong keys repeat the menu for ever": ((menu(failure="start"), BYE), "line:start.*for ever"),
    "a menu has no keys": ((menu(keys=()), BYE), "line:start: its keys"),
    "a key is there twice": ((menu(keys=(ONE, ONE)), BYE), r"line:start: its keys are \['1', '1'\]"),
    "a key is on no telephone": ((menu(keys=(Key(press="12", goal="care", then="bye"),)), BYE), "line:start: its keys"),
    "a key has an unknown condition": (
        (menu(keys=(Key(press="1", goal="care", then="bye", when="full_moon"),)), BYE),
        "line:start: key 1 .*'full_moon'",
    ),
    "digits are checked by nothing known": ((collect(valid="iban"), BYE), "line:start: unknown check 'iban'"),
    "digits have no exit for silence": ((collect(silence=""), BYE), "line:start leads nowhere"),
    "a decision is unknown": ((Decide(name="start", by="dice", exits={"yes": "bye"}), BYE), "line:start.*'dice'"),
    "a decision's result lacks an exit": (
        (Decide(name="start", by="flagged", exits={"yes": "bye"}), BYE),
        "line:start.*'flagged'",
    ),
    "a decision has an exit too many": (
        (Decide(name="start", by="flagged", exits={"yes": "bye", "no": "bye", "perhaps": "bye"}), BYE),
        "line:start.*'flagged'",
    ),
    "a prompt has an unknown condition": (
        (Say(name="start", prompts=(Only("full_moon", "welcome"),), then="bye"), BYE),
        "line:start: prompt welcome .*'full_moon'",
    ),
    "what follows the keys has an unknown condition": (
        (menu(after=(Only("full_moon", "welcome"),)), BYE),
        "line:start: prompt welcome .*'full_moon'",
    ),
    "a key names a language": (
        (menu(keys=(Key(press="1", goal="care", then="bye", language="fr"),)), BYE),
        "line:start: key 1 .*'fr'",
    ),
    "a transfer dials nobody": (
        (Transfer(name="start", to="grandmother", answered="bye", unanswered="bye"), BYE),
        "line:start: 'grandmother'",
    ),
    "a key beside those of the languages": (
        (menu(keys=(Key(press=EACH_LANGUAGE, goal="a", then="bye"), Key(press="3", goal="b", then="bye"))), BYE),
        "line:start: its keys are .* from 1 on",
    ),
    "a rejection is unknown to Twilio": ((Reject(name="start", reason="rude"),), "line:start: .*'rude'"),
    "a whisper is on no page": ((Connect(name="start", whisper="gone", then="bye"), BYE), "line:start: .*'gone'"),
    "silence goes to and fro between two menus": (
        (menu(silence="other"), menu("other", silence="line:start"), BYE),
        "line:start: silence or wrong keys .*for ever",
    ),
    "digits are asked for again for ever": (
        (collect(failure="start"), BYE),
        "line:start: silence or wrong keys .*for ever",
    ),
}


@pytest.mark.parametrize(("steps", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_page_names_its_step(steps, says):
    with pytest.raises(PageError, match=says):
        book(*steps)


def test_a_missing_entry_is_an_error():
    with pytest.raises(PageError, match="line:cellar: there is no such step"):
        book(BYE, entries=("line:bye", "line:cellar"))


def test_the_announced_digit_is_a_key_too():
    assert book(menu(keys=(Key(press=ANNOUNCED, goal="care", then="bye"),)), BYE)


def test_a_whisper_counts_as_reached():
    whisper = Page("whisper", Bridge(name="joined"), title="Whisper")
    connect = Connect(name="start", whisper="whisper", then="bye")
    assert book(connect, BYE, others=(whisper,)).step(Position("whisper", "joined"))


def test_a_whisper_that_begins_with_a_question_is_refused():
    """The customer's leg comes to it by a request of its own, which would be taken for silence."""
    whisper = Page(
        "whisper", menu(silence="line:bye", failure="line:bye", keys=(ONE._replace(then="line:bye"),)), title="W"
    )
    with pytest.raises(PageError, match="line:start: 'whisper' begins with a question"):
        book(Connect(name="start", whisper="whisper", then="bye"), BYE, others=(whisper,))


def test_another_leg_may_come_to_the_question_that_this_leg_has_left():
    whisper = Page("whisper", Say(name="start", prompts=(), then="line:start"), title="Whisper")
    ring = Connect(name="ring", whisper="whisper", then="bye")
    assert book(menu(silence="ring"), ring, BYE, others=(whisper,))


def test_an_exit_may_name_its_page():
    assert Position("line", "start").follow("bye") == Position("line", "bye")
    assert Position("line", "start").follow("care:start") == Position("care", "start")


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"screen": ("ring",)}, "line:start: the action 'screen' never has the result 'loop'"),
        (
            {"screen": ("ring", "loop", "busy")},
            "line:start: the action 'screen' may have the result 'busy', and no exit is for it",
        ),
        ({}, "line:start asks for the action 'screen', which nobody performs"),
        ({"screen": ("ring", "loop"), "greet": ("done",)}, "no page asks for the action 'greet'"),
    ],
    ids=[
        "an exit without a result",
        "a result without an exit",
        "an unknown action",
        "an action that is not asked for",
    ],
)
def test_pages_and_actions_are_compared_in_both_directions(answers, fault):
    start = Action(name="start", action="screen", exits={"ring": "bye", "loop": "bye"}, store_down="bye")
    pages = book(start, BYE)
    assert pages.action_faults(answers) == [fault]
    assert pages.action_faults({"screen": ("loop", "ring")}) == []


def test_every_difference_of_pages_and_actions_is_told_at_once():
    start = Action(name="start", action="screen", exits={"ring": "bye"}, store_down="bye")
    assert book(start, BYE).action_faults({"screen": ("loop",), "greet": ("greeted",)}) == [
        "line:start: the action 'screen' never has the result 'ring'",
        "line:start: the action 'screen' may have the result 'loop', and no exit is for it",
        "no page asks for the action 'greet'",
    ]


def test_a_step_that_moves_its_leg_asks_for_an_action_too():
    move = Move(name="start", to="bye", leg="talk", moved="bye", not_moved="bye", unknown="bye")
    rescue = move._replace(name="again", rescues=True, moved="bye")
    pages = book(move._replace(moved="again"), rescue, BYE)
    assert pages.action_faults({"move": ("moved", "not_moved", "unknown"), "rescue": ("moved", "not_moved")}) == [
        "line:again: the action 'rescue' never has the result 'unknown'"
    ]


def test_silence_never_loops():
    """From every step a silent leg reaches an end, for every result of actions and decisions."""
    ended, on_the_way = set(), []

    def follow(here):
        assert here not in on_the_way, f"silence goes round: {on_the_way}"
        if here in ended:
            return
        on_the_way.append(here)
        step = BOOK.step(here)
        exits = [there for exit_, there in BOOK.exits(here) if exit_.by != "aside"]
        if isinstance(step, (Menu, Collect)):
            exits = [here.follow(step.silence)]
        if isinstance(step, Poll):
            exits = []  # polls for another leg: tests/calls/test_random_calls.py shows that it ends
        for there in exits:
            follow(there)
        ended.add(on_the_way.pop())

    for page in BOOK.pages.values():
        for step in page.steps:
            follow(Position(page.name, step))


def test_every_menu_is_heard_two_or_three_times_at_most():
    menus = [s for page in BOOK.pages.values() for s in page.steps.values() if isinstance(s, (Menu, Collect))]
    assert {step.tries for step in menus} <= {2, 3}
