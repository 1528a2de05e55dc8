"""What a leg needs of the network: simulated time, the webhooks, the telephones, and the register of faults."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Generator, Mapping

    import simpy

    from infra.carrier.phone import Phone
    from infra.carrier.recordings import Recording
    from infra.carrier.transcript import Entry, Sound
    from infra.carrier.webhooks import Webhooks

T = TypeVar("T")
Steps: TypeAlias = "Generator[simpy.Event, Any, T]"
"""A part of a simpy process: yields the events that it waits for and returns a T."""


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
    abandoned_status: Literal["canceled", "no-answer"]
    refused_status: Literal["completed", "no-answer", "busy"]
    talk_seconds: float
    play_seconds: float
    default_pickup: Phone
    update_during_whisper: Literal["at_once", "after_bridge"]
    empty_whisper: Literal["hangs_up", "bridges"]
    moved_status: Literal["completed", "answered", "no-answer"]
    media_needs_credentials: bool
    sounds: Callable[[str], Sound | None]
    hangup_delay: float


@dataclass
class Network:
    """The telephone network at one moment of simulated time. It knows no leg: `switch.py` registers these."""

    env: simpy.Environment
    clock_start: float
    webhooks: Webhooks
    options: Options
    pickups: Mapping[str, Phone]
    chance: random.Random
    disorder: random.Random | None
    errors: list[Fault] = field(default_factory=list)
    """What the application did wrong."""
    failures: list[Fault] = field(default_factory=list)
    """Webhooks that brought no document, even where the fallback URL then brought one."""
    callbacks_under_way: int = 0
    commands: deque[Callable[[], None]] = field(default_factory=deque)
    """What REST requests ask for: their threads `order` it, the simulation's thread does it."""
    acts: deque[Callable[[], None]] = field(default_factory=deque)
    """What people do on live telephones: their threads tell it by `act`, and the simulation's thread does it."""
    ordered: threading.Condition = field(default_factory=threading.Condition)
    """Is notified of each command and act."""
    waited_for: set[str] = field(default_factory=set)
    """The CallSids of live telephones that are asked for something: see `asking.py`."""
    goes_on: bool = False
    """Whether time goes on once although somebody is asked: see `clocks.py`."""
    watch: Callable[[str, Entry | None], None] = lambda _sid, _entry: None
    """Called with the Sid of a leg that may have changed (and its new entry, or one cut short), or of a new message."""
    recordings: dict[str, Recording] = field(default_factory=dict)
    """All recordings by Sid, the deleted ones too."""

    @property
    def epoch(self) -> float:
        """The simulated time in seconds since 1970."""
        return self.clock_start + self.env.now

    def order(self, command: Callable[[], None]) -> None:
        """Have the simulation's thread do something at the present moment. Any thread may call this."""
        with self.ordered:
            self.commands.append(command)
            self.ordered.notify_all()

    def act(self, act: Callable[[], None]) -> None:
        """Have a person do something when all that was set off before has happened. Any thread may call this."""
        with self.ordered:
            self.acts.append(act)
            self.ordered.notify_all()

    @property
    def has_orders(self) -> bool:
        """Whether there is something to do that was told from outside of the simulation."""
        return bool(self.commands or self.acts)

    def obey(self) -> None:
        """Do what was ordered. The simulation calls this between its steps and after each webhook."""
        while self.commands:
            self.commands.popleft()()

    def let_act(self) -> None:
        """Let one person act, if somebody has. Two acts at once would have no order that could be told or repeated."""
        if self.acts:
            self.acts.popleft()()

    def new_sid(self, prefix: str = "CA") -> str:
        """Make an identifier as Twilio writes them: two letters and 32 hexadecimal digits."""
        return f"{prefix}{self.chance.getrandbits(128):032x}"

    def phone_of(self, number: str) -> Phone:
        """Find the telephone that rings when this number is dialled."""
        return self.pickups.get(number, self.options.default_pickup)
