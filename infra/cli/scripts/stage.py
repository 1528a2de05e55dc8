"""Where a call script is held, and what is kept of each of its calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier import Call, Carrier, Entry, Message, Phone
    from infra.cli.scripts.model import ScriptedCall
    from ivr.reports import Report
    from ivr.settings import Settings
    from ivr.store.desk import Desk

NAMES = {"caller": "caller", "customer": "customer", "care": "care", "second_care": "second care"}  # in transcripts


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a script is held: a simulated carrier in front of the service, and the service's table.

    ``pickups`` are those of the carrier, which is not ``strict``. ``settle`` lets all happen that the calls set off,
    further calls too.
    """

    carrier: Carrier
    pickups: dict[str, Phone]
    store: Desk
    settings: Settings
    settle: Callable[[], None]

    @property
    def now(self) -> int:
        """The simulated time, in epoch seconds."""
        return int(self.carrier.epoch)

    def customer_of(self, line: str) -> str:
        """Whose telephone a line rings, or an empty string."""
        known = self.store.lines.recent(line, self.now)
        return known.ring_to if known else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A call of a script that is over, with the calls and messages that it set off. ``reports``: made or changed."""

    scripted: ScriptedCall
    calls: list[Call]
    entries: list[Entry]
    sms: list[Message]
    reports: list[Report]
    keys_left: list[str]
    faults: list[str]

    @property
    def call(self) -> Call:
        """The call that the script places."""
        return self.calls[0]
