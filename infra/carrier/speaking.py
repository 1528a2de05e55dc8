"""The verbs without input: Say, Play, Pause, Redirect, Hangup, Reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.leg import HungUpError, MovedError
from infra.carrier.media import fetch_media, recording_of
from infra.carrier.request import Request
from infra.carrier.speech import language_of, seconds_to_say, why_unspeakable
from infra.carrier.webhooks import INVALID_URL

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    import simpy

    from infra.carrier.document import Verb
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.scene import Scene
    from infra.carrier.transcript import Sound

INVALID_TEXT = "13520"
"""Twilio's error code for a Say that can't be spoken."""
ENDLESS = 1000
"""For Twilio a loop of 0 is a thousand repetitions."""


def say(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Speak. This answers the leg."""
    scene.leg.answer()
    voice, language = verb.attributes.get("voice", ""), verb.attributes.get("language", "")
    wrong = why_unspeakable(verb.text, voice, language)
    if wrong:
        scene.leg.fault(INVALID_TEXT, f"the whole Say fails: {wrong}: {verb.text[:40]!r}")
        return None
    for _ in range(verb.number("loop", 1) or ENDLESS):
        yield from say_words(scene.leg, verb.text, language_of(voice, language))
    return None


def say_words(leg: Leg, text: str, language: str, sound: Sound | None = None) -> Steps[None]:
    """Speak a text on a leg, or play the ``sound`` that holds it."""
    entry = leg.note("said", text, language=language, sound=sound)
    try:
        yield from leg.sleep(sound.seconds if sound else seconds_to_say(text, language))
    except (HungUpError, MovedError, GeneratorExit):  # the last: a key ended the prompt of a Gather
        leg.cut_short(entry)
        raise


def until(leg: Leg, prompt: Generator[simpy.Event, Any, None], *events: simpy.Event) -> Steps[None]:
    """Play a prompt until one of the events (a key, the start of a conference) or a hang-up; then wait for an event.

    The events must be plain: in simpy a condition inside another loses its callbacks when the outer one is met.
    """
    env = leg.network.env
    try:
        for step in prompt:
            yield from leg.wait(env.any_of([step, *events]))
            if any(event.processed for event in events):
                return
        yield from leg.wait(env.any_of(events))
    finally:
        prompt.close()


def play(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Play media. The length is that of a sound or a recording that is known, else `play_seconds`.

    A sound whose words are known is heard as what it says; of anything else the URL is noted.
    """
    scene.leg.answer()
    if not verb.text and "digits" not in verb.attributes:
        scene.leg.fault(INVALID_TEXT, "Play names no recording")
        return None
    network, seconds = scene.leg.network, scene.leg.network.options.play_seconds
    if verb.text:
        if not fetch_media(scene.leg, scene.address(verb.text)):
            return None
        recording = recording_of(network, verb.text)
        seconds = recording.seconds if recording else seconds
    sound = network.options.sounds(verb.text) if verb.text else None
    for _ in range(verb.number("loop", 1) or ENDLESS):
        if sound:
            yield from say_words(scene.leg, sound.words, sound.language, sound)
            continue
        scene.leg.note("played", verb.text or verb.attributes.get("digits", ""))
        yield from scene.leg.sleep(seconds)
    return None


def pause(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Wait. As the first verb it does not answer the leg."""
    if not scene.first:
        scene.leg.answer()
    seconds = verb.number("length", 1)
    scene.leg.note("paused", f"{seconds} s")
    yield from scene.leg.sleep(seconds)
    return None


def redirect(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Go on with another document."""
    yield from ()
    if not verb.text:
        scene.leg.fault(INVALID_URL, "a Redirect leads nowhere")
    return Request(scene.address(verb.text))


def hangup(scene: Scene, _verb: Verb) -> Steps[Request | None]:
    """End the leg."""
    yield from ()
    end_of_document(scene.leg)
    raise scene.leg.leaves("document", "Hangup", scene.leg.unanswered_status)


def end_of_document(leg: Leg) -> None:
    """Answer the leg at the end of its document, unless a Dial rang somebody."""
    if not leg.dial_status:
        leg.answer()


def reject(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Reject the call before it is answered and billed. Allowed only as the first verb."""
    yield from ()
    reason = verb.attributes.get("reason", "rejected")
    if not scene.first or scene.leg.answered_at is not None:
        where = "after the leg was answered" if scene.first else "not as the first verb"
        scene.leg.fault("12200", f"Reject {where}: the call is billed")
        scene.leg.answer()
    raise scene.leg.leaves("document", reason, reason, rejects=True)
