"""Conferences: Dial with a Conference joins a room, waits for company, talks, and goes on with its action."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.carrier.callbacks import tell
from infra.carrier.leg import HungUpError, MovedError
from infra.carrier.scene import Request
from infra.carrier.speaking import until
from infra.carrier.talking import talk

if TYPE_CHECKING:
    import simpy

    from infra.carrier.document import Verb
    from infra.carrier.leg import Leg
    from infra.carrier.network import Network, Steps
    from infra.carrier.scene import Scene


MIXED, INVALID_NAME, FULL = "13000", "13237", "16020"
"""Twilio's error codes for a Conference that is not joined."""
LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Alone:
    """A stretch of time, in simulated seconds, that a leg spent in a room with nobody else."""

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
        """Whether others hear this one come ("onEnter") or go ("onExit")."""
        return self.noun.attributes.get("beep", "true") in ("true", when)


@dataclass(eq=False)
class Room:
    """A conference from its first participant to its end; then the name is free for a new one."""

    network: Network
    name: str
    sid: str
    started: simpy.Event
    """Two participants are there, and one of them starts conferences."""
    participants: list[Participant] = field(default_factory=list)
    callback_url: str = ""
    """Where the first participant who named one wants to know what happens here."""
    callback_events: frozenset[str] = frozenset()
    _sequence: int = 0

    def enter(self, scene: Scene, noun: Verb) -> Participant:
        """Let a leg in; with the second participant the conference may start."""
        leg, attributes = scene.leg, noun.attributes
        me = Participant(leg, noun, self.network.env.event())
        if "statusCallback" in attributes and not self.callback_url:
            self.callback_url = scene.address(attributes["statusCallback"])
            self.callback_events = frozenset(attributes.get("statusCallbackEvent", "start end").split())
        leg.note("joined", self.name)
        self.participants.append(me)
        if len(self.participants) > 1 and me.beeps("onEnter"):
            leg.note("played", "beep")
        self._count_the_lonely("waits alone")
        self._tell(me, "join")
        starts = any(one.noun.attributes.get("startConferenceOnEnter") != "false" for one in self.participants)
        if starts and len(self.participants) > 1 and not self.started.triggered:
            self.started.succeed()
            self._tell(me, "start")
        return me

    def leave(self, me: Participant) -> None:
        """Let a leg out; it may end the conference for all the others."""
        self._no_longer_alone(me)
        if me not in self.participants:
            return
        self.participants.remove(me)
        me.leg.note("left", self.name)
        self._tell(me, "leave")
        if me.noun.true("endConferenceOnExit") or not self.participants:
            self._end(me)
            return
        if me.beeps("onExit"):
            self.participants[0].leg.note("played", "beep")
        self._count_the_lonely("left alone")

    def talks_for(self, me: Participant) -> float | None:
        """After how many seconds of talk this person hangs up.

        If nobody here says how long, somebody whom we rang hangs up after the carrier's talk_seconds.
        """
        if me.leg.phone.talks_for is not None or any(one.leg.phone.talks_for is not None for one in self.participants):
            return me.leg.phone.talks_for
        people = [one for one in self.participants if not one.leg.phone.is_machine]
        rung = [one for one in people if one.leg.direction != "inbound"]
        return self.network.options.talk_seconds if [*rung, *people, me][0] is me else None

    def _end(self, last: Participant) -> None:
        if self.network.rooms.get(self.name) is self:
            del self.network.rooms[self.name]
        others, self.participants = self.participants, []
        for other in others:
            self._no_longer_alone(other)
            other.leg.note("left", f"{self.name}, which has ended")
            self._tell(other, "leave")
            other.out.succeed()
        self._tell(last, "end")

    def _count_the_lonely(self, how: str) -> None:
        for one in self.participants:
            if len(self.participants) > 1:
                self._no_longer_alone(one)
            elif one.alone_since is None:
                one.alone_since = self.network.env.now
                one.leg.note("waits alone" if how == "waits alone" else "left alone", self.name)

    def _no_longer_alone(self, one: Participant) -> None:
        if one.alone_since is not None:
            seconds = self.network.env.now - one.alone_since
            self.network.alone.append(Alone(one.leg.name, one.leg.sid, self.name, seconds))
            one.alone_since = None

    def _tell(self, who: Participant, event: str) -> None:
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
        tell(who.leg, self.callback_url, form, name)


def join(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Take part in a conference until it ends, * is pressed where that ends it, or somebody hangs up."""
    leg, noun = scene.leg, verb.inside[0]
    leg.answer()
    if len(verb.inside) > 1 or verb.text:
        leg.fault(MIXED, "a Dial joins one Conference and dials nothing else")
        return None
    if not 1 <= len(noun.text) <= LONGEST_NAME:
        leg.fault(INVALID_NAME, f"a Conference's name has 1 to {LONGEST_NAME} characters, not {len(noun.text)}")
        return None
    leg.dial_status = "answered"
    room = _room(leg.network, noun.text)
    if len(room.participants) >= noun.number("maxParticipants", 250):
        leg.fault(FULL, f"{noun.text} is full")
        return _action(scene, verb, room)
    me = room.enter(scene, noun)
    try:
        yield from _take_part(scene, verb, room, me)
    except MovedError:
        room.leave(me)
        raise
    except HungUpError:
        room.leave(me)
        action = _action(scene, verb, room)
        if action is not None:
            leg.last_words.append(action)
        raise
    room.leave(me)
    return _action(scene, verb, room)


def _take_part(scene: Scene, verb: Verb, room: Room, me: Participant) -> Steps[None]:
    leg, env = scene.leg, scene.leg.network.env
    limit = verb.number("timeLimit", 14400)
    if not room.started.triggered:
        patience = env.timeout(min(leg.phone.patience or limit, limit))
        yield from until(leg, _hold(scene, me.noun, room), room.started, me.out, patience)
        if not room.started.triggered and not me.out.triggered:
            if leg.phone.patience is None:
                return
            raise leg.leaves("person", "gave up")
    if not me.out.triggered:
        leg.note("bridged", f"in {room.name}")
        seconds = room.talks_for(me)
        yield from talk(leg, me.out, seconds=seconds, limit=limit, star_counts=verb.true("hangupOnStar"))


def _hold(scene: Scene, noun: Verb, room: Room) -> Steps[None]:
    """Play the waitUrl's documents over and over; without one, Twilio's music."""
    leg = scene.leg
    url = noun.attributes.get("waitUrl", "")
    if not url:
        yield from leg.wait(leg.network.env.event())
    leg.place = "wait"
    try:
        while True:
            yield from scene.perform(leg, Request(scene.address(url), {"ConferenceSid": room.sid}))
    finally:
        leg.place = "call"


def _room(network: Network, name: str) -> Room:
    if name not in network.rooms:
        network.rooms[name] = Room(network, name, network.new_sid("CF"), network.env.event())
    return network.rooms[name]


def _action(scene: Scene, verb: Verb, room: Room) -> Request | None:
    """The Dial's action: after a conference it says neither whom it reached nor for how long."""
    if "action" not in verb.attributes:
        return None
    form = {"DialCallStatus": "answered", "DialBridged": str(room.started.triggered).lower()}
    return Request(scene.address(verb.attributes["action"]), form)
