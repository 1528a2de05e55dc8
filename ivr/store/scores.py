"""Callers' scores: computed from their evidence, stored as their reputation, and set in their blocks of numbers.

A reputation is stored only on the revision that its evidence was read after, and then compared once more, so that two
functions that race end in the same score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.observability.failures import Why
from ivr.records.base import ItemKey
from ivr.reputation import evidence
from ivr.reputation import items as kept
from ivr.reputation.keys import caller_partition
from ivr.reputation.scoring import Score, compute_score, is_bad
from ivr.reputation.weights import WEIGHTS
from ivr.store.errors import StoreWriteError

if TYPE_CHECKING:
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_RACES = 10  # two functions that score the same caller take turns; more than this is a fault worth a retry
_SWEEPS = 5  # times that room is made among evidence that a clearing voided
_MOST_IN_A_TRANSACTION = 100  # DynamoDB's limit


class Scores:
    """Callers' scores, each kept for ``kept_seconds`` after the newest evidence."""

    def __init__(self, table: Table, kept_seconds: int) -> None:
        self._table = table
        self._kept = kept_seconds

    def refresh(self, caller: str) -> Score:
        """Compute a caller's score from their evidence and store it, with their place in their blocks."""
        for _ in range(_RACES):
            # The revision is read before the evidence: a score that is stored in between makes this round start again.
            item = self._table.get(kept.reputation_key(caller))
            before = self._table.read(kept.Reputation, item)
            score = self._computed(caller)
            if item is None and score == Score():
                return score  # nothing is known of them, and nothing need be kept
            if before and before.standing == score:
                self._place_in_blocks(before)
                return score
            stored = kept.Reputation(
                caller=caller,
                # Never lower than the time of the newest evidence: it grows even where TTL has removed the last one.
                revision=max(before.revision + 1 if before else 1, score.as_of),
                expires=max(score.as_of + self._kept, before.expires if before else 0),
                **score._asdict(),
            )
            # Stored or not, look again: evidence may have changed since it was read, and the function that changed it
            # may have found the stored score to be right, and so left no newer revision.
            if item and not before:
                self._table.put(stored)  # in place of one that can't be read, whose revision nobody knows
            else:
                self._put_after(stored, before.revision if before else 0)
        raise StoreWriteError(Why.OVERTAKEN)

    def _place_in_blocks(self, reputation: kept.Reputation) -> None:
        blocks = kept.blocks_of(reputation.caller)
        placed = [self._place(block, reputation) for block in blocks]
        if not any(placed):
            return
        # A function that scored them meanwhile, and no longer found them bad, saw no member there to correct.
        newest = self._table.read(kept.Reputation, self._table.get(kept.reputation_key(reputation.caller)))
        if newest and newest.revision > reputation.revision:
            for block in blocks:
                self._place(block, newest)

    def _computed(self, caller: str) -> Score:
        clearing = self._table.read(evidence.Clearing, self._table.get(evidence.clearing_key(caller)))
        cleared_at = clearing.cleared_at if clearing else 0
        found = self._evidence(caller)
        for _ in range(_SWEEPS):
            void = [key for key, testimony in found if testimony.at <= cleared_at]
            if not void or len(found) <= WEIGHTS.most_evidence_read:
                break
            self._remove(void, cleared_at)
            found = self._evidence(caller)
        return compute_score([testimony for _, testimony in found], cleared_at=cleared_at, weights=WEIGHTS)

    def _remove(self, void: list[ItemKey], cleared_at: int) -> None:
        """Remove evidence that will never count again, so that it can't crowd out what came after the clearing."""
        still_void = "attribute_not_exists(pk) OR #at <= :to"
        for first in range(0, len(void), _MOST_IN_A_TRANSACTION):
            deletes = {
                f"evidence_{nth}": {"Delete": self._table.deleting(key, still_void, to=cleared_at)}
                for nth, key in enumerate(void[first : first + _MOST_IN_A_TRANSACTION])
            }
            self._table.all_or_none(**deletes)  # refused where one of them has just changed: the next sweep sees it

    def _evidence(self, caller: str) -> list[tuple[ItemKey, evidence.Evidence]]:
        """A caller's evidence in the order of its keys: one report more than is counted, then as many trusts."""
        partition, most = caller_partition(caller), 2 * WEIGHTS.most_evidence_read + 1
        found = self._table.partition(partition, evidence.EVIDENCE, most=most)
        read = ((item, self._table.read(evidence.Evidence, item)) for item in found)
        return [(ItemKey(item["pk"], item["sk"]), testimony) for item, testimony in read if testimony]

    def _put_after(self, reputation: kept.Reputation, revision: int) -> None:
        if revision:
            self._table.put_if(reputation, "revision = :before", before=revision)
        else:
            self._table.put_once(reputation)

    def _place(self, block: str, reputation: kept.Reputation) -> bool:
        """Put a caller who was bad at their worst into a block, or correct one who is in it. True: a bad one is new."""
        bad = is_bad(reputation.standing, reputation.as_of)
        name = kept.member_name(block, reputation.caller)
        names = ("as_of", "spam", "legit", "revision", *(("young",) if reputation.young else ()))
        member = {name: getattr(reputation, name) for name in names}
        sets, condition = f"SET #{name} = :member", f"#{name}.revision < :revision"
        condition = f"(attribute_exists(#{name}) AND NOT attribute_type(#{name}.revision, :number)) OR {condition}"
        values: dict[str, Value] = {"member": member, "revision": reputation.revision, "number": "N"}
        if bad:  # a caller who is not, or no longer, does not change how long the others are kept
            sets, condition = f"{sets}, expires = :expires", f"attribute_not_exists(#{name}) OR {condition}"
            values["expires"] = reputation.expires
        return self._table.update_if(kept.block_key(block), sets, condition, **values) and bad
