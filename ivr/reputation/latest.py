"""Where a customer's last screened call and last report are found; kept up to date by the table's stream."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.records.base import ItemKey, Record

CALL, REPORT = "CALL", "REPORT"


def latest_key(person: str, what: str) -> ItemKey:
    """Where a person's latest call or report is named."""
    return ItemKey(f"PERSON#{person}", f"LATEST#{what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest(Record):
    """The newest of a person's screened calls, or of their reports."""

    person: str  # pseudonym
    what: str  # CALL or REPORT
    call_sid: str
    line: str
    at: int
    expires: int
    which: str = ""  # of a report: which of its call's

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return latest_key(self.person, self.what)
