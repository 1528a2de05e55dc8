"""The parts that steps are made of: prompts, keys and exits, and what is known of a step without knowing its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.flow.state import StateChanges
    from ivr.telephony.inputs import Input

    By = Literal["", "key", "digits", "request", "aside"]
    Shape = Literal["hexagon", "slant", "diamond", "box", "round", "ring", "oval", "move", "circle", "flag"]

ANNOUNCED = "announced"  # the key of the human check: the digit that is announced in this very call
EACH_LANGUAGE = "each language"  # keys from 1 on, one for each language that is offered


_NOTHING: StateChanges = {}


class Only(NamedTuple):
    """A prompt that is said only when a condition of ``ivr.flow.decisions`` holds."""

    when: str
    prompt: str


Prompts = tuple[str | Only, ...]


class Key(NamedTuple):
    """One key of a menu: what it is for (a prompt ``key.<goal>``) and where it leads.

    ``sets`` are values that the rest of the call knows (see ``State``); ``when`` names a condition of
    ``ivr.flow.decisions`` that must hold, or the key is neither offered nor taken. A key EACH_LANGUAGE stands for one
    key a language that is offered, each spoken in that language and choosing it; ``language`` is then which.
    """

    press: str
    goal: str
    then: str
    sets: StateChanges = _NOTHING
    when: str = ""
    language: str = ""


class Exit(NamedTuple):
    """One place where a step leads: a step of the same page, or ``page:step``; ``page:`` is where that page begins.

    ``by`` says how a leg comes there: within the same turn (empty), by a right key or digits, by a new request of its
    own, or aside: another leg or a wait begins there while this leg stays. ``result`` is that of an action or a
    decision.
    """

    to: str
    label: str = ""
    by: By = ""
    result: str = ""


class Kind(NamedTuple):
    """What the check of the pages, the prompts and the diagrams know of a step without knowing its kind."""

    shape: Shape
    sentence: str = ""  # what the step does; empty where it is the sentence of its ``action``
    exits: tuple[Exit, ...] = ()  # every step that may come next; none: the leg ends, or its document does
    accepts: tuple[type[Input], ...] = ()  # the inputs that end its wait; none: it waits for nothing
    says: Prompts = ()  # every prompt that it may say
    ended_by_hash: bool = False  # what is typed or said here ends with #
    action: str = ""  # the action that it has performed
    fault: str = ""  # why no call may come to it


def by_results(exits: Mapping[str, str], before: str = "") -> tuple[Exit, ...]:
    """The exits of an action or a decision, by its results; ``before`` begins each label."""
    return tuple(Exit(to, before + words(result), result=result) for result, to in exits.items())


def words(name: str) -> str:
    """A name of the pages as words."""
    return name.replace("_", " ")
