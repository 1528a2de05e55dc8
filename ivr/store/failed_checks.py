"""Failed human checks: counted once a call, also when its request is made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.screening.failed_checks import FailedChecks, checks_key
from ivr.store.counters import FAILED_CHECK, Counters

if TYPE_CHECKING:
    from ivr.store.table import Table

_RACES = 3  # calls of one number that fail at one moment; a failure that loses more often is not worth a longer wait


class FailedCheckCounts:
    """Failed checks, by the number that failed them. Raises ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def note(self, caller: str, call_sid: str, now: int, *, most: int) -> bool:
        """Count that a call of this number failed the check. True: the number is flagged by it from now on."""
        for _ in range(_RACES):
            item = self._table.get(checks_key(caller))
            known = self._table.read(FailedChecks, item) or FailedChecks(caller=caller, expires=now)
            counted = known.and_of(call_sid, now, most=most)
            if counted is known:
                return False
            if known.revision:
                write = self._table.putting(counted, "revision = :before", before=known.revision)
            elif item:  # it can't be read, and would stand in the way of every failure to come
                write = self._table.putting(counted)
            else:
                write = self._table.putting_once(counted)
            once = self._counters.for_the_first_time(call_sid, FAILED_CHECK, now)
            refused = self._table.all_or_none(count={"Put": write}, once={"Put": once})
            if not refused:
                return known.flagged_until <= now < counted.flagged_until
            if "once" in refused:  # a captured request, made again when the number's failures were long forgotten
                return False
        return False
