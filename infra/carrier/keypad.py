"""The keypad and the microphone of a live telephone, and how keys are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import simpy

KEYS = frozenset("0123456789*#")
BETWEEN_KEYS_SECONDS = 0.3
"""How soon a scripted person presses the next of several keys."""


class Keypad:
    """What a person presses and says on a leg, until a verb takes it."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._pressed = ""
        self.used: simpy.Event = env.event()
        """Happens when a key is pressed, or speech begins or ends. A new one stands here after `take`."""
        self.is_spoken_into = False

    def press(self, key: str) -> None:
        """A key is pressed."""
        self._pressed += key
        self._use()

    def speak(self, *, begins: bool) -> None:
        """Somebody begins or ends to speak."""
        self.is_spoken_into = begins
        self._use()

    def take(self) -> str:
        """Take the keys that were pressed since the last time; a verb that begins throws away those before it."""
        keys, self._pressed = self._pressed, ""
        if self.used.triggered:
            self.used = self._env.event()
        return keys

    def _use(self) -> None:
        if not self.used.triggered:
            self.used.succeed()


def count_keys(keys: str, finish_on: str, most: int) -> tuple[str, str]:
    """Split keys into the digits before a finishing key, and that key. Keys after `most` digits (0: no limit) are lost.

    Raises:
        ValueError: a character that no telephone has.

    """
    if set(keys) - KEYS:
        raise ValueError(f"no telephone has the keys {keys!r}")
    for place, key in enumerate(keys):
        if key in finish_on:
            return keys[:place], key
        if place + 1 == most:
            return keys[:most], ""
    return keys, ""
