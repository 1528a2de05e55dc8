"""The desk's decisions on numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.screening.desk_decision import DeskDecision, decision_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.store.table import Table


class Decisions:
    """The desk's decisions, one a number. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> Iterator[DeskDecision]:
        """All decisions, by number."""
        return self._table.read_all(DeskDecision, self._table.indexed("listing", "list_kind", "callers"))

    def get(self, caller: str) -> DeskDecision | None:
        """The desk's decision on a number."""
        return self._table.read(DeskDecision, self._table.get(decision_key(caller)))
