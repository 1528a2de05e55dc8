"""What a person or the network did on a leg: the inputs that a provider hands to the engine."""

from __future__ import annotations

from typing import NamedTuple


class Entered(NamedTuple):
    """The leg comes to this step: a new call, a whisper, or a Dial whose outcome the step reads for itself."""


class Pressed(NamedTuple):
    """Keys were pressed; empty means silence."""

    digits: str


class DialEnded(NamedTuple):
    """A Dial of this leg is over, or its time in a queue."""

    answered: bool


class Recorded(NamedTuple):
    """A recording of this leg is over; whether it holds anything is for the next step to find out."""


Input = Entered | Pressed | DialEnded | Recorded
