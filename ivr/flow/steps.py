"""The kinds of step that a page is written in: what the line says or does, and the exits beside it.

An exit is the name of a step on the same page, or ``page:step`` to go to another page and never return. The kinds that
ring, wait for another leg or end one are in ``ivr.flow.leg_steps``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ivr.flow.decisions import CHECKS, CONDITIONS, DECISIONS
from ivr.flow.leg_steps import (
    REJECTIONS,
    TRANSFERS,
    Bridge,
    Connect,
    Goodbye,
    JoinConference,
    LeaveQueue,
    Move,
    Queue,
    QueueWait,
    Reject,
    Transfer,
)
from ivr.flow.step_parts import ANNOUNCED, EACH_LANGUAGE, Exit, Key, Kind, Only, by_results, words
from ivr.telephony.inputs import Pressed, Recorded, Silence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.flow.step_parts import Prompts

__all__ = [
    "ANNOUNCED",
    "EACH_LANGUAGE",
    "REJECTIONS",
    "TRANSFERS",
    "Action",
    "Bridge",
    "Collect",
    "Connect",
    "Decide",
    "Exit",
    "Goodbye",
    "JoinConference",
    "Key",
    "Kind",
    "LeaveQueue",
    "Menu",
    "Move",
    "Only",
    "Poll",
    "Queue",
    "QueueWait",
    "Reject",
    "Say",
    "SayFirst",
    "Step",
    "TakeMessage",
    "Transfer",
    "words",
]

MENU_TRIES = 3
_KEYS = frozenset("0123456789*#") | {ANNOUNCED, EACH_LANGUAGE}


class Menu(NamedTuple):
    """Says ``prompts``, then its keys and what may wait until ``after`` them, and waits for one of them.

    ``after`` is said in the first round alone: a person who pressed nothing hears the keys again sooner without it.
    ``plays`` is the fact that names a recording, which is played once, before the keys, where it is known.

    A wrong key or silence repeats the menu with each prompt's next wording, ``tries`` times in all; then the call
    leaves by ``failure`` (or, after silence, by ``silence``).
    """

    name: str
    prompts: Prompts
    keys: tuple[Key, ...]
    silence: str
    failure: str
    tries: int = MENU_TRIES
    timeout: int = 6  # seconds of quiet after the prompt; Twilio's own 5 is short for an elderly person
    plays: Literal["", "recording"] = ""
    after: Prompts = ()

    @property
    def kind(self) -> Kind:
        keys = (Exit(key.then, _on_key(key), "key") for key in self.keys)
        return Kind(
            "hexagon",
            f"Says this, offers the keys and waits for one; {self.tries} times at most.",
            exits=(*keys, Exit(self.silence, "silence"), Exit(self.failure, "no such key")),
            accepts=(Pressed, Silence),
            says=(*self.prompts, *self.after, *(f"key.{key.goal}" for key in self.keys)),
            fault=_fault_of_keys(self.keys),
        )


def _on_key(key: Key) -> str:
    press = {ANNOUNCED: "announced digit:", EACH_LANGUAGE: "1, 2, ...:"}.get(key.press, key.press)
    return f"{press} {words(key.goal)}" + (f" (if {words(key.when)})" if key.when else "")


def _fault_of_keys(keys: tuple[Key, ...]) -> str:
    presses = [key.press for key in keys]
    if not presses or len(presses) != len(set(presses)) or not set(presses) <= _KEYS:
        return f"its keys are {presses}; each must be one key of a telephone, and once"
    if EACH_LANGUAGE in presses and set(presses) & set("123456789"):
        return f"its keys are {presses}: the languages that are offered take the keys from 1 on"
    for key in keys:
        if key.language:
            return f"key {key.press} is of the language {key.language!r}: EACH_LANGUAGE is of those that are offered"
        if key.when and key.when not in CONDITIONS:
            return f"key {key.press} has an unknown condition {key.when!r}"
    return ""


class Collect(NamedTuple):
    """Takes digits up to #, checks them with a check of ``ivr.flow.decisions``, and asks again if it fails."""

    name: str
    prompts: Prompts
    invalid: str
    valid: str
    then: str
    silence: str
    failure: str
    tries: int = MENU_TRIES
    timeout: int = 10  # seconds between two digits; people read a number off a screen
    most_digits: int = 20

    @property
    def kind(self) -> Kind:
        typed = Exit(self.then, words(self.valid), "digits")
        return Kind(
            "slant",
            f"Says this and waits for digits, ended with #; {self.tries} times at most.",
            exits=(typed, Exit(self.silence, "silence"), Exit(self.failure, "anything else")),
            accepts=(Pressed, Silence),
            says=(*self.prompts, self.invalid),
            ended_by_hash=True,
            fault="" if self.valid in CHECKS else f"unknown check {self.valid!r}",
        )


