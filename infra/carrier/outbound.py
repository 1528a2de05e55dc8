"""The life of a leg that the application places over REST: it is queued, rings, and plays its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.carrier.execution import Player
from infra.carrier.fetching import send_last_requests
from infra.carrier.leg import HungUpError, Leg
from infra.carrier.moving import perform_and_move
from infra.carrier.ringing import ring
from infra.carrier.speaking import end_of_document

if TYPE_CHECKING:
    from infra.carrier.callbacks import Progress
    from infra.carrier.network import Steps
    from infra.carrier.request import Request
    from infra.carrier.switch import Switch


@dataclass(frozen=True)
class Placed:
    """A call that the application has placed over REST."""

    leg: Leg
    request: Request
    """The request for its first document."""
    timeout: int
    """Seconds of ringing."""
    progress: Progress


def live(switch: Switch, placed: Placed) -> Steps[None]:
    """Run the leg: wait for its turn, ring, play, end."""
    leg, env = placed.leg, placed.leg.network.env
    try:
        yield from leg.sleep(leg.placed_at - env.now)
        leg.state = "initiated"
        leg.note("dialled", f"{leg.to}, shown {leg.from_}")
        placed.progress.report("initiated")
        env.process(_give_up(leg, placed.timeout))
        yield from ring(leg, placed.progress)
        placed.progress.report("answered")
        yield from perform_and_move(Player(switch).perform, leg, placed.request)
        end_of_document(leg)
        departure = leg.leaves("document", "the document ended")
    except HungUpError as left:
        departure = left
    leg.end(departure)
    send_last_requests(leg)
    placed.progress.report("completed")


def _give_up(leg: Leg, seconds: int) -> Steps[None]:
    yield leg.network.env.timeout(seconds)
    if not leg.answered.triggered:
        leg.hang_up("network", "rang too long", "no-answer")
