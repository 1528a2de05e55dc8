"""What all legs share: simulated time, the webhooks, who picks up, and the register of what went wrong."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Generator, Mapping

    import simpy

    from infra.carrier.conference import Alone, Room
    from infra.carrier.leg import Leg
    from infra.carrier.phone import Phone
    from infra.carrier.recordings import Recording
    from infra.carrier.webhooks import Webhooks

T = TypeVar("T")
Steps: TypeAlias = "Generator[simpy.Event, Any, T]"
"""A part of a simpy process: yields what it waits for and returns a T."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong: Twilio's error code (or a word of the stand-in's own), on which leg, and what."""

    code: str
    leg: str
    message: str

    def __str__(self) -> str:
        return f"{self.code} on the leg {self.leg}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of a Carrier, which documents them."""

    account_sid: str
    base_url: str
    ring_url_path: str
    fallback_path: str
    status_path: str
    verified: frozenset[str]
    own_numbers: frozenset[str] | None
    refused_status: Literal["completed", "no-answer", "busy"]
    talk_seconds: float
    play_seconds: float
    default_pickup: Phone
    update_during_whisper: Literal["at_once", "after_bridge"]
    empty_whisper: Literal["hangs_up", "bridges"]
    moved_status: Literal["completed", "answered", "no-answer"]
    media_needs_credentials: bool
    tells_late: float


@dataclass
class Network:
    """The telephone network at one moment of simulated time."""

    env: simpy.Environment
    clock_start: float
    webhooks: Webhooks
    options: Options
    pickups: Mapping[str, Phone]
    chance: random.Random
    disorder: random.Random | None
    legs: list[Leg] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)
    """What the application did wrong."""
    failures: list[Fault] = field(default_factory=list)
    """Webhooks that brought no document, whatever the fallback URL made of it."""
    alive: int = 0
    """How many legs have not ended."""
    callbacks_under_way: int = 0
    commands: deque[Callable[[], None]] = field(default_factory=deque)
    """What REST requests ask for: put here by the server's threads, done by the simulation's."""
    rooms: dict[str, Room] = field(default_factory=dict)
    """Conferences that have not ended, by name."""
    queues: dict[str, list[Leg]] = field(default_factory=dict)
    """Who waits in a workflow's queue, by its Sid, in their order."""
    recordings: dict[str, Recording] = field(default_factory=dict)
    """All that was recorded, by Sid, what was deleted since too."""
    alone: list[Alone] = field(default_factory=list)
    """Who was how long alone in a conference, in the order in which it ended."""

    @property
    def epoch(self) -> float:
        """The simulated time in seconds since 1970."""
        return self.clock_start + self.env.now

    def obey(self) -> None:
        """Do what REST requests have asked for: called by the simulation between its steps and after each webhook."""
        while self.commands:
            self.commands.popleft()()

    def new_sid(self, prefix: str = "CA") -> str:
        """Make an identifier as Twilio writes them: two letters and 32 hexadecimal digits."""
        return f"{prefix}{self.chance.getrandbits(128):032x}"

    def phone_of(self, number: str) -> Phone:
        """Find who picks up when this number is dialled."""
        return self.pickups.get(number, self.options.default_pickup)
