"""Callers who fail the human check again and again: a robot that presses at random, and fails more often than not.

A number that is shown proves nothing, so the most that comes of it is a warning, for an hour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr.records.base import ItemKey, Record
from ivr.reputation.keys import caller_partition

if TYPE_CHECKING:
    from typing import Self

_FAILURE = re.compile(r"[0-9]{1,12}-[A-Za-z0-9]{1,12}", re.ASCII)
WITHIN_SECONDS = 3600  # so many failures in so long flag the number, and for as long again


def checks_key(caller: str) -> ItemKey:
    """Where a caller's failed checks of the last hour are kept."""
    return ItemKey(caller_partition(caller), "CHECKS")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedChecks(Record):
    """The checks that a number has failed within an hour, one a call."""

    caller: str
    expires: int
    failures: str = ""  # each as its time and a word for its call, with blanks between
    flagged_until: int = 0
    revision: int = 0  # grows with each failure: of two at once none is lost

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return checks_key(self.caller)

    def makes_sense(self) -> bool:  # noqa: D102
        return all(map(_FAILURE.fullmatch, self.failures.split()))

    def and_of(self, call_sid: str, now: int, *, most: int) -> Self:
        """What is known once this call has failed too; ``most`` within an hour flag the number. A call fails once."""
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
