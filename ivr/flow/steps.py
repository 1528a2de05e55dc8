"""The kinds of step that a page is written in: what the line says or does, and the exits beside it.

An exit is the name of a step on the same page, or ``page:step`` to go to another page and never return.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

ANNOUNCED = "announced"  # the key of the human check: the digit that is announced in this very call

EACH_LANGUAGE = "each language"  # keys from 1 on, one for each language that is offered
MENU_TRIES = 3
REJECTIONS = ("rejected", "busy")  # Twilio's (FACTS 3)
TRANSFERS = ("care_number", "care_fallback_number")  # facts that hold a number which may be dialled


class Only(NamedTuple):
    """A prompt that is said only when a condition of ``ivr.flow.decisions`` holds."""

    when: str
    prompt: str


class Key(NamedTuple):
    """One key of a menu: what it is for (a prompt ``key.<goal>``) and where it leads.

    ``sets`` are values that the rest of the call knows (see ``State``); ``when`` names a condition of
    ``ivr.flow.decisions`` that must hold, or the key is neither offered nor taken; A key EACH_LANGUAGE stands
    for one key a language that is offered, each spoken in that language and choosing it; ``language`` is then which.
    """

    press: str
    goal: str
    then: str
    sets: Mapping[str, str] = MappingProxyType({})
    when: str = ""
    language: str = ""


class Menu(NamedTuple):
    """Says ``prompts``, then its keys and what may wait until ``after`` them, and waits for one of them.

    ``after`` is said in the first round alone: a person who pressed nothing hears the keys again sooner without it.
    ``plays`` is the fact that names a recording, which is played once, before the keys, where it is known.

    A wrong key or silence repeats the menu with each prompt's next wording, ``tries`` times in all; then the call
    leaves by ``failure`` (or, after silence, by ``silence``).
    """

    name: str
    prompts: tuple[str | Only, ...]
    keys: tuple[Key, ...]
    silence: str
    failure: str
    tries: int = MENU_TRIES
    timeout: int = 6  # seconds of quiet after the prompt; Twilio's own 5 is short for an elderly person
    plays: str = ""
    after: tuple[str | Only, ...] = ()

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (*(key.then for key in self.keys), self.silence, self.failure)


class Collect(NamedTuple):
    """Takes digits up to #, checks them with a check of ``ivr.flow.decisions``, and asks again if it fails."""

    name: str
    prompts: tuple[str | Only, ...]
    invalid: str
    valid: str
    then: str
    silence: str
    failure: str
    tries: int = MENU_TRIES
    timeout: int = 10  # seconds between two digits; people read a number off a screen
    most_digits: int = 20

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (self.then, self.silence, self.failure)


class Decide(NamedTuple):
    """Chooses an exit by a pure decision of ``ivr.flow.decisions``."""

    name: str
    by: str
    ways: Mapping[str, str]

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return tuple(self.ways.values())


class Action(NamedTuple):
    """Has an action (``ivr.actions.registry``) performed and leaves by the way that it answers.

    ``store_down`` is where the call goes when the store cannot be reached: decided here, on the page, for each action.
    """

    name: str
    action: str
    ways: Mapping[str, str]
    store_down: str

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (*self.ways.values(), self.store_down)


class Say(NamedTuple):
    """Says ``prompts`` and goes on."""

    name: str
    prompts: tuple[str | Only, ...]
    then: str

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (self.then,)


class Connect(NamedTuple):
    """Rings the customer; whoever answers hears the page ``whisper`` before the two are joined."""

    name: str
    whisper: str
    then: str

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next on this leg."""
        return (self.then,)


class Transfer(NamedTuple):
    """Dials a configured number (the name of a fact) and goes on by whether anybody answered.

    ``ring`` is the fact that says for how long it rings. Whoever answers hears the page ``whisper``, if there is one,
    before the two are joined; then something answered, and whether a person accepted is for the next step to find out.
    """

    name: str
    to: str
    answered: str
    unanswered: str
    ring: str = "ring_seconds"
    whisper: str = ""

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (self.answered, self.unanswered)


class Queue(NamedTuple):
    """Puts the leg into the queue of customer care's workflow at Twilio; the step ``wait`` plays meanwhile.

    It goes on once a talk is over (``answered``), or by whatever else took the leg out of the queue.
    """

    name: str
    wait: str
    answered: str
    unanswered: str

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (self.answered, self.unanswered)


class QueueWait(NamedTuple):
    """Says ``prompts`` and waits for some seconds in a queue; then Twilio asks for the queue's ``wait`` anew."""

    name: str
    seconds: int
    prompts: tuple[str | Only, ...] = ()

    @property
    def exits(self) -> tuple[str, ...]:
        """None on this document: Twilio begins again."""
        return ()


