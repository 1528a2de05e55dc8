"""The table as the human check uses it: a failure is counted once a call."""

from __future__ import annotations

from ivr.screening.failed_checks import FailedChecks, checks_key
from ivr.store.table import Table

_RACES = 3  # calls of one number that fail at one moment; a failure that loses more often is not worth a longer wait


class Checks(Table):
    """The table, for failed checks. Raises ``StoreUnavailableError``."""

    def note_failure(self, caller: str, call_sid: str, now: int, *, most: int) -> bool:
        """Count that a call of this number failed the check. True: the number is flagged by it from now on."""
        for _ in range(_RACES):
            item = self._get(checks_key(caller))
            known = self._read(FailedChecks, item) or FailedChecks(caller=caller, expires=now)
            counted = known.and_of(call_sid, now, most=most)
            if counted is known:
                return False
            if known.revision:
                stored = self._put_if(counted, "revision = :before", before=known.revision)
            elif item:  # it can't be read, and would stand in the way of every failure to come
                self.put(counted)
                stored = True
            else:
                stored = self.put_once(counted)
            if stored:
                return known.flagged_until <= now < counted.flagged_until
        return False
