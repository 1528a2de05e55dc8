"""The life of a leg that a Dial rings: ringing, the whisper, the talk, and documents that REST moves it to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.carrier.fetching import send_last_requests
from infra.carrier.leg import HungUpError, Leg, MovedError
from infra.carrier.moving import bridge, perform_and_move
from infra.carrier.request import Request
from infra.carrier.ringing import ring
from infra.carrier.speaking import end_of_document
from infra.carrier.talking import talk

if TYPE_CHECKING:
    from infra.carrier.callbacks import Progress
    from infra.carrier.network import Steps
    from infra.carrier.scene import Perform


@dataclass
class Called:
    """A leg being rung, and what its Number asked for."""

    leg: Leg
    perform: Perform
    whisper: str | None
    """URL of the document that plays to the called person before the bridge."""
    progress: Progress


def live(called: Called) -> Steps[None]:
    """Run a called leg, from dialling to its end."""
    leg = called.leg
    departure = None
    leg.note("dialled", f"{leg.to}, shown {leg.from_}")
    called.progress.report("initiated")
    try:
        yield from _ring_and_talk(called)
    except HungUpError as left:
        departure = left
    except MovedError as moved:
        leg.release()
        departure = yield from _go_on(called, moved.request)
    leg.end(departure or leg.leaves("person", "hung up"))
    send_last_requests(leg)
    called.progress.report("completed")


def _ring_and_talk(called: Called) -> Steps[None]:
    leg = called.leg
    yield from ring(leg, called.progress)
    called.progress.report("answered")
    if called.whisper:
        leg.place = "whisper"
        yield from called.perform(leg, Request(called.whisper))
        leg.raise_pending()
    bridge(leg)
    yield from _talk(leg)


def _go_on(called: Called, request: Request) -> Steps[HungUpError]:
    """Play the documents that the leg was moved to; the Dial that rang it is over."""
    leg = called.leg
    try:
        yield from perform_and_move(called.perform, leg, request)
    except HungUpError as left:
        return left
    end_of_document(leg)
    return leg.leaves("document", "the document ended")


def _talk(leg: Leg) -> Steps[None]:
    """Talk until this person hangs up; the caller's side of the talk runs in the Dial."""
    phone, caller = leg.phone, leg.parent.phone if leg.parent else leg.phone
    leg.note("bridged", f"with {leg.parent.name}" if leg.parent else "")
    seconds = phone.talks_for
    if seconds is None and caller.talks_for is None and not phone.is_machine and not phone.live:
        seconds = leg.network.options.talk_seconds
    yield from talk(leg, leg.network.env.event(), seconds=seconds)
