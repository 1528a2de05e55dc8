"""A person's last screened call and last report, for their calls to the report line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.reputation import latest

if TYPE_CHECKING:
    from ivr.reputation.latest import Latest
    from ivr.store.table import Table


class LatestRecords:
    """The newest call and report of a person. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def call(self, person: str) -> Latest | None:
        """The last screened call to a person."""
        return self._table.read(latest.Latest, self._table.get(latest.latest_key(person, latest.CALL)))

    def report(self, person: str) -> Latest | None:
        """A person's last report on a screened call."""
        return self._table.read(latest.Latest, self._table.get(latest.latest_key(person, latest.REPORT)))
