"""A live telephone: what its person does at any moment of a call, from any thread, and how verbs take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from infra.carrier.asking import asking, wait_for
from infra.carrier.joining_late import REACTION_SECONDS
from infra.carrier.keypad import BETWEEN_KEYS_SECONDS, KEYS, count_keys
from infra.carrier.leg import Did
from infra.carrier.phone import (
    BARGE_IN,
    HANG_UP,
    HANG_UP_IN_TALK,
    HANG_UP_RINGING,
    PRESS_IN_TALK,
    SILENCE,
    SPEAK,
)
from infra.carrier.speaking import until
from infra.carrier.speech import announced_digit

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    import simpy

    from infra.carrier.document import Verb
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.phone import Token
    from infra.carrier.scene import Scene

End: TypeAlias = Literal["over", "limit", "star"]
"""How a talk ends on a leg that stays."""


class CannotError(Exception):
    """A telephone can't do that now. The message says why."""


@dataclass(frozen=True)
class Handset:
    """The telephone of one leg, for the person who holds it. Any thread may call its methods.

    Raises:
        CannotError: the telephone can't do that now.

    """

    leg: Leg

    def answer(self) -> None:
        """Answer the ringing telephone."""
        self._must_ring()
        self.leg.network.act(self._answer_now)

    def decline(self) -> None:
        """Refuse the call on the ringing telephone."""
        self._must_ring()
        self.leg.network.act(self._decline_now)

    def press(self, keys: str) -> None:
        """Press keys, one after the other. Where nothing listens, nothing comes of it."""
        self._must_be_held()
        if not keys or set(keys) - KEYS:
            raise CannotError(f"no telephone has the keys {keys!r}: they are 0 to 9, * and #")
        self.leg.network.act(lambda: self._press_now(keys))

    def speak(self, *, begins: bool) -> None:
        """Begin, or stop, to speak into a recording."""
        self._must_be_held()
        self.leg.network.act(lambda: self.leg.keypad.speak(begins=begins))

    def hang_up(self) -> None:
        """Hang up, on any telephone, also one that is still ringing or that nobody holds."""
        if not self.leg.is_alive:
            raise CannotError(f"this call of the {self.leg.name} has ended")
        self.leg.network.act(self._hang_up_now)

    def _must_be_held(self) -> None:
        if not self.leg.is_alive:
            raise CannotError(f"this call of the {self.leg.name} has ended")
        if not self.leg.phone.live:
            raise CannotError(f"nobody holds the telephone of the {self.leg.name}: it is {self.leg.phone.answers}")

    def _must_ring(self) -> None:
        self._must_be_held()
        if self.leg.asked != "ring":
            raise CannotError(f"the telephone of the {self.leg.name} does not ring: it is {self.leg.state}")

    def _answer_now(self) -> None:
        if self.leg.asked == "ring" and not self.leg.picked_up.triggered:
            self.leg.picked_up.succeed()

    def _decline_now(self) -> None:
        if self.leg.asked == "ring":
            self.leg.hang_up("person", "declined", "busy")

    def _press_now(self, keys: str) -> None:
        for key in keys:
            self.leg.keypad.press(key)

    def _hang_up_now(self) -> None:
        hang_up_now(self.leg)


def hang_up_now(leg: Leg) -> None:
    """Let the person of a leg hang up at this moment of simulated time."""
    if not leg.is_alive or leg.is_leaving:
        return
    since = leg.network.env.now - leg.asked_at
    token: Token | None = None
    match leg.asked:
        case "keys":
            token = HANG_UP
        case "talk":
            token = HANG_UP_IN_TALK(since)
        case "dial":
            token = HANG_UP_RINGING(since)
        case "record":
            token = SPEAK(since, HANG_UP)
    if token is not None:
        leg.did.append(Did(leg.network.env.now, token))
    leg.hung_up_elsewhere = token is None
    leg.hang_up("person", "hung up", leg.unanswered_status)


def asks_nothing(verb: Verb) -> bool:
    """Whether a Gather has no prompt and is over before anybody reacts: a script has no key or silence for it."""
    return not verb.inside and verb.number("timeout", 5) <= REACTION_SECONDS


