"""The life of a leg that the application places over REST: queued, ringing, its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.carrier.execution import perform, say_last_words
from infra.carrier.leg import HungUpError, Leg
from infra.carrier.moving import follow
from infra.carrier.ringing import ring
from infra.carrier.speaking import end_of_document

if TYPE_CHECKING:
    from infra.carrier.callbacks import Progress
    from infra.carrier.network import Steps
    from infra.carrier.scene import Request


@dataclass(frozen=True)
class Placed:
    """A call that was asked for over REST."""

    leg: Leg
    request: Request
    """Where its first document comes from."""
    timeout: int
    """Seconds of ringing."""
    progress: Progress


def live(placed: Placed) -> Steps[None]:
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
        yield from follow(perform, leg, placed.request)
        end_of_document(leg)
        departure = leg.leaves("document", "the document ended")
    except HungUpError as left:
        departure = left
    leg.end(departure)
    say_last_words(leg)
    placed.progress.report("completed")


def _give_up(leg: Leg, seconds: int) -> Steps[None]:
    yield leg.network.env.timeout(seconds)
    if not leg.answered.triggered:
        leg.hang_up("network", "rang too long", "no-answer")
