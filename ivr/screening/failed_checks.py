"""Numbers that fail the human check repeatedly, as a robot that presses at random does.

Anybody can show the number, so it only gets a warning, for an hour.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.records.base import ItemKey, Record, record
from ivr.reputation.keys import caller_partition

if TYPE_CHECKING:
    from typing import Self

_FAILURE = re.compile(r"[0-9]{1,12}-[A-Za-z0-9]{1,12}", re.ASCII)
WITHIN_SECONDS = 3600  # the failures of this time count, and they flag the number for the same time


def checks_key(caller: str) -> ItemKey:
    """The key of a caller's failed checks of the last hour."""
    return ItemKey(caller_partition(caller), "CHECKS")


@record
class FailedChecks(Record):
    """The checks that a number has failed within an hour, one a call."""

    caller: str
    expires: int
    failures: str = ""  # the time and a word for the call of each, separated by blanks
    flagged_until: int = 0
    revision: int = 0  # grows with each failure, so that two at the same time are both counted

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return checks_key(self.caller)

    def makes_sense(self) -> bool:  # noqa: D102
        return all(map(_FAILURE.fullmatch, self.failures.split()))

    def and_of(self, call_sid: str, now: int, *, most: int) -> Self:
        """The record with this call's failure; ``most`` within an hour flag the number. A call counts once."""
        word = call_sid[-12:]
        known = self.failures.split()
        if any(failure.endswith(word) for failure in known):
            return self
        recent = [failure for failure in known if now - int(failure.partition("-")[0]) <= WITHIN_SECONDS]
        recent = [*recent, f"{now}-{word}"][-most:]
        until = now + WITHIN_SECONDS if len(recent) >= most else self.flagged_until
        return replace(
            self,
            failures=" ".join(recent),
            flagged_until=until,
            expires=max(until, now + WITHIN_SECONDS),
            revision=self.revision + 1,
        )
