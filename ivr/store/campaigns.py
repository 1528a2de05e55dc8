"""Campaigns, as the table's stream tells of them: each write is idempotent and independent of order.

A number's reports are written together with its reputation; the hour in which it rang many lines only rises. What an
item holds decides whether its block is listed, and where. That is written only if the item is as it was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.reputation import campaigns
from ivr.reputation.campaigns import Campaign
from ivr.store.blocks import is_same, unchanged

if TYPE_CHECKING:
    from ivr.records.base import Item, ItemKey
    from ivr.reputation.items import Reputation
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_COUNTED = "expires = if_not_exists(expires, :expires) ADD changes :one"


class _Listing(NamedTuple):
    """What a campaign's item has to hold, so that its block is listed or not."""

    sets: str
    removes: str
    values: dict[str, Value]


class Campaigns:
    """Campaigns, each kept for ``kept_seconds`` after it was last heard of."""

    def __init__(self, table: Table, kept_seconds: int) -> None:
        self._table = table
        self._kept = kept_seconds

    def rang_many(self, caller: str, at: int) -> None:
        """Store that a number rang many lines within minutes. Raises ``StoreUnavailableError``."""
        block, name, hour = campaigns.hundred_of(caller), campaigns.rang_name(caller), campaigns.hour_of(at)
        if not block:
            return
        key, expires = campaigns.reported_key(block), hour + self._kept
        is_later = f"attribute_not_exists(#{name}) OR NOT attribute_type(#{name}, :number) OR #{name} < :hour"
        update, values = f"SET #{name} = :hour, {_COUNTED}", {"hour": hour, "expires": expires, "one": 1}
        changed = self._table.change(key, update, is_later, number="N", **values)
        # What is refused is stored already; who stored it may have failed before it was listed.
        item = changed or self._table.get(key) or {}
        listing, (condition, as_read) = self._listing(item), unchanged(item)
        if listing and item:
            update = f"SET {listing.sets}{listing.removes}"
            self._table.update_if(key, update, condition, **as_read, **listing.values)

    def keys(self, caller: str) -> list[ItemKey]:
        """The items over which ``writes`` are made."""
        block = campaigns.hundred_of(caller)
        return [campaigns.reported_key(block)] if block else []

    def writes(self, reputation: Reputation, items: dict[ItemKey, Item]) -> dict[str, Any]:
        """The write by which a caller's block shows a reputation, over ``items`` as they were read; empty: it does.

        Only a report adds a number. The same write lists the block or takes it off the list.
        """
        name, number = campaigns.number_name(reputation.caller), _number(reputation)
        found: dict[str, Any] = {}
        for key in self.keys(reputation.caller):
            item = items.get(key, {})
            condition, as_read = unchanged(item)
            sets: list[str] = []
            values: dict[str, Value] = {**as_read}
            if not is_same(item.get(name), number) and (name in item or reputation.live):
                item = {**item, **key._asdict(), name: number}
                sets += [f"#{name} = :number", "changes = :next"]
                values |= {"number": number, "next": as_read.get("changes", 0) + 1}
            listing = self._listing(item)
            if listing:
                sets.append(listing.sets)
                values |= listing.values
            elif sets:
                sets.append("expires = if_not_exists(expires, :expires)")
                values["expires"] = reputation.last + self._kept
            if sets:
                update = f"SET {', '.join(sets)}{listing.removes if listing else ''}"
                found["campaign"] = {"Update": self._table.updating(key, update, condition, **values)}
        return found

    def _listing(self, item: Item) -> _Listing | None:
        """What is to be written so that a block is listed, or not. None: nothing, or it can't be read."""
        campaign = self._table.read(Campaign, item) if item else None
        if campaign is None:
            return None
        listed = (campaigns.LISTED, campaign.place()) if campaign.is_campaign else (None, None)
        had = item.get("expires")
        expires = max(campaign.newest + self._kept, had if isinstance(had, int) else 0)
        if (item.get("list_kind"), item.get("list_key"), had) == (*listed, expires):
            return None
        if not campaign.is_campaign:
            return _Listing("expires = :expires", " REMOVE list_kind, list_key", {"expires": expires})
        values: dict[str, Value] = {"expires": expires, "kind": campaigns.LISTED, "place": campaign.place()}
        return _Listing("expires = :expires, list_kind = :kind, list_key = :place", "", values)


def _number(reputation: Reputation) -> Item:
    """A number's attribute: what its reports add up to. An earlier release compares ``revision``."""
    names = ("revision", "live", "first", "last", *(("category",) if reputation.category else ()))
    return {name: getattr(reputation, name) for name in names}