class LeaveQueue(NamedTuple):
    """Takes the leg out of the queue that it waits in: its ``Queue`` step goes on as unanswered."""

    name: str

    @property
    def exits(self) -> tuple[str, ...]:
        """None on this document: the queue's own step goes on."""
        return ()


class Move(NamedTuple):
    """Has this leg moved over REST to the step ``to``, and goes on here meanwhile by what Twilio answered.

    What goes on here is heard where the move takes effect only after a whisper, or not at all (FACTS 3). ``unknown``:
    Twilio did not say whether it will happen. ``leg`` is what the moved leg is from then on (see ``State``).
    ``rescues``: nothing else helps this leg, so that Twilio is asked even where its REST API failed just now.
    """

    name: str
    to: str
    leg: str
    moved: str
    not_moved: str
    unknown: str
    rescues: bool = False

    @property
    def action(self) -> str:
        """The action that moves the leg (``ivr.actions.moves``)."""
        return "rescue" if self.rescues else "move"

    @property
    def ways(self) -> Mapping[str, str]:
        """Where the step goes on, by the way that the move went."""
        return {"moved": self.moved, "not_moved": self.not_moved, "unknown": self.unknown}

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next, here or where the leg was moved to."""
        return (self.to, self.moved, self.not_moved, self.unknown)


class JoinConference(NamedTuple):
    """Joins the room of this screened call until the other one leaves it; ``wait`` plays while nobody else is there.

    ``star`` is the goal that * is for, where * leaves the room (a prompt ``key.<goal>``), or empty.
    """

    name: str
    wait: str
    then: str
    prompts: tuple[str | Only, ...] = ()
    star: str = ""

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next on this leg."""
        return (self.then,)


class Poll(NamedTuple):
    """Says ``prompts``, waits for some seconds and asks again for the step ``then``."""

    name: str
    seconds: int
    then: str
    prompts: tuple[str | Only, ...] = ()

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (self.then,)


class TakeMessage(NamedTuple):
    """Says ``prompts`` and records what this person says, up to #; who says nothing goes on at ``silence``."""

    name: str
    prompts: tuple[str | Only, ...]
    then: str
    silence: str
    pause: int = 8  # seconds of quiet that end it; people think while they speak

    @property
    def exits(self) -> tuple[str, ...]:
        """Every step that may come next."""
        return (self.then, self.silence)


class Goodbye(NamedTuple):
    """Says ``prompts`` and hangs up."""

    name: str
    prompts: tuple[str | Only, ...] = ()

    @property
    def exits(self) -> tuple[str, ...]:
        """None: the leg ends here."""
        return ()


class Reject(NamedTuple):
    """Refuses a call that was not answered yet: it costs nothing and reveals nothing."""

    name: str
    reason: str  # one of REJECTIONS

    @property
    def exits(self) -> tuple[str, ...]:
        """None: the leg ends here."""
        return ()


class Bridge(NamedTuple):
    """Ends the whisper, which joins the customer to the caller."""

    name: str
    prompts: tuple[str | Only, ...] = ()

    @property
    def exits(self) -> tuple[str, ...]:
        """None on this page: the two are talking."""
        return ()


Step = (
    Menu
    | Collect
    | Decide
    | Action
    | Say
    | Connect
    | Transfer
    | Queue
    | QueueWait
    | LeaveQueue
    | Move
    | JoinConference
    | Poll
    | TakeMessage
    | Goodbye
    | Reject
    | Bridge
)
