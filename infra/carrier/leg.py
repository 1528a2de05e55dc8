"""A leg: the connection between the network and one telephone, and its state."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import simpy

from infra.carrier.keypad import Keypad
from infra.carrier.network import Fault
from infra.carrier.transcript import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.carrier.network import Network, Steps
    from infra.carrier.phone import Phone, Token
    from infra.carrier.posting import Form
    from infra.carrier.request import Request
    from infra.carrier.transcript import Kind, Sound, Transcript

Direction: TypeAlias = Literal["inbound", "outbound-api", "outbound-dial"]
By: TypeAlias = Literal["person", "document", "network"]
Place: TypeAlias = Literal["call", "whisper", "wait", "queue"]
Asked: TypeAlias = Literal["", "ring", "keys", "talk", "record", "dial"]
"""What a telephone may do besides hanging up: answer, press keys, press keys in the talk, speak. In a dial: nothing."""

API_VERSION = "2010-04-01"
_ANSWERED_BY = {"voicemail": "by a voicemail", "screening": "by itself, to screen the call"}
_PLACE_FIELDS = ("City", "State", "Zip", "Country")


class HungUpError(Exception):
    """The leg ends. Raised in the process of the leg."""

    def __init__(self, by: By, reason: str, status: str, *, rejects: bool = False) -> None:
        super().__init__(reason)
        self.rejects = rejects
        self.by = by
        self.reason = reason
        self.status = status
        """The final status if nobody has answered the leg."""


class MovedError(Exception):
    """A REST update moves the leg to `request`. Raised in the process of the leg."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.url)
        self.request = request


@dataclass(frozen=True, slots=True)
class Did:
    """Something that the person of a live telephone did, as a script would say it."""

    at: float
    """Simulated time, seconds since the carrier's start."""
    token: Token
    url: str = ""
    """Where the keys are sent that were asked for; empty: no keys were."""
    later: float = 0.0
    """How many seconds later it was over than it would be with the scripted token."""
    announced: bool = False
    """Whether the keys are the digit that the document announced."""


