"""What a REST update of a live leg does: the leg goes on with another document, whatever it was doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.leg import MovedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.scene import Request

AFTER_BRIDGE_SECONDS = 1.0
"""How long the two are bridged where an update that came during the whisper takes effect only afterwards."""


def follow(perform: Callable[[Leg, Request], Steps[None]], leg: Leg, request: Request) -> Steps[None]:
    """Play documents from `request` on and from wherever the leg is moved, until one ends.

    Raises:
        HungUpError: the leg ended on the way.

    """
    following: Request | None = request
    while following is not None:
        try:
            yield from perform(leg, following)
            leg.heed()
            following = None
        except MovedError as moved:
            following = moved.request


def update(leg: Leg, request: Request) -> None:
    """Move a leg, or keep the request until after the bridge where the carrier acts on no whisper."""
    if not leg.is_alive:
        return
    leg.note("moved")
    if leg.place == "whisper" and leg.network.options.update_during_whisper == "after_bridge":
        leg.move_after_bridge = request
    else:
        leg.move(request)


def bridge(leg: Leg) -> None:
    """Bridge a called leg with the one that dialled it, and act soon on an update that waited for this."""
    leg.place = "call"
    leg.bridged.succeed()
    if leg.move_after_bridge is not None:
        leg.network.env.process(_move_later(leg, leg.move_after_bridge))


def _move_later(leg: Leg, request: Request) -> Steps[None]:
    yield leg.network.env.timeout(AFTER_BRIDGE_SECONDS)
    leg.move(request)
