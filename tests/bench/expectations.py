"""Holds each step of a call to what `expected.toml` says that it asks for."""

from __future__ import annotations

import tomllib
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.held_calls import FaultyStepError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.bench.held_calls import Step

FILE = Path(__file__).with_name("expected.toml")
_SHOWN = "tests/bench/expected.toml"
_PARAMETERS = "ssm:"
_SELDOM = 200  # seconds; secrets are kept for five minutes


def expected() -> dict[str, Any]:
    """The table."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def check(who: str, kind: str, steps: Iterable[Step], table: dict[str, Any], *, first: bool = False) -> None:
    """Compare a call with its table (``table`` is that of one handler). Raises ``FaultyStepError`` for the first step.

    ``first``: it is a container's first call, as deployed. In a later one nothing is said of Parameter Store, which is
    asked again every five minutes: see ``Rereads``.
    """
    steps, wanted = list(steps), table[kind] | (table["first"] if first else {})
    for step in steps:
        if step.name not in wanted:
            raise FaultyStepError(
                f"{who}: {_SHOWN} does not know the step {step.name!r} of a call that is {kind}. Give it a line there."
            )
        asks = wanted[step.name]
        either = asks if asks and isinstance(asks[0], list) else [asks]
        seen = [one for one in step.seen if first or not one.name.startswith(_PARAMETERS)]
        asked = [one.name for one in seen]
        if asked not in either:
            raise FaultyStepError(
                f"{who}, {step.name}, in a call that is {kind}: asked for {_listed(asked)}, and {_SHOWN} says"
                f" {' or '.join(map(_listed, either))}. If that is meant, change the step's line there."
            )
        sizes, most = sum(one.sent + one.received for one in seen), table.get("most_bytes", {}).get(step.name)
        if most and sizes > most and not first:
            raise FaultyStepError(f"{who}, {step.name}: {sizes} bytes on the wire, and {_SHOWN} allows {most}.")
    if missing := wanted.keys() - {step.name for step in steps}:
        raise FaultyStepError(f"{who}: a call that was {kind} had no {' and no '.join(sorted(missing))}.")


class Rereads:
    """Holds one handler to asking Parameter Store seldom."""

    def __init__(self, who: str) -> None:
        self._who, self._last = who, -inf

    def note(self, steps: Iterable[Step], now: float) -> None:
        """Note a warm call; ``now`` is in seconds. Raises ``FaultyStepError`` if an earlier one just asked as well."""
        if any(name.startswith(_PARAMETERS) for step in steps for name in step.requests):
            if now - self._last < _SELDOM:
                raise FaultyStepError(
                    f"{self._who}: two calls within {now - self._last:.0f} s asked Parameter Store for secrets."
                )
            self._last = now


def _listed(requests: list[str]) -> str:
    return " + ".join(requests) or "nothing"
