"""Record, as much of it as a script needs: the person speaks until a key, the longest length or a hang-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.gather import REACTION_SECONDS, count_keys
from infra.carrier.leg import HungUpError
from infra.carrier.phone import HANG_UP
from infra.carrier.scene import Request

if TYPE_CHECKING:
    from infra.carrier.document import Verb
    from infra.carrier.network import Steps
    from infra.carrier.scene import Scene

SPOKEN_SECONDS = 3.0
"""How long somebody speaks into a recording."""


def record(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Record what the person says before pressing a key; silence is no recording and falls through."""
    leg = scene.leg
    leg.answer()
    if verb.attributes.get("playBeep") != "false":
        leg.note("played", "beep")
    token = leg.phone.next_token(leg.heard())
    started = leg.network.env.now
    spoken = min(SPOKEN_SECONDS, verb.number("maxLength", 3600))
    if token is not HANG_UP and not isinstance(token, str):
        yield from leg.sleep(verb.number("timeout", 5))
        leg.note("silent")
        return None
    try:
        yield from leg.sleep(spoken)
        if token is HANG_UP:
            raise leg.leaves("person", "hung up")
        yield from leg.sleep(REACTION_SECONDS)
    except HungUpError:
        leg.last_words.append(_recording(scene, verb, leg.network.env.now - started, "hangup"))
        raise
    _, finish = count_keys(str(token), verb.attributes.get("finishOnKey", "1234567890*#"), 0)
    leg.note("pressed", finish)
    return _recording(scene, verb, spoken, finish)


def _recording(scene: Scene, verb: Verb, seconds: float, key: str) -> Request:
    leg = scene.leg
    leg.note("recorded", f"{seconds:.0f} s")
    sid = leg.network.new_sid("RE")
    account = leg.network.options.account_sid
    form = {
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}",
        "RecordingSid": sid,
        "RecordingDuration": f"{seconds:.0f}",
        "Digits": key,
    }
    return Request(scene.address(verb.attributes.get("action", "")), form)
