"""A talk on one of its legs: it lasts until somebody hangs up, and the person may press keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.handset import talk_live
from infra.carrier.leg import MovedError
from infra.carrier.phone import HANG_UP_IN_TALK

if TYPE_CHECKING:
    import simpy

    from infra.carrier.handset import End
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps


def talk(
    leg: Leg,
    over: simpy.Event,
    *,
    seconds: float | None,
    limit: float | None = None,
    star_counts: bool = False,
) -> Steps[End]:
    """Talk until `over` happens, the time `limit` is reached or, if it counts, this person presses *.

    Args:
        leg: the leg of this person.
        over: happens when the other side leaves, or the conference ends.
        seconds: after which this person hangs up; None is never.
        limit: seconds after which the network ends the talk.
        star_counts: whether the leg's Dial says hangupOnStar.

    Raises:
        HungUpError: this person hung up.
        MovedError: a REST update moved the leg elsewhere.

    """
    env = leg.network.env
    enough, too_long = (env.event() if after is None else env.timeout(after) for after in (seconds, limit))
    if leg.phone.live:
        return (yield from talk_live(leg, over, too_long, star_counts=star_counts))
    while True:
        token = leg.phone.in_talk(leg.name, star_counts=star_counts, was_rung=leg.direction != "inbound")
        key = env.timeout(token.after) if token else env.event()
        try:
            yield from leg.wait(env.any_of([over, enough, too_long, key]))
        except MovedError:
            if token:
                leg.phone.not_done(token)  # there may be another talk after the move
            raise
        if over.triggered:
            return "over"
        if enough.processed:
            raise leg.leaves("person", "hung up")
        if too_long.processed:
            return "limit"
        if isinstance(token, HANG_UP_IN_TALK):
            raise leg.leaves("person", "hung up")
        assert token is not None
        leg.note("pressed", token.keys)
        if star_counts and "*" in token.keys:
            return "star"
