"""Ring-backs: one a call, and a limited number a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.store.attributes import unset
from ivr.store.counters import RING_BACKS, TAKEN, Counters, counts_key

if TYPE_CHECKING:
    from ivr.jobs.job import RingBack
    from ivr.store.table import Table


class RingBacks:
    """The requested ring-backs. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def ask(self, ring_back: RingBack, *, most: int) -> bool:
        """Store a ring-back, once a call. False: the person took one today, or ``most`` were requested.

        A ring-back that was not taken with a key counts only towards ``most``: requests with a forged caller id don't
        use up the owner's own ring-back, and can't make the owner's telephone ring all day.
        """
        day, now = counts_key(ring_back.person, ring_back.day), ring_back.asked_at
        refused = self._table.all_or_none(
            once={"Put": self._counters.mark_once(ring_back.call_sid, RING_BACKS, now)},
            count={"Update": self._counters.increment(day, RING_BACKS, now, most=most, unless=TAKEN)},
            ring_back={"Put": self._table.putting(ring_back)},
        )
        return not refused or "once" in refused

    def take(self, person: str, day: str, now: int) -> None:
        """Store that a person took a ring-back of that day with a key, once."""
        self._table.update_if(counts_key(person, day), f"SET {unset([TAKEN])}", "attribute_exists(pk)", **{TAKEN: now})
