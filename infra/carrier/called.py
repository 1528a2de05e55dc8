"""The life of a leg that a Dial rings: ringing, the whisper, the talk, or wherever REST moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.carrier.leg import HungUpError, Leg, MovedError
from infra.carrier.moving import bridge, follow
from infra.carrier.ringing import ring
from infra.carrier.scene import Request
from infra.carrier.speaking import end_of_document
from infra.carrier.talking import talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier.callbacks import Progress
    from infra.carrier.network import Steps


@dataclass
class Called:
    """A leg being rung, and what its Number asked for."""

    leg: Leg
    perform: Callable[[Leg, Request], Steps[None]]
    say_last_words: Callable[[Leg], None]
    whisper: str | None
    """Address of the document played to whoever answers, before the bridge."""
    progress: Progress


def live(called: Called) -> Steps[None]:
    """Run a called leg, from dialling to its end."""
    leg = called.leg
    departure = None
    leg.note("dialled", f"{leg.to}, shown {leg.from_}")
    called.progress.report("initiated")
    try:
        yield from _serve_the_dial(called)
    except HungUpError as left:
        departure = left
    except MovedError as moved:
        leg.release()
        departure = yield from _go_on(called, moved.request)
    leg.end(departure or leg.leaves("person", "hung up"))
    called.say_last_words(leg)
    called.progress.report("completed")


def _serve_the_dial(called: Called) -> Steps[None]:
    leg = called.leg
    yield from ring(leg, called.progress)
    called.progress.report("answered")
    if called.whisper:
        leg.place = "whisper"
        yield from called.perform(leg, Request(called.whisper))
        leg.heed()
    bridge(leg)
    yield from _talk(leg)


def _go_on(called: Called, request: Request) -> Steps[HungUpError]:
    """Play the documents that the leg was moved to; the Dial that rang it is over."""
    leg = called.leg
    try:
        yield from follow(called.perform, leg, request)
    except HungUpError as left:
        return left
    end_of_document(leg)
    return leg.leaves("document", "the document ended")


def _talk(leg: Leg) -> Steps[None]:
    """Talk until this person has had enough; the caller's side of it is the Dial's."""
    phone, caller = leg.phone, leg.parent.phone if leg.parent else leg.phone
    leg.note("bridged", f"with {leg.parent.name}" if leg.parent else "")
    seconds = phone.talks_for
    if seconds is None and caller.talks_for is None and not phone.is_machine:
        seconds = leg.network.options.talk_seconds
    yield from talk(leg, leg.network.env.event(), seconds=seconds)
