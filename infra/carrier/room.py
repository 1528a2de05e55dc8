"""A conference and its participants: who is in it, when it starts and ends, and what is posted about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from infra.carrier.callbacks import send_callback

if TYPE_CHECKING:
    import simpy

    from infra.carrier.document import Verb
    from infra.carrier.leg import Leg
    from infra.carrier.network import Network


@dataclass(frozen=True, slots=True)
class Alone:
    """A period, in simulated seconds, that a leg spent alone in a room."""

    leg: str
    sid: str
    room: str
    seconds: float


@dataclass(eq=False)
class Participant:
    """A leg in a room. `out` happens when the room ends."""

    leg: Leg
    noun: Verb
    out: simpy.Event
    alone_since: float | None = None

    def beeps(self, when: str) -> bool:
        """Whether the others hear a beep when this one enters ("onEnter") or leaves ("onExit")."""
        return self.noun.attributes.get("beep", "true") in ("true", when)


@dataclass(eq=False)
class Room:
    """A conference from its first participant to its end; then the name is free for a new one."""

    network: Network
    name: str
    sid: str
    started: simpy.Event
    """Two participants are there, and one of them starts conferences."""
    alone: list[Alone]
    """The list to which this room adds the periods of a leg alone in it."""
    participants: list[Participant] = field(default_factory=list)
    has_ended: bool = False
    callback_url: str = ""
    """The status callback of the first participant that has one: Twilio posts the events of this room there."""
    callback_events: frozenset[str] = frozenset()
    _sequence: int = 0

    def enter(self, leg: Leg, noun: Verb, callback_url: str) -> Participant:
        """Let a leg in; with the second participant the conference may start."""
        me = Participant(leg, noun, self.network.env.event())
        if callback_url and not self.callback_url:
            self.callback_url = callback_url
            self.callback_events = frozenset(noun.attributes.get("statusCallbackEvent", "start end").split())
        leg.note("joined", self.name)
        self.participants.append(me)
        if len(self.participants) > 1 and me.beeps("onEnter"):
            leg.note("played", "beep")
        self._time_who_is_alone("waits alone")
        self._report(me, "join")
        starts = any(one.noun.attributes.get("startConferenceOnEnter") != "false" for one in self.participants)
        if starts and len(self.participants) > 1 and not self.started.triggered:
            self.started.succeed()
            self._report(me, "start")
        return me

    def leave(self, me: Participant) -> None:
        """Let a leg out; it may end the conference for all the others."""
        self._no_longer_alone(me)
        if me not in self.participants:
            return
        self.participants.remove(me)
        me.leg.note("left", self.name)
        self._report(me, "leave")
        if me.noun.true("endConferenceOnExit") or not self.participants:
            self._end(me)
            return
        if me.beeps("onExit"):
            self.participants[0].leg.note("played", "beep")
        self._time_who_is_alone("left alone")

    def talks_for(self, me: Participant) -> float | None:
        """After how many seconds of talk this person hangs up.

        If no telephone here says how long, a person whom the application rang hangs up after the carrier's
        talk_seconds.
        """
        if me.leg.phone.talks_for is not None or any(one.leg.phone.talks_for is not None for one in self.participants):
            return me.leg.phone.talks_for
        people = [one for one in self.participants if not one.leg.phone.is_machine]
        rung = [one for one in people if one.leg.direction != "inbound"]
        hangs_up = [*rung, *people, me][0]
        return self.network.options.talk_seconds if hangs_up is me and not me.leg.phone.live else None

    def _end(self, last: Participant) -> None:
        self.has_ended = True
        others, self.participants = self.participants, []
        for other in others:
            self._no_longer_alone(other)
            other.leg.note("left", f"{self.name}, which has ended")
            self._report(other, "leave")
            other.out.succeed()
        self._report(last, "end")

    def _time_who_is_alone(self, how: Literal["waits alone", "left alone"]) -> None:
        for one in self.participants:
            if len(self.participants) > 1:
                self._no_longer_alone(one)
            elif one.alone_since is None:
                one.alone_since = self.network.env.now
                one.leg.note(how, self.name)

    def _no_longer_alone(self, one: Participant) -> None:
        if one.alone_since is not None:
            seconds = self.network.env.now - one.alone_since
            self.alone.append(Alone(one.leg.name, one.leg.sid, self.name, seconds))
            one.alone_since = None

    def _report(self, who: Participant, event: str) -> None:
        sequence = self._sequence = self._sequence + 1
        if not self.callback_url or event not in self.callback_events:
            return
        name = f"participant-{event}" if event in ("join", "leave") else f"conference-{event}"
        form = {
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "AccountSid": self.network.options.account_sid,
            "SequenceNumber": str(sequence),
            "StatusCallbackEvent": name,
        }
        if event in ("join", "leave"):
            form["CallSid"] = who.leg.sid
        send_callback(who.leg, self.callback_url, form, name)
