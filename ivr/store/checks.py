"""The table as the human check uses it: a failure is counted once a call, whenever its request is made again."""

from __future__ import annotations

from ivr.screening.failed_checks import FailedChecks, checks_key
from ivr.store.counting import FAILED_CHECK, Counting

_RACES = 3  # calls of one number that fail at one moment; a failure that loses more often is not worth a longer wait


class Checks(Counting):
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
                write = self._putting(counted, "revision = :before", before=known.revision)
            elif item:  # it can't be read, and would stand in the way of every failure to come
                write = self._putting(counted)
            else:
                write = self._putting_once(counted)
            once = self._for_the_first_time(call_sid, FAILED_CHECK, now)
            refused = self._all_or_none({"Put": write}, {"Put": once})
            if not refused:
                return known.flagged_until <= now < counted.flagged_until
            if refused[1]:  # a captured request, made again when the number's failures were long forgotten
                return False
        return False