@dataclass(eq=False, kw_only=True)
class Leg:
    """A leg and its process. Times are simulated seconds since the carrier's start."""

    network: Network
    direction: Direction
    from_: str
    to: str
    phone: Phone
    name: str
    number: str
    """The number of the telephone at the far end."""
    transcript: Transcript
    parent: Leg | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    """More parameters for each of this leg's webhooks (StirVerstat, ForwardedFrom, ...)."""

    sid: str = ""
    """Without one the network makes it."""
    fallback_url: str | None = None
    """Requested when a document can't be fetched. None: the carrier's fallback path; empty: there is none."""
    state: str = "initiated"
    """queued, initiated, ringing, in-progress, then completed, busy, no-answer, failed, canceled or rejected."""
    placed_at: float = -1.0
    """When the call is placed; by default now."""
    answered_at: float | None = None
    ended_at: float | None = None
    hangup_reason: str = ""
    documents: int = 0
    place: Place = "call"
    """Where this leg's documents play now. A whisper, a wait and a queue allow fewer verbs."""
    dial_status: str = ""
    """The result of this leg's last Dial; empty: there was none."""
    last_requests: list[Request] = field(default_factory=list)
    """Webhooks that are sent after the leg's end; their answers are ignored."""
    last_input: int = 0
    """The index in the transcript after this leg's last input."""
    process: simpy.Process | None = None
    asked: Asked = ""
    """What a live telephone is asked for at this moment."""
    asked_at: float = 0.0
    """Since when."""
    star_counts: bool = False
    """Whether * ends the present talk."""
    rang: list[Leg] = field(default_factory=list)
    """The legs that this one's Dials rang."""
    did: list[Did] = field(default_factory=list)
    """What the person of a live telephone did."""
    hung_up_elsewhere: bool = False
    """Whether the person of a live telephone hung up where no token of a script says so."""
    keypad: Keypad = field(init=False)
    """The keys and the voice of a live telephone."""
    picked_up: simpy.Event = field(init=False)
    """The person of a live telephone answers."""
    answered: simpy.Event = field(init=False)
    bridged: simpy.Event = field(init=False)
    released: simpy.Event = field(init=False)
    """The leg has left the Dial that rang it: it has ended or was moved."""
    moved: bool = False
    """Whether a REST update took this leg away from the Dial that rang it."""
    move_after_bridge: Request | None = None
    """An update that waits for the bridge: see `update_during_whisper` of Carrier."""
    _leaving: HungUpError | None = None
    _pending: HungUpError | MovedError | None = None

    def __post_init__(self) -> None:
        self.sid = self.sid or self.network.new_sid()
        if self.placed_at < 0:
            self.placed_at = self.network.env.now
        self.answered, self.bridged, self.released, self.picked_up = (self.network.env.event() for _ in range(4))
        self.keypad = Keypad(self.network.env)

    @property
    def joined_at(self) -> float | None:
        """When the owner of a screening telephone joins. None: nobody joins, or it is no such telephone."""
        if self.phone.joins_after is None or self.answered_at is None:
            return None
        return self.answered_at + self.phone.joins_after

    @property
    def root(self) -> Leg:
        """The leg that began the call."""
        return self.parent.root if self.parent else self

    @property
    def is_alive(self) -> bool:
        """Whether the leg has not ended yet."""
        return self.ended_at is None

    @property
    def is_leaving(self) -> bool:
        """Whether somebody has hung up this leg, which has not ended yet."""
        return self._leaving is not None

    @property
    def is_over_sip(self) -> bool:
        """Whether the call came over SIP."""
        addresses = (self.from_, self.to)
        return "SipDomain" in self.parameters or any(one.lower().startswith(("sip:", "sips:")) for one in addresses)

    @property
    def call_status(self) -> str:
        """Twilio's CallStatus: a rejected call has the status no-answer."""
        return "no-answer" if self.state == "rejected" else self.state

    @property
    def unanswered_status(self) -> str:
        """The final status if the leg ends now, unanswered."""
        return self.dial_status if self.dial_status in ("busy", "failed") else "no-answer"

    @property
    def duration(self) -> int:
        """Whole seconds since the leg was answered; 0 if it was not."""
        if self.answered_at is None:
            return 0
        end = self.network.env.now if self.ended_at is None else self.ended_at
        return round(end - self.answered_at)

    def form(self, **more: str) -> Form:
        """Make the form of a webhook: the parameters of every webhook of this leg, and `more`."""
        form = {
            "CallSid": self.sid,
            "AccountSid": self.network.options.account_sid,
            "From": self.from_,
            "To": self.to,
            "Caller": self.from_,
            "Called": self.to,
            "CallStatus": self.call_status,
            "ApiVersion": API_VERSION,
            "Direction": self.direction,
        }
        form |= {f"{who}{what}": "" for who in ("From", "To", "Caller", "Called") for what in _PLACE_FIELDS}
        if self.parent:
            form["ParentCallSid"] = self.parent.sid
        return {**form, **self.parameters, **more}

    def note(self, kind: Kind, text: str = "", *, language: str = "", sound: Sound | None = None) -> Entry:
        """Write a line into the transcript of the call."""
        at = self.network.env.now - self.root.placed_at
        entry = Entry(at, self.name, kind, text, language, sid=self.sid, sound=sound)
        self.transcript.append(entry)
        self.network.watch(self.sid, entry)
        return entry

    def cut_short(self, entry: Entry) -> None:
        """Mark that this entry's speech was interrupted."""
        self.network.watch(self.sid, self.transcript.cut_short(entry))

    def fault(self, code: str, message: str) -> None:
        """Record a mistake of the application."""
        self.network.errors.append(Fault(code, self.name, message))
        self.note("error", f"{code} {message}")

    def heard(self) -> list[Entry]:
        """Return the entries of this leg since the last call of this method, which is since its last input."""
        entries = [entry for entry in self.transcript[self.last_input :] if entry.sid == self.sid]
        self.last_input = len(self.transcript)
        return entries

    def answer(self) -> None:
        """Answer the leg, if it is not answered yet. From now on the call costs money."""
        if self.answered_at is not None:
            return
        self.answered_at = self.network.env.now
        self.state = "in-progress"
        self.note("answered", _ANSWERED_BY.get(self.phone.answers, ""))
        self.answered.succeed()

    def wait(self, event: simpy.Event) -> Steps[Any]:
        """Wait for an event, unless the leg ends or is moved first.

        Raises:
            HungUpError: somebody hung up meanwhile.
            MovedError: a REST update moved the leg meanwhile.

        """
        self.raise_pending()
        try:
            return (yield event)
        except simpy.Interrupt as interrupt:
            cause = cast("HungUpError | MovedError", interrupt.cause)  # only _interrupt() interrupts
            raise cause from None

    def outlast(self, event: simpy.Event) -> Steps[None]:
        """Wait for an event on a leg that has ended, and ignore interrupts."""
        while not event.processed:
            with suppress(simpy.Interrupt):
                yield event

    def raise_pending(self) -> None:
        """Raise the hang-up or move that came while the leg's own process was running, such as in a webhook."""
        cause, self._pending = self._pending, None
        if cause is not None:
            raise cause

    def sleep(self, seconds: float) -> Steps[None]:
        """Let simulated seconds pass on this leg."""
        yield from self.wait(self.network.env.timeout(seconds))

    def hang_up(self, by: By, reason: str, status: str = "no-answer") -> None:
        """End the leg from outside its own process; a second hang-up changes nothing."""
        if self.is_alive and self._leaving is None:
            self._interrupt(self.leaves(by, reason, status))

    def move(self, request: Request) -> None:
        """Let the leg go on with another document. A leg that is already leaving stays as it is."""
        if self.is_alive and self._leaving is None:
            self._interrupt(MovedError(request))

    def release(self) -> None:
        """Let the Dial that rang this leg know that the leg was moved away."""
        self.moved = True
        self.place = "call"
        if not self.released.triggered:
            self.released.succeed()

    def _interrupt(self, cause: HungUpError | MovedError) -> None:
        if self.process is None or not self.process.is_alive:
            return
        if self.network.env.active_process is self.process:
            self._pending = (
                cause  # in simpy no process can interrupt itself: raise_pending() raises this at its next step
            )
        else:
            self.process.interrupt(cause)

    def leaves(self, by: By, reason: str, status: str = "no-answer", *, rejects: bool = False) -> HungUpError:
        """Make the exception that ends the leg, for its own process to raise."""
        self._leaving = self._leaving or HungUpError(by, reason, status, rejects=rejects)
        return self._leaving

    def hang_up_in(self, seconds: float) -> None:
        """Let the person hang up this many seconds from now."""
        self.network.env.process(self._hang_up_later(seconds))

    def _hang_up_later(self, seconds: float) -> Steps[None]:
        yield self.network.env.timeout(seconds)
        self.hang_up("person", "hung up", self.unanswered_status)

    def end(self, departure: HungUpError) -> None:
        """End the leg. An unanswered one gets the status of its departure."""
        self.state = departure.status if self.answered_at is None else "completed"
        self.ended_at = self.network.env.now
        self.hangup_reason = f"{departure.by}: {departure.reason}"
        if departure.rejects:
            self.note("rejected", "" if departure.reason == "rejected" else f"({departure.reason})")
        else:
            self.note("hung up", "" if departure.reason == "hung up" else f"({departure.reason})")
        if not self.released.triggered:
            self.released.succeed()