class TakeMessage(NamedTuple):
    """Says ``prompts`` and records what this person says, up to #; a person who says nothing goes on at ``silence``."""

    name: str
    prompts: Prompts
    then: str
    silence: str
    pause: int = 8  # seconds of quiet that end it; people think while they speak

    @property
    def kind(self) -> Kind:
        sentence = "Says this, gives a tone and records what is said, up to #."
        exits = (Exit(self.then, "recorded"), Exit(self.silence, "silence", "request"))
        accepts = (Recorded, Silence)
        return Kind("slant", sentence, exits=exits, accepts=accepts, says=self.prompts, ended_by_hash=True)


class Decide(NamedTuple):
    """Chooses an exit by a pure decision of ``ivr.flow.decisions``."""

    name: str
    by: str
    exits: Mapping[str, str]

    @property
    def kind(self) -> Kind:
        decision = DECISIONS.get(self.by)
        if decision is None or set(decision.results) != set(self.exits):
            return Kind("diamond", fault=f"its exits are not the results of a decision {self.by!r}")
        return Kind("diamond", decision.question, exits=by_results(self.exits))


class Action(NamedTuple):
    """Has an action (``ivr.actions``) performed and leaves by the exit of its result.

    ``store_down`` is where the call goes when the store cannot be reached: decided here, on the page, for each action.
    """

    name: str
    action: str
    exits: Mapping[str, str]
    store_down: str

    @property
    def kind(self) -> Kind:
        return Kind("box", exits=(*by_results(self.exits), Exit(self.store_down, "store down")), action=self.action)


class Say(NamedTuple):
    """Says ``prompts`` and goes on."""

    name: str
    prompts: Prompts
    then: str

    @property
    def kind(self) -> Kind:
        return Kind("round", "Says this and goes on.", exits=(Exit(self.then),), says=self.prompts)


class SayFirst(NamedTuple):
    """Says ``prompts`` to the end; ``then`` comes by a request of its own, a second later or at any key.

    So nobody waits in silence for what ``then`` does. A <Gather> sends it: Twilio names no <Redirect> for a whisper.
    """

    name: str
    prompts: Prompts
    then: str

    @property
    def kind(self) -> Kind:
        sentence = "Says this first, and then goes on."
        return Kind("round", sentence, exits=(Exit(self.then),), accepts=(Pressed, Silence), says=self.prompts)


class Poll(NamedTuple):
    """Says ``prompts``, waits for some seconds and asks again for the step ``then``."""

    name: str
    seconds: int
    then: str
    prompts: Prompts = ()

    @property
    def kind(self) -> Kind:
        sentence = f"Waits {self.seconds} seconds and looks again."
        return Kind("flag", sentence, exits=(Exit(self.then, by="request"),), says=self.prompts)


Step = (
    Menu
    | Collect
    | TakeMessage
    | Decide
    | Action
    | Move
    | Say
    | SayFirst
    | Poll
    | Connect
    | Transfer
    | Queue
    | QueueWait
    | LeaveQueue
    | JoinConference
    | Goodbye
    | Reject
    | Bridge
)
