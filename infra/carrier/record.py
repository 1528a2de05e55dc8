"""Record: the person speaks until a key, a hang-up, silence or the longest length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.handset import speak_live
from infra.carrier.joining_late import REACTION_SECONDS
from infra.carrier.keypad import count_keys
from infra.carrier.leg import HungUpError
from infra.carrier.phone import HANG_UP, SILENCE, SPEAK
from infra.carrier.recordings import Recording
from infra.carrier.request import Request

if TYPE_CHECKING:
    from infra.carrier.document import Verb
    from infra.carrier.network import Steps
    from infra.carrier.scene import Scene

SPOKEN_SECONDS = 3.0
"""How long a person speaks whose script holds no SPEAK."""


def record(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Record what the person says, up to a key, a hang-up, silence or the longest length.

    A person who says nothing makes no recording, and the next verb follows.
    """
    leg = scene.leg
    leg.answer()
    if verb.attributes.get("playBeep") != "false":
        leg.note("played", "beep")
    if leg.phone.live:
        return (yield from _as_spoken(scene, verb))
    token = leg.phone.says(leg.heard())
    speaks = token if isinstance(token, SPEAK) else None
    then = speaks.then if speaks else token
    started = leg.network.env.now
    if not speaks and then is not HANG_UP and not isinstance(then, str):
        yield from leg.sleep(verb.number("timeout", 5))
        leg.note("silent")
        return None
    most = verb.number("maxLength", 3600)
    spoken = speaks.seconds if speaks else SPOKEN_SECONDS
    try:
        yield from leg.sleep(min(spoken, most))
        if spoken >= most:
            return _recording(scene, verb, most, "")
        if then is HANG_UP:
            raise leg.leaves("person", "hung up")
        yield from leg.sleep(verb.number("timeout", 5) if then is SILENCE else REACTION_SECONDS)
    except HungUpError:
        leg.last_requests.append(_recording(scene, verb, leg.network.env.now - started, "hangup"))
        raise
    if then is SILENCE:
        return _recording(scene, verb, spoken, "")
    _, finish = count_keys(str(then), verb.attributes.get("finishOnKey", "1234567890*#"), 0)
    leg.note("pressed", finish)
    return _recording(scene, verb, spoken, finish)


def _as_spoken(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Record what the person of a live telephone says."""
    started = scene.leg.network.env.now
    try:
        said = yield from speak_live(scene, verb)
    except HungUpError:
        scene.leg.last_requests.append(_recording(scene, verb, scene.leg.network.env.now - started, "hangup"))
        raise
    return _recording(scene, verb, said.seconds, said.key) if said else None


def _recording(scene: Scene, verb: Verb, seconds: float, key: str) -> Request:
    leg = scene.leg
    leg.note("recorded", f"{seconds:.0f} s")
    network = leg.network
    sid, account = network.new_sid("RE"), network.options.account_sid
    network.recordings[sid] = Recording(sid, leg.sid, int(seconds), network.epoch - seconds)
    form = {
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}",
        "RecordingSid": sid,
        "RecordingDuration": str(int(seconds)),
        "Digits": key,
    }
    return Request(scene.address(verb.attributes.get("action", "")), form)
