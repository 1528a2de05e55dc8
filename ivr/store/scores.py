"""Callers' scores: computed from their evidence, stored in their reputation, their blocks of numbers and campaigns.

A reputation and what shows it elsewhere are one transaction. It replaces only the revision that was read before the
evidence, and is then computed once more, so that two functions at the same time end in the same score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.observability.failures import Why
from ivr.records.base import ItemKey
from ivr.reputation import evidence
from ivr.reputation import items as kept
from ivr.reputation.keys import caller_partition
from ivr.reputation.scoring import Score, compute_score
from ivr.reputation.weights import WEIGHTS
from ivr.store.attributes import expressions
from ivr.store.blocks import Blocks
from ivr.store.campaigns import Campaigns
from ivr.store.errors import CONFLICT, StoreUnavailableError, StoreWriteError
from ivr.store.writing import refused

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.store.table import Table

_RACES = 10  # attempts against another function at the same caller or its neighbours; then the batch is retried
_SWEEPS = 5  # attempts to remove voided evidence
_MOST_IN_A_TRANSACTION = 100  # DynamoDB's limit
_FIRST, _LAST = "CLEARING", f"{evidence.EVIDENCE}~"
_BESIDE = 3  # a clearing, a decision and a dispute lie between these; what was counted of disputes may be more


class Scores:
    """Callers' scores, each kept for ``kept_seconds`` after the newest evidence."""

    def __init__(self, table: Table, kept_seconds: int) -> None:
        self._table = table
        self._kept = kept_seconds
        self.campaigns = Campaigns(table, kept_seconds)
        self.blocks = Blocks(table)

    def refresh(self, caller: str) -> Score:
        """Compute a caller's score from the evidence and store it in the reputation, the blocks and the campaign."""
        key = kept.reputation_key(caller)
        for _ in range(_RACES):
            # The revision is read before the evidence: if another score is stored in between, the put below is refused.
            items = self._items([key, *self.blocks.keys(caller), *self.campaigns.keys(caller)])
            before = self._table.read(kept.Reputation, items.get(key))
            score = self._computed(caller)
            if key not in items and score == Score():
                return score  # no evidence, nothing to store
            stored = before if before and before.score == score else self._next(caller, score, before)
            writes = {**self.blocks.writes(stored, items), **self.campaigns.writes(stored, items)}
            if stored is not before:
                writes["reputation"] = {"Put": self._put_after(stored, items.get(key), before)}
            # Stored or not, compute again: evidence may have changed since it was read, by a function that compared it
            # with the old score and stored no newer revision.
            if not writes or (self._are_done(writes) and (stored is before or self._computed(caller) == score)):
                return score
        raise StoreWriteError(Why.OVERTAKEN)

    def settle_block(self, block: str) -> None:
        """Store until when a block is bad, after one of its members was taken out."""
        for _ in range(_RACES):
            if self._are_done(self.blocks.without(block)):
                return
        raise StoreWriteError(Why.OVERTAKEN)

    def _next(self, caller: str, score: Score, before: kept.Reputation | None) -> kept.Reputation:
        return kept.Reputation(
            caller=caller,
            # At least the time of the newest evidence, so that it grows even after TTL has removed the reputation.
            revision=max(before.revision + 1 if before else 1, score.as_of),
            expires=max(score.as_of + self._kept, before.expires if before else 0),
            **score._asdict(),
        )

    def _put_after(self, reputation: kept.Reputation, item: Item | None, before: kept.Reputation | None) -> Any:
        if before:
            return self._table.putting(reputation, "revision = :before", before=before.revision)
        # A damaged item is replaced, whatever its revision is.
        return self._table.putting(reputation) if item else self._table.putting_once(reputation)

    def _are_done(self, writes: dict[str, Any]) -> bool:
        """Do all of these writes. False: none was done, since another function was there first."""
        try:
            return not refused(self._table, writes)
        except StoreWriteError as error:
            if error.code != CONFLICT:
                raise
            return False

    def _items(self, keys: list[ItemKey]) -> dict[ItemKey, Item]:
        items, missing = self._table.batch_get(keys, consistent=True)
        if missing:
            raise StoreUnavailableError(Why.UNPROCESSED)
        return items

    def _computed(self, caller: str) -> Score:
        cleared_at, found = self._evidence(caller)
        for _ in range(_SWEEPS):
            void = [key for key, testimony in found if testimony.at <= cleared_at]
            if not void or len(found) <= WEIGHTS.most_evidence_read:
                break
            self._remove(void, cleared_at)
            cleared_at, found = self._evidence(caller)
        return compute_score([testimony for _, testimony in found], cleared_at=cleared_at, weights=WEIGHTS)

    def _remove(self, void: list[ItemKey], cleared_at: int) -> None:
        """Remove evidence from before the clearing, so that it doesn't use up the limit of evidence that is read."""
        still_void = "attribute_not_exists(pk) OR #at <= :to"
        for first in range(0, len(void), _MOST_IN_A_TRANSACTION):
            deletes = {
                f"evidence_{nth}": {"Delete": self._table.deleting(key, still_void, to=cleared_at)}
                for nth, key in enumerate(void[first : first + _MOST_IN_A_TRANSACTION])
            }
            self._table.all_or_none(**deletes)  # refused if one has just changed: the next sweep reads it again

    def _evidence(self, caller: str) -> tuple[int, list[tuple[ItemKey, evidence.Evidence]]]:
        """When the desk cleared a caller last (0: never), and the caller's evidence in key order.

        One request, and a second where much else lies before the evidence. Reports come before trusts, and up to twice
        ``most_evidence_read`` and one are read.
        """
        most = 2 * WEIGHTS.most_evidence_read + 1
        values = {"pk": caller_partition(caller), "first": _FIRST, "last": _LAST}
        condition = expressions(values, KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last")
        items, are_more = self._table.query({**condition, "ConsistentRead": True, "Limit": most + _BESIDE})
        read = self._table.read
        cleared = [read(evidence.Clearing, item) for item in items if item["sk"] == _FIRST]
        found = [item for item in items if item["sk"].startswith(evidence.EVIDENCE)][:most]
        if are_more and len(found) < most:
            found = [*self._table.partition(values["pk"], evidence.EVIDENCE, most=most)]
        told = [(ItemKey(item["pk"], item["sk"]), one) for item in found if (one := read(evidence.Evidence, item))]
        return max((one.cleared_at for one in cleared if one), default=0), told
