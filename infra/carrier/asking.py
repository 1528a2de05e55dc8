"""What a live telephone is asked for: told to those who watch, and waited for where time stands still meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.carrier.leg import Asked, Leg


@contextmanager
def asking(leg: Leg, what: Asked, *, waits: bool = True, star_counts: bool = False) -> Iterator[None]:
    """Ask a live telephone for something, meanwhile. ``waits``: nothing else is to be heard before."""
    if not leg.phone.live:
        yield
        return
    leg.asked, leg.asked_at, leg.star_counts = what, leg.network.env.now, star_counts
    if waits:
        wait_for(leg)
    else:
        leg.network.watch(leg.sid, None)
    try:
        yield
    finally:
        leg.asked, leg.star_counts = "", False
        leg.network.waited_for.discard(leg.sid)
        leg.network.watch(leg.sid, None)


def wait_for(leg: Leg) -> None:
    """Everything was said: the person's turn. Who dials somebody waits for them, and nobody for the one who dials."""
    if leg.asked != "dial":
        leg.network.waited_for.add(leg.sid)
    leg.network.watch(leg.sid, None)
