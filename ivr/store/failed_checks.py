"""Failed human checks, counted once a call even if its webhook is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.screening.failed_checks import FailedChecks, checks_key
from ivr.store.counters import FAILED_CHECK, Counters

if TYPE_CHECKING:
    from ivr.store.table import Table

_RACES = 3  # attempts against other calls of the same number; after these the failure is not counted


class FailedCheckCounts:
    """Counts of failed checks, by caller. Methods may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def note(self, caller: str, call_sid: str, now: int, *, most: int) -> bool:
        """Count a failed check of a call. True: it flags the number from now on."""
        for _ in range(_RACES):
            item = self._table.get(checks_key(caller))
            known = self._table.read(FailedChecks, item) or FailedChecks(caller=caller, expires=now)
            counted = known.and_of(call_sid, now, most=most)
            if counted is known:
                return False
            if known.revision:
                write = self._table.putting(counted, "revision = :before", before=known.revision)
            elif item:  # it can't be read; without this it would block every later count
                write = self._table.putting(counted)
            else:
                write = self._table.putting_once(counted)
            once = self._counters.mark_once(call_sid, FAILED_CHECK, now)
            refused = self._table.all_or_none(count={"Put": write}, once={"Put": once})
            if not refused:
                return known.flagged_until <= now < counted.flagged_until
            if "once" in refused:  # a replayed request of an old call
                return False
        return False
