"""The life of a leg that a Dial rings: ringing, the whisper, the talk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.carrier.callbacks import report_status
from infra.carrier.leg import HungUpError, Leg
from infra.carrier.scene import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier.network import Steps

NETWORK_SECONDS = 1.0
"""How soon the network says that a line is busy or can't be reached."""


@dataclass
class Called:
    """A leg being rung, and what its Number asked for."""

    leg: Leg
    perform: Callable[[Leg, Request], Steps[None]]
    whisper: str | None
    """Address of the document played to whoever answers, before the bridge."""
    status_url: str | None
    status_events: frozenset[str]
    _sent: int = field(default=0, init=False)

    def report(self, event: str) -> None:
        """Send the status callback of this event if the Number asked for it."""
        if self.status_url and event in self.status_events:
            report_status(self.leg, self.status_url, self._sent)
        self._sent += 1


def live(called: Called) -> Steps[None]:
    """Run a called leg, from dialling to its end."""
    leg = called.leg
    departure = None
    leg.note("dialled", f"{leg.to}, shown {leg.from_}")
    called.report("initiated")
    try:
        yield from _ring(called)
        called.report("answered")
        if called.whisper:
            leg.whispering = True
            yield from called.perform(leg, Request(called.whisper))
            leg.whispering = False
        leg.bridged.succeed()
        yield from _talk(leg)
    except HungUpError as left:
        departure = left
    leg.end(departure or leg.leaves("person", "hung up"))
    called.report("completed")


def _ring(called: Called) -> Steps[None]:
    leg, phone = called.leg, called.leg.phone
    if phone.answers in ("busy", "failed"):
        yield from leg.sleep(NETWORK_SECONDS)
        raise leg.leaves("network", phone.answers, phone.answers)
    leg.state = "ringing"
    leg.note("ringing")
    called.report("ringing")
    if phone.answers == "no-answer":
        yield from leg.wait(leg.network.env.event())
    yield from leg.sleep(phone.rings_for)
    if phone.answers == "declines":
        raise leg.leaves("person", "declined", "busy")
    if phone.hangs_up_after is not None:
        leg.hang_up_in(phone.hangs_up_after)
    leg.answer()


def _talk(leg: Leg) -> Steps[None]:
    """Talk until this person has had enough; the caller's side of it is the Dial's."""
    phone, caller = leg.phone, leg.parent.phone if leg.parent else leg.phone
    leg.note("bridged", f"with {leg.parent.name}" if leg.parent else "")
    seconds = phone.talks_for
    if seconds is None and caller.talks_for is None and not phone.is_machine:
        seconds = leg.network.options.talk_seconds
    if seconds is None:
        yield from leg.wait(leg.network.env.event())
    else:
        yield from leg.sleep(seconds)
