"""A customer's last screened call and last report, kept up to date by the table's stream."""

from __future__ import annotations

from ivr.records.base import ItemKey, Record, record

CALL, REPORT = "CALL", "REPORT"


def latest_key(person: str, what: str) -> ItemKey:
    """The key of a person's latest call or report."""
    return ItemKey(f"PERSON#{person}", f"LATEST#{what}")


@record
class Latest(Record):
    """A person's newest screened call, or newest report."""

    person: str  # pseudonym
    what: str  # CALL or REPORT
    call_sid: str
    line: str
    at: int
    expires: int
    which: str = ""  # of a report: its name within the call

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return latest_key(self.person, self.what)
