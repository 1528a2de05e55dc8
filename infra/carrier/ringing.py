"""Ringing a telephone, until it answers or the call fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.asking import asking

if TYPE_CHECKING:
    from infra.carrier.callbacks import Progress
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps

NETWORK_SECONDS = 1.0
"""How soon the network reports a busy or unreachable number."""


def ring(leg: Leg, progress: Progress) -> Steps[None]:
    """Ring until the telephone is answered.

    Raises:
        HungUpError: it was busy, could not be reached, was declined or rang too long.

    """
    phone = leg.phone
    if phone.answers in ("busy", "failed"):
        yield from leg.sleep(NETWORK_SECONDS)
        raise leg.leaves("network", phone.answers, phone.answers)
    leg.state = "ringing"
    leg.note("ringing")
    progress.report("ringing")
    if phone.answers == "no-answer":
        yield from leg.wait(leg.network.env.event())
    if phone.live:
        with asking(leg, "ring"):
            yield from leg.wait(leg.picked_up)
    else:
        yield from leg.sleep(phone.rings_for)
    if phone.answers == "declines":
        raise leg.leaves("person", "declined", "busy")
    if phone.hangs_up_after is not None:
        leg.hang_up_in(phone.hangs_up_after)
    leg.answer()
    if phone.joins_after is not None:
        leg.network.env.process(_join(leg, phone.joins_after))


def _join(leg: Leg, after: float) -> Steps[None]:
    yield leg.network.env.timeout(after)
    if leg.is_alive:
        leg.note("joins", f"the call, {after:g} s after it was answered")
