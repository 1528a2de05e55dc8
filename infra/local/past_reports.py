"""Reports that other people made of a caller some time ago, to begin a call or a script with."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ivr.pseudonym import pseudonym
from ivr.records.base import DAY
from ivr.reports import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPORTED_LINE = "+12025550180"  # no customer's: reports on a line's own calls would change how it is called
_KEPT_DAYS = 400


def of(caller: str, *, people: int, at: int, key: str, category: str = "prize") -> Iterator[Report]:
    """Reports that count, each made by another person, at a time in epoch seconds. ``key`` is the deployment's."""
    for nth in range(people):
        drawn = hashlib.sha256(f"{caller} {nth} {at}".encode()).hexdigest()
        yield Report(
            call_sid=f"CA{drawn[:32]}",
            which="screened",
            reference=f"{int(drawn[:8], 16) % 10**8:08}",
            reported_at=at,
            reporter=pseudonym(f"reporter {nth} of a call script", key),
            expires=at + _KEPT_DAYS * DAY,
            verified=1,
            caller=caller,
            line=_REPORTED_LINE,
            verdict="unknown",
            reason="unknown",
            category=category,
            loss="no",
        )
