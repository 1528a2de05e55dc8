"""Sets that only grow and times that only rise: repeated or reordered writes give the same result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivr.records.base import ItemKey
    from ivr.store.table import Table

_HOUR = 3600  # in which one blocked call makes its line careful
# Lines of a campaign, days of talks: enough for every rule, and the item stays within 1 kB, so that a write to a full
# set, which its condition refuses, costs one write unit of the partition.
MOST_MEMBERS = 50


class Tallies:
    """The writes of the sets and times that follow from calls and reports: the arguments of an UpdateItem each."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def grow(self, key: ItemKey, name: str, member: str, expires: int) -> Any:
        """Add a member to the set ``name``, unless it is full or has it."""
        return self._table.updating(
            key,
            f"ADD #{name} :members, held :one SET expires = :expires",
            f"attribute_not_exists(#{name}) OR (NOT contains(#{name}, :member) AND held < :most)",
            members={member},
            member=member,
            one=1,
            most=MOST_MEMBERS,
            expires=expires,
        )

    def first_of_an_hour(self, key: ItemKey, name: str, at: int, expires: int) -> Any:
        """Set a time to ``at`` (epoch seconds) if it is the first of its hour and no later hour is stored."""
        hour = at - at % _HOUR
        is_first = (
            f"attribute_not_exists(#{name}) OR NOT attribute_type(#{name}, :number) "
            f"OR #{name} < :hour OR (#{name} > :at AND #{name} < :next)"
        )
        update = f"SET #{name} = :at, expires = :expires"
        return self._table.updating(
            key, update, is_first, at=at, expires=expires, hour=hour, next=hour + _HOUR, number="N"
        )

    def rise(self, key: ItemKey, name: str, at: int, expires: int) -> Any:
        """Set a time to ``at`` (epoch seconds) unless a later one is stored."""
        is_later = f"attribute_not_exists(#{name}) OR NOT attribute_type(#{name}, :number) OR #{name} < :at"
        return self._table.updating(
            key, f"SET #{name} = :at, expires = :expires", is_later, at=at, expires=expires, number="N"
        )