def press_live(scene: Scene, verb: Verb, prompt: Generator[simpy.Event, Any, None]) -> Steps[tuple[str, str]]:
    """Play a Gather's prompt until the first key, and take the keys. Returns the digits and the key that finished them.

    The time-out counts from the end of the prompt, and then from the last key.
    """
    leg, env = scene.leg, scene.leg.network.env
    seconds, most = verb.number("timeout", 5), verb.number("numDigits", 0)
    began, heard_out, silence = env.now, float("inf"), env.event()

    def to_its_end() -> Steps[None]:
        nonlocal heard_out
        yield from prompt
        heard_out = env.now
        if not asks_nothing(verb):
            wait_for(leg)
        yield env.timeout(seconds)
        silence.succeed()

    leg.keypad.take()
    told = scene.address(verb.attributes.get("action", ""))
    keys, first, last = "", 0.0, 0.0
    with asking(leg, "keys", waits=False):
        yield from until(leg, to_its_end(), leg.keypad.used, silence)
        while True:
            keys += leg.keypad.take()
            counted, finish = count_keys(keys, verb.attributes.get("finishOnKey", "#"), most)
            first, last = first or env.now, env.now
            if silence.processed or finish or (counted and len(counted) == most):
                break
            wait_for(leg)
            silence = env.timeout(seconds)
            yield from leg.wait(env.any_of([leg.keypad.used, silence]))
            if not leg.keypad.used.triggered:
                break
    if not keys:
        if not asks_nothing(verb):
            leg.note("silent", f"{seconds} s")
            leg.did.append(Did(env.now, SILENCE, told))
        return "", ""
    leg.note("pressed", counted + finish)
    announced = counted == announced_digit(
        (entry.language, entry.text)
        for entry in leg.transcript[scene.begins :]
        if entry.kind == "said" and entry.sid == leg.sid
    )
    typing = last - first - BETWEEN_KEYS_SECONDS * (len(counted + finish) - 1)
    if heard_out <= first:
        leg.did.append(Did(first, counted + finish, told, typing + first - heard_out - REACTION_SECONDS, announced))
    else:
        leg.did.append(Did(first, BARGE_IN(counted + finish, first - began), told, typing, announced))
    return counted, finish


def talk_live(leg: Leg, over: simpy.Event, limit: simpy.Event, *, star_counts: bool) -> Steps[End]:
    """Talk until `over` or `limit` happens or, where it counts, this person presses *."""
    env = leg.network.env
    leg.keypad.take()
    with asking(leg, "talk", star_counts=star_counts):
        while True:
            yield from leg.wait(env.any_of([over, limit, leg.keypad.used]))
            if over.triggered:
                return "over"
            if limit.processed:
                return "limit"
            keys = leg.keypad.take()
            if not keys:  # somebody began to speak
                continue
            leg.note("pressed", keys)
            leg.did.append(Did(env.now, PRESS_IN_TALK(keys, env.now - leg.asked_at)))
            leg.asked_at = env.now
            if star_counts and "*" in keys:
                return "star"


class Said(NamedTuple):
    """What was spoken into a recording, and the key that ended it."""

    seconds: float
    key: str = ""


def speak_live(scene: Scene, verb: Verb) -> Steps[Said | None]:
    """Let the person speak after the beep, until a key, silence or the longest length. None: nothing was said."""
    leg, env = scene.leg, scene.leg.network.env
    patience, began = verb.number("timeout", 5), env.now
    most = verb.number("maxLength", 3600)
    full, said = env.timeout(most), None
    leg.keypad.take()
    leg.keypad.is_spoken_into = False
    with asking(leg, "record"):
        while said is None:
            speaks, spoke_until = leg.keypad.is_spoken_into, env.now
            silence = env.event() if speaks else env.timeout(patience)
            yield from leg.wait(env.any_of([full, silence, leg.keypad.used]))
            keys = leg.keypad.take()
            _, finish = count_keys(keys, verb.attributes.get("finishOnKey", "1234567890*#"), 0)
            if full.processed:
                said = Said(most)
            elif silence.processed:
                said = Said(spoke_until - began)
            elif finish:
                said = Said(env.now - began, finish)
    if said.seconds == 0 and not said.key:
        leg.note("silent")
        leg.did.append(Did(env.now, SILENCE))
        return None
    if said.key:
        leg.note("pressed", said.key)
    then: Token = said.key or SILENCE
    assert isinstance(then, str) or then is SILENCE
    leg.did.append(Did(env.now, SPEAK(said.seconds, then)))
    return said
