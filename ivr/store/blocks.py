"""The blocks of numbers in which a bad caller is a member: their scores, and until when these make a block bad.

The scores are in an item of their own, which no call reads: a verdict needs one time of a block, however many of its
numbers are reported. An earlier release kept the scores in the item that a verdict reads. They move at the next change
of the block; until then a verdict counts them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.reputation import items as kept
from ivr.reputation.scoring import bad_until

if TYPE_CHECKING:
    from ivr.records.base import Item, ItemKey
    from ivr.reputation.items import Reputation
    from ivr.store.attributes import Value
    from ivr.store.table import Table

Items = dict["ItemKey", "Item"]


class Blocks:
    """The writes that show a reputation in its caller's blocks."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keys(self, caller: str) -> list[ItemKey]:
        """The items over which ``writes`` are made."""
        return [key for block in kept.blocks_of(caller) for key in _keys(block)]

    def writes(self, reputation: Reputation, items: Items) -> dict[str, Any]:
        """The writes by which a caller's blocks show a reputation, over ``items`` as they were read; empty: they do.

        A caller with a bad score becomes a member and stays one, with each newer score. Only a bad one extends the
        block's expiry.
        """
        found: dict[str, Any] = {}
        member = _member(reputation)
        for block in kept.blocks_of(reputation.caller):
            members, name = _members(block, items), kept.member_name(block, reputation.caller)
            if name not in members and "until" not in member:
                continue
            if not is_same(members.get(name), member):
                members[name] = member
            found |= self._writes(block, members, items, reputation.expires if "until" in member else 0)
        return found

    def without(self, block: str) -> dict[str, Any]:
        """The writes by which a block says what its members are, after one of them was taken out."""
        items, _ = self._table.batch_get([*_keys(block)], consistent=True)
        return self._writes(block, _members(block, items), items, 0)

    def _writes(self, block: str, members: Item, items: Items, expires: int) -> dict[str, Any]:
        told, scores = (items.get(key, {}) for key in _keys(block))
        told_key, scores_key = _keys(block)
        until, moved = kept.block_bad_until(members), kept.members_in(told)
        expires = max(expires, *(one for item in (told, scores) if isinstance(one := item.get("expires"), int)), 0)
        changed: dict[str, Value] = {name: one for name, one in members.items() if scores.get(name) != one}
        condition, as_read = unchanged(scores)
        writes: dict[str, Any] = {}
        is_told = not moved and until == told.get("bad_until", 0)
        if changed or not is_told:  # the count of changes keeps two functions apart
            update = f"SET {''.join(f'#{name} = :{name}, ' for name in changed)}changes = :next, expires = :expires"
            changed |= {**as_read, "next": as_read.get("changes", 0) + 1, "expires": expires}
            writes[f"scores_{block}"] = {"Update": self._table.updating(scores_key, update, condition, **changed)}
        if not is_told:
            removes = f" REMOVE {', '.join(f'#{name}' for name in moved)}" if moved else ""
            update = f"SET bad_until = :until, expires = :expires{removes}"
            told_now = self._table.updating(told_key, update, until=until, expires=expires)
            writes[f"told_{block}"] = {"Update": told_now}
        return writes


def _keys(block: str) -> tuple[ItemKey, ItemKey]:
    return kept.block_key(block), kept.members_key(block)


def _members(block: str, items: Items) -> Item:
    """The members of a block; an earlier release's item may hold some."""
    return {name: one for key in _keys(block) for name, one in kept.members_in(items.get(key, {})).items()}


def _member(reputation: Reputation) -> Item:
    """A member's attribute. ``until`` is only in that of a bad one; an earlier release compares ``revision``."""
    names = ("as_of", "spam", "legit", "revision", *(("young",) if reputation.young else ()))
    until = bad_until(reputation.score)
    return {**{name: getattr(reputation, name) for name in names}, **({"until": until} if until else {})}


def is_same(shown: object, wanted: Item) -> bool:
    """Whether what is shown of a reputation is what it says, whatever its revision."""
    return isinstance(shown, dict) and {**shown, "revision": 0} == {**wanted, "revision": 0}


def unchanged(item: Item) -> tuple[str, dict[str, int]]:
    """The condition that an item's count of ``changes`` is as it was read, and its value."""
    if "changes" not in item:
        return "attribute_not_exists(changes)", {}
    if isinstance(item["changes"], int):
        return "changes = :changes", {"changes": item["changes"]}
    return "attribute_exists(changes)", {}  # damaged
