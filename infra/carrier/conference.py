"""Conferences: Dial with a Conference joins a room, waits for the others, talks, and goes on with its action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.leg import HungUpError, MovedError
from infra.carrier.request import Request
from infra.carrier.speaking import until
from infra.carrier.talking import talk

if TYPE_CHECKING:
    from infra.carrier.document import Verb
    from infra.carrier.network import Steps
    from infra.carrier.room import Participant, Room
    from infra.carrier.scene import Scene


MIXED, INVALID_NAME, FULL = "13000", "13237", "16020"
"""Twilio's error codes for a Conference that is not joined."""
LONGEST_NAME = 128


def join(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Take part in a conference until it ends, the person hangs up, or presses * under hangupOnStar."""
    leg, noun = scene.leg, verb.inside[0]
    leg.answer()
    if len(verb.inside) > 1 or verb.text:
        leg.fault(MIXED, "a Dial joins one Conference and dials nothing else")
        return None
    if not 1 <= len(noun.text) <= LONGEST_NAME:
        leg.fault(INVALID_NAME, f"a Conference's name has 1 to {LONGEST_NAME} characters, not {len(noun.text)}")
        return None
    leg.dial_status = "answered"
    room = scene.switch.room(noun.text)
    if len(room.participants) >= noun.number("maxParticipants", 250):
        leg.fault(FULL, f"{noun.text} is full")
        return _action(scene, verb, room)
    callback = noun.attributes.get("statusCallback", "")
    me = room.enter(leg, noun, scene.address(callback) if callback else "")
    try:
        yield from _take_part(scene, verb, room, me)
    except MovedError:
        room.leave(me)
        raise
    except HungUpError:
        room.leave(me)
        action = _action(scene, verb, room)
        if action is not None:
            leg.last_requests.append(action)
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
    """Repeat the waitUrl's documents; without a waitUrl Twilio plays music."""
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


def _action(scene: Scene, verb: Verb, room: Room) -> Request | None:
    """The Dial's action: after a conference its form holds no DialCallSid and no DialCallDuration."""
    if "action" not in verb.attributes:
        return None
    form = {"DialCallStatus": "answered", "DialBridged": str(room.started.triggered).lower()}
    return Request(scene.address(verb.attributes["action"]), form)
