"""Gather: a prompt that a key interrupts, then the wait for keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.handset import asks_nothing, press_live
from infra.carrier.joining_late import REACTION_SECONDS, hear_late
from infra.carrier.keypad import BETWEEN_KEYS_SECONDS, count_keys
from infra.carrier.phone import ANNOUNCED, BARGE_IN, HANG_UP, SILENCE, STUTTER, Token
from infra.carrier.request import Request
from infra.carrier.speaking import pause, play, say, until
from infra.carrier.speech import announced_digit

if TYPE_CHECKING:
    from infra.carrier.document import Verb
    from infra.carrier.network import Steps
    from infra.carrier.scene import Scene

_PROMPTS = {"Say": say, "Play": play, "Pause": pause}


def gather(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Play the prompt and collect keys. Without a key the next verb follows, unless actionOnEmptyResult is true."""
    leg = scene.leg
    leg.answer()
    if leg.phone.live:
        digits, finished_on = yield from press_live(scene, verb, _prompt(scene, verb))
    else:
        digits, finished_on = yield from _as_scripted(scene, verb)
    if not digits and not verb.true("actionOnEmptyResult"):
        return None
    form = {"Digits": digits, "msg": "Gather End"}
    if finished_on:
        form["FinishedOnKey"] = finished_on
    return Request(scene.address(verb.attributes.get("action", "")), form)


def _as_scripted(scene: Scene, verb: Verb) -> Steps[tuple[str, str]]:
    """Let a scripted person hear the prompt and act. Returns the digits and the key that finished them."""
    leg = scene.leg
    if asks_nothing(verb):
        yield from leg.sleep(verb.number("timeout", 5))
        return "", ""
    if leg.phone.joins_after is not None:
        token = yield from hear_late(leg, verb.inside, _prompt(scene, verb))
    elif (early := leg.phone.barge_in()) is None:
        yield from _prompt(scene, verb)
        token = leg.phone.next_token(leg.heard())
    else:
        yield from until(leg, _prompt(scene, verb), leg.network.env.timeout(early.after))
        leg.heard()
        token = early
    return (yield from _typed(scene, verb, token))


def _prompt(scene: Scene, verb: Verb) -> Steps[None]:
    for inner in verb.inside:
        yield from _PROMPTS[inner.name](scene, inner)


def _typed(scene: Scene, verb: Verb, token: Token) -> Steps[tuple[str, str]]:
    """Let the person act. Returns the digits and the key that finished them (or an empty string)."""
    leg = scene.leg
    seconds = verb.number("timeout", 5)
    if token is HANG_UP:
        raise leg.leaves("person", "hung up")
    if token is ANNOUNCED:
        token = _announced(scene)
    if token is SILENCE or token == "" or not isinstance(token, str | BARGE_IN | STUTTER):
        yield from leg.sleep(seconds)
        leg.note("silent", f"{seconds} s")
        return "", ""
    if not isinstance(token, BARGE_IN):
        yield from leg.sleep(REACTION_SECONDS)
    if isinstance(token, STUTTER):
        leg.note("pressed", token.keys)
        return token.keys, ""
    keys = token.keys if isinstance(token, BARGE_IN) else str(token)
    counted, finish = count_keys(keys, verb.attributes.get("finishOnKey", "#"), verb.number("numDigits", 0))
    leg.note("pressed", counted + finish)
    yield from leg.sleep(BETWEEN_KEYS_SECONDS * (len(counted + finish) - 1))
    if not finish and len(counted) != verb.number("numDigits", 0):
        yield from leg.sleep(seconds)
    return counted, finish


def _announced(scene: Scene) -> Token:
    leg = scene.leg
    said = [
        (entry.language, entry.text)
        for entry in leg.transcript[scene.begins :]
        if entry.kind == "said" and entry.sid == leg.sid
    ]
    digit = announced_digit(said)
    if digit is None:
        leg.fault("script", "the script presses the announced digit, and none was announced")
        return SILENCE
    return digit
