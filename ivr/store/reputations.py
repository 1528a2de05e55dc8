"""Callers' reputations, to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.reputation.items import Reputation, reputation_key

if TYPE_CHECKING:
    from ivr.store.table import Table


class Reputations:
    """Callers' reputations, as the reputation function stored them. Methods may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, caller: str) -> Reputation | None:
        """A caller's reputation."""
        return self._table.read(Reputation, self._table.get(reputation_key(caller)))
