"""A REST update of a live leg: the leg stops what it does and goes on with another document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.leg import MovedError

if TYPE_CHECKING:
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.request import Request
    from infra.carrier.scene import Perform

AFTER_BRIDGE_SECONDS = 1.0
"""How long after the bridge an update that came during the whisper takes effect."""


def perform_and_move(perform: Perform, leg: Leg, request: Request) -> Steps[None]:
    """Play documents from `request` on, and those that REST moves the leg to, until one ends.

    Raises:
        HungUpError: the leg ended on the way.

    """
    next_request: Request | None = request
    while next_request is not None:
        try:
            yield from perform(leg, next_request)
            leg.raise_pending()
            next_request = None
        except MovedError as moved:
            next_request = moved.request


def update(leg: Leg, request: Request) -> None:
    """Move a leg; under `update_during_whisper="after_bridge"` one in its whisper is moved after the bridge."""
    if not leg.is_alive:
        return
    leg.note("moved")
    if leg.place == "whisper" and leg.network.options.update_during_whisper == "after_bridge":
        leg.move_after_bridge = request
    else:
        leg.move(request)


def bridge(leg: Leg) -> None:
    """Bridge a called leg with the one that dialled it; then make the move that waited for the bridge."""
    leg.place = "call"
    leg.bridged.succeed()
    if leg.move_after_bridge is not None:
        leg.network.env.process(_move_later(leg, leg.move_after_bridge))


def _move_later(leg: Leg, request: Request) -> Steps[None]:
    yield leg.network.env.timeout(AFTER_BRIDGE_SECONDS)
    leg.move(request)
