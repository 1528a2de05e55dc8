"""Disputes: a caller says that they were reported wrongly. ``ivr.desk.disputes`` decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.records.base import day_of
from ivr.reputation.disputes import OPEN, Dispute, dispute_key
from ivr.store.counters import DISPUTES, Counters, counts_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.store.table import Table


class Disputes:
    """The disputes, one a number. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def open(self, dispute: Dispute, person: str, *, most: int) -> str:
        """Store a dispute: "opened". "already": one is open, or this call opened one. "capped": ``most`` today."""
        day, now = counts_key(person, day_of(dispute.opened_at)), dispute.opened_at
        refused = self._table.all_or_none(
            once={"Put": self._counters.mark_once(dispute.source, DISPUTES, now)},
            dispute={"Put": self._table.putting(dispute, "attribute_not_exists(pk) OR attribute_exists(#state)")},
            count={"Update": self._counters.increment(day, DISPUTES, now, most=most)},
        )
        if not refused:
            return "opened"
        return "already" if "once" in refused or "dispute" in refused else "capped"

    def all(self) -> Iterator[Dispute]:
        """Every dispute, open ones last."""
        return self._table.read_all(Dispute, self._table.indexed("listing", "list_kind", "disputes"))

    def open_ones(self, most: int) -> tuple[list[Dispute], bool]:
        """The open disputes, oldest first, at most ``most``; and whether there are more. One request."""
        condition = "list_kind = :pk AND begins_with(list_key, :open)"
        items, are_more = self._table.page("listing", condition, most, pk="disputes", open=f"{OPEN}#")
        return [*self._table.read_all(Dispute, items)], are_more

    def get(self, caller: str) -> Dispute | None:
        """The dispute about a number."""
        return self._table.read(Dispute, self._table.get(dispute_key(caller)))
