"""A person who joins a call that their telephone has screened: what they hear, and when they press a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from infra.carrier.phone import BARGE_IN, SILENCE
from infra.carrier.speaking import until
from infra.carrier.speech import key_named, language_of, seconds_to_say

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import Any

    import simpy

    from infra.carrier.document import Verb
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.phone import Token

REACTION_SECONDS = 1.0
"""How soon a person presses a key after the end of the prompt, or of the sentence that names the key."""
_BETWEEN_SENTENCES = re.compile(r"(?<=[.۔।])\s+")


class Sentence(NamedTuple):
    """One sentence of a prompt, and when it is spoken, in simulated seconds."""

    text: str
    language: str
    start: float
    end: float


def hear_late(leg: Leg, inside: Iterable[Verb], prompt: Generator[simpy.Event, Any, None]) -> Steps[Token]:
    """Play a Gather's prompt to a telephone whose owner joins late. Returns the owner's input.

    The owner hears only sentences that begin after joining, and presses a key only after hearing its name.
    """
    env = leg.network.env
    joined = float("inf") if leg.joined_at is None else leg.joined_at
    sentences = list(_sentences(leg, inside))
    heard = [sentence for sentence in sentences if sentence.start >= joined]
    wanted = leg.phone.waits_for
    named = next((one for one in heard if isinstance(wanted, str) and key_named(one.text) == wanted[:1]), None)
    if named is not None:
        yield from until(leg, prompt, env.timeout(named.end + REACTION_SECONDS - env.now))
        _note_heard(leg, [one for one in heard if one.end <= env.now])
        return BARGE_IN(str(leg.phone.next_token(leg.heard())))
    yield from prompt
    if joined > env.now:
        return SILENCE
    _note_heard(leg, heard)
    if isinstance(wanted, str):  # the owner would press it, but has not heard which key it is
        return SILENCE
    return leg.phone.next_token(leg.heard())


def _sentences(leg: Leg, inside: Iterable[Verb]) -> Iterator[Sentence]:
    now = leg.network.env.now
    for verb in inside:
        sound = leg.network.options.sounds(verb.text) if verb.name == "Play" else None
        if verb.name != "Say" and sound is None:
            now += verb.number("length", 1) if verb.name == "Pause" else leg.network.options.play_seconds
            continue
        language = language_of(verb.attributes.get("voice", ""), verb.attributes.get("language", ""))
        text, whole = verb.text, seconds_to_say(verb.text, language)
        if sound:
            text, language, whole = sound.words, sound.language, sound.seconds
        words = len(text.split())
        for sentence in _BETWEEN_SENTENCES.split(text.strip()):
            end = now + whole * len(sentence.split()) / words
            yield Sentence(sentence, language, now, end)
            now = end


def _note_heard(leg: Leg, heard: list[Sentence]) -> None:
    """Note in the transcript what the owner heard of a prompt, once for each language."""
    for language in dict.fromkeys(sentence.language for sentence in heard):
        leg.note("heard", " ".join(s.text for s in heard if s.language == language), language=language)
