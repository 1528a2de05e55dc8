"""What a person or the network did on a leg: the inputs that a provider hands to the engine."""

from __future__ import annotations

from typing import NamedTuple


class Entered(NamedTuple):
    """The leg comes to this step, and nothing is told of what it did; where a step waits for keys, it was silent."""


class Pressed(NamedTuple):
    """Keys were pressed, at least one."""

    digits: str


class Silence(NamedTuple):
    """No key was pressed in time, or nothing was said after the tone."""


class DialEnded(NamedTuple):
    """A Dial of this leg is over, or its time in a queue."""

    answered: bool


class Recorded(NamedTuple):
    """A recording of this leg is over; whether it holds anything is for the next step to find out."""


Input = Entered | Pressed | Silence | DialEnded | Recorded
