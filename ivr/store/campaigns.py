"""Campaigns, as the table's stream tells of them: each write is idempotent and independent of order.

A number's reports replace those of an older revision of its reputation; the hour in which it rang many lines only
rises. What an update leaves behind decides whether the block is listed, and where. That is written only if the item is
still so: who changes it meanwhile lists it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.reputation import campaigns
from ivr.reputation.campaigns import Campaign
from ivr.store import members

if TYPE_CHECKING:
    from ivr.records.base import Item, ItemKey
    from ivr.reputation.items import Reputation
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_COUNTED = "expires = if_not_exists(expires, :expires) ADD changes :one"


class Campaigns:
    """Campaigns, each kept for ``kept_seconds`` after it was last heard of."""

    def __init__(self, table: Table, kept_seconds: int) -> None:
        self._table = table
        self._kept = kept_seconds

    def rang_many(self, caller: str, at: int) -> None:
        """Store that a number rang many lines within minutes. Raises ``StoreUnavailableError``."""
        block, name, hour = campaigns.hundred_of(caller), campaigns.rang_name(caller), campaigns.hour_of(at)
        if block:
            is_later = f"attribute_not_exists(#{name}) OR NOT attribute_type(#{name}, :number) OR #{name} < :hour"
            self._change(block, f"SET #{name} = :hour, {_COUNTED}", is_later, hour, hour=hour, number="N")

    def place(self, reputation: Reputation) -> bool:
        """Store what a number's reports add up to. True: reports were stored. Raises ``StoreUnavailableError``."""
        block, name = campaigns.hundred_of(reputation.caller), campaigns.number_name(reputation.caller)
        if not block:
            return False
        names = ("revision", "live", "first", "last", *(("category",) if reputation.category else ()))
        values: dict[str, Value] = {
            "reports": {one: getattr(reputation, one) for one in names},
            "revision": reputation.revision,
            "number": "N",
        }
        is_newer = members.is_newer(name, adds=bool(reputation.live))  # only a report adds a number
        stored = self._change(block, f"SET #{name} = :reports, {_COUNTED}", is_newer, reputation.last, **values)
        return stored and bool(reputation.live)

    def _change(self, block: str, update: str, condition: str, at: int, **values: Value) -> bool:
        key, expires = campaigns.reported_key(block), at + self._kept
        changed = self._table.change(key, update, condition, expires=expires, one=1, **values)
        # What is refused is stored already; who stored it may have failed before it was listed.
        item = changed or self._table.get(key)
        if item:
            self._list(key, item)
        return changed is not None

    def _list(self, key: ItemKey, item: Item) -> None:
        campaign = self._table.read(Campaign, item)
        if campaign is None or "changes" not in item:
            return
        listed = (campaigns.LISTED, campaign.place()) if campaign.is_campaign else (None, None)
        expires = max(campaign.newest + self._kept, int(item.get("expires", 0)))
        if (item.get("list_kind"), item.get("list_key"), item.get("expires")) == (*listed, expires):
            return
        values: dict[str, Value] = {"changes": item["changes"], "expires": expires}
        if campaign.is_campaign:
            update = "SET expires = :expires, list_kind = :kind, list_key = :place"
            values |= {"kind": campaigns.LISTED, "place": campaign.place()}
        else:
            update = "SET expires = :expires REMOVE list_kind, list_key"
        self._table.update_if(key, update, "changes = :changes", **values)
