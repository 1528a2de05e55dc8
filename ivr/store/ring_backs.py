"""Ring-backs: asked for once a call, and capped a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.store.attributes import unset
from ivr.store.counters import RING_BACKS, TAKEN, Counters, counts_key

if TYPE_CHECKING:
    from ivr.jobs.job import RingBack
    from ivr.store.table import Table


class RingBacks:
    """Ring-backs that people ask for. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def ask(self, ring_back: RingBack, *, most: int) -> bool:
        """Ask for a ring-back, once in a call. False: the person took one today, or ``most`` were asked for.

        Those that nobody took with a key count for ``most`` alone: a number that somebody else showed does not use up
        its owner's one of the day, and nobody's telephone rings all day.
        """
        day, now = counts_key(ring_back.person, ring_back.day), ring_back.asked_at
        refused = self._table.all_or_none(
            once={"Put": self._counters.for_the_first_time(ring_back.call_sid, RING_BACKS, now)},
            count={"Update": self._counters.one_more(day, RING_BACKS, now, most=most, unless=TAKEN)},
            ring_back={"Put": self._table.putting(ring_back)},
        )
        return not refused or "once" in refused

    def take(self, person: str, day: str, now: int) -> None:
        """Store that a person took a ring-back with a key, the first time that it was said of that day."""
        self._table.update_if(counts_key(person, day), f"SET {unset([TAKEN])}", "attribute_exists(pk)", **{TAKEN: now})
