"""Dial: ring one number, whisper to the called person, bridge the two, and report the result; or join a conference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.carrier.asking import asking
from infra.carrier.callbacks import Progress
from infra.carrier.called import Called, live
from infra.carrier.conference import MIXED, join
from infra.carrier.leg import HungUpError, Leg, MovedError
from infra.carrier.request import Request
from infra.carrier.talking import talk

if TYPE_CHECKING:
    from infra.carrier.document import Verb
    from infra.carrier.network import Steps
    from infra.carrier.scene import Scene

INVALID_CALLER_ID, INVALID_NUMBER = "13214", "13224"
"""Twilio's error codes for a Dial that rings nobody."""
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def dial(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Ring, bridge, and go on with the action, or fall through to the next verb without one."""
    leg = scene.leg
    if verb.inside and verb.inside[0].name == "Conference":
        return (yield from join(scene, verb))
    if not verb.true("answerOnBridge"):
        leg.answer()
    child = _child(scene, verb)
    if child is None:
        leg.dial_status = "failed"
        return _action(scene, verb, None)
    leg.dial_status = "no-answer"
    try:
        yield from _connect(leg, child, verb)
    except MovedError:
        if not child.released.triggered:
            child.hang_up("network", f"{leg.name} was moved away", "canceled")
        raise
    except HungUpError:
        if not child.released.triggered:
            child.hang_up("network", f"{leg.name} is gone", leg.network.options.abandoned_status)
            yield from leg.outlast(child.released)
        leg.dial_status = _status(child)
        action = _action(scene, verb, child)
        if action is not None:
            leg.last_requests.append(action)
        raise
    leg.dial_status = _status(child)
    return _action(scene, verb, child)


def _connect(leg: Leg, child: Leg, verb: Verb) -> Steps[None]:
    """Wait while it rings, while the whisper plays, and while the two talk; afterwards the child is released."""
    env = leg.network.env
    leg.note("ringing")
    gives_up = None if leg.phone.live else leg.phone.gives_up_ringing(leg.name)
    patience = env.event() if gives_up is None else env.timeout(gives_up)
    ring = env.timeout(verb.number("timeout", 30))
    with asking(leg, "dial"):
        yield from leg.wait(env.any_of([child.answered, child.released, ring, patience]))
        if not child.answered.triggered and not child.released.triggered and not patience.processed:
            child.hang_up("network", "rang too long", "no-answer")
        yield from leg.wait(env.any_of([child.bridged, child.released, patience]))
    if patience.processed and not child.bridged.triggered and not child.released.triggered:
        raise leg.leaves("person", "gave up", leg.unanswered_status)
    if child.bridged.triggered:
        leg.answer()
        leg.note("bridged", f"with {child.name}")
        yield from _talk(leg, child, verb)


def _talk(leg: Leg, child: Leg, verb: Verb) -> Steps[None]:
    end = yield from talk(
        leg,
        child.released,
        seconds=leg.phone.talks_for,
        limit=verb.number("timeLimit", 14400),
        star_counts=verb.true("hangupOnStar"),
    )
    if end != "over":
        child.hang_up("network", "the time limit of the Dial" if end == "limit" else f"{leg.name} pressed *")
        yield from leg.wait(child.released)


def _child(scene: Scene, verb: Verb) -> Leg | None:
    """Start ringing a leg; None where Twilio would ring nobody."""
    leg = scene.leg
    nouns = verb.inside
    if len(nouns) > 1 or (nouns and verb.text) or not (nouns or verb.text):
        mixed = any(noun.name == "Conference" for noun in nouns)
        leg.fault(MIXED if mixed else "12200", "a Dial here rings one number: either its text or one Number")
        return None
    number = (nouns[0] if nouns else verb).text
    attributes = nouns[0].attributes if nouns else {}
    caller_id = verb.attributes.get("callerId", leg.from_)
    if wrong := _why_not_shown(leg, caller_id):
        leg.fault(INVALID_CALLER_ID, f"callerId {caller_id!r} {wrong}")
        return None
    if not _NUMBER.fullmatch(number):
        leg.fault(INVALID_NUMBER, f"{number!r} can't be dialled")
        return None
    phone = leg.network.phone_of(number)
    child = Leg(
        network=leg.network,
        direction="outbound-dial",
        from_=caller_id,
        to=number,
        phone=phone,
        name=phone.name or number,
        number=number,
        transcript=leg.transcript,
        parent=leg,
    )
    scene.switch.legs.append(child)
    leg.rang.append(child)
    called = Called(
        leg=child,
        perform=scene.perform,
        whisper=scene.address(attributes["url"]) if "url" in attributes else None,
        progress=Progress(
            leg=child,
            url=scene.address(attributes["statusCallback"]) if "statusCallback" in attributes else None,
            events=frozenset(attributes.get("statusCallbackEvent", "completed").split()),
        ),
    )
    child.process = leg.network.env.process(live(called))
    return child


def _why_not_shown(leg: Leg, caller_id: str) -> str:
    """Why Twilio would not show this number, or an empty string.

    It takes numbers alone: the account's, those that it has verified, and the call's own To and From, unless the call
    came over SIP, where they are not verified (Twilio's page of Dial, callerId).
    """
    options = leg.network.options
    if not _NUMBER.fullmatch(caller_id):
        return "is no number"
    if caller_id in options.verified | (options.own_numbers or frozenset()):
        return ""
    if leg.is_over_sip:
        return "is of a call over SIP, and neither the account's nor verified"
    return "" if caller_id in {leg.from_, leg.to} else "is neither this call's To or From nor verified"


def _status(child: Leg) -> str:
    """DialCallStatus. A leg that left its whisper unbridged refused, one moved away is a setting: see Carrier."""
    if child.moved:
        return child.network.options.moved_status
    if child.answered_at is not None and not child.bridged.triggered:
        return child.network.options.refused_status
    return child.call_status


def _action(scene: Scene, verb: Verb, child: Leg | None) -> Request | None:
    if "action" not in verb.attributes:
        return None
    form = {"DialCallStatus": scene.leg.dial_status, "DialBridged": "false"}
    if child is not None:
        form["DialCallSid"] = child.sid
        form["DialBridged"] = str(child.bridged.triggered).lower()
        if child.answered_at is not None:
            form["DialCallDuration"] = str(child.duration)
    return Request(scene.address(verb.attributes["action"]), form)
