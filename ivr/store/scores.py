"""Callers' scores: computed from their evidence, stored in their reputation, their blocks of numbers and campaigns.

A reputation replaces only the revision that was read before the evidence, and is then computed once more, so that two
functions at the same time end in the same score.
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
from ivr.store import members
from ivr.store.campaigns import Campaigns
from ivr.store.errors import StoreUnavailableError, StoreWriteError

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_RACES = 10  # attempts against another function that scores the same caller; then the batch is retried
_SWEEPS = 5  # attempts to remove voided evidence
_MOST_IN_A_TRANSACTION = 100  # DynamoDB's limit


class Scores:
    """Callers' scores, each kept for ``kept_seconds`` after the newest evidence."""

    def __init__(self, table: Table, kept_seconds: int) -> None:
        self._table = table
        self._kept = kept_seconds
        self.campaigns = Campaigns(table, kept_seconds)

    def refresh(self, caller: str) -> Score:
        """Compute a caller's score from the evidence and store it in the reputation and the blocks."""
        for _ in range(_RACES):
            # The revision is read before the evidence: if another score is stored in between, the put below is refused.
            item, cleared_at = self._known(caller)
            before = self._table.read(kept.Reputation, item)
            score = self._computed(caller, cleared_at)
            if item is None and score == Score():
                return score  # no evidence, nothing to store
            if before and before.score == score:
                self._place(before)
                return score
            stored = kept.Reputation(
                caller=caller,
                # At least the time of the newest evidence, so that it grows even after TTL has removed the reputation.
                revision=max(before.revision + 1 if before else 1, score.as_of),
                expires=max(score.as_of + self._kept, before.expires if before else 0),
                **score._asdict(),
            )
            # Stored or not, compute again: evidence may have changed since it was read, by a function that compared it
            # with the old score and stored no newer revision.
            if item and not before:
                self._table.put(stored)  # over a damaged item, whose revision is unknown
            else:
                self._put_after(stored, before.revision if before else 0)
        raise StoreWriteError(Why.OVERTAKEN)

    def _place(self, reputation: kept.Reputation) -> None:
        """Show a reputation in its caller's blocks and campaign."""
        if not self._write_into_places(reputation):
            return
        # Another function may have stored a newer, better score just before this member was added: correct it.
        newest = self._table.read(kept.Reputation, self._table.get(kept.reputation_key(reputation.caller)))
        if newest and newest.revision > reputation.revision:
            self._write_into_places(newest)

    def _write_into_places(self, reputation: kept.Reputation) -> bool:
        """Write a reputation into each place. True: one of them may show it in place of a better one now."""
        blocks = kept.blocks_of(reputation.caller)
        placed = [self._place_in_block(block, reputation) for block in blocks]
        return any((*placed, self.campaigns.place(reputation)))

    def _known(self, caller: str) -> tuple[Item | None, int]:
        """A caller's reputation, and when the desk cleared them last (0: never)."""
        reputation, clearing = kept.reputation_key(caller), evidence.clearing_key(caller)
        items, missing = self._table.batch_get([reputation, clearing], consistent=True)
        if missing:
            raise StoreUnavailableError(Why.UNPROCESSED)
        known = self._table.read(evidence.Clearing, items.get(clearing))
        return items.get(reputation), known.cleared_at if known else 0

    def _computed(self, caller: str, cleared_at: int) -> Score:
        found = self._evidence(caller)
        for _ in range(_SWEEPS):
            void = [key for key, testimony in found if testimony.at <= cleared_at]
            if not void or len(found) <= WEIGHTS.most_evidence_read:
                break
            self._remove(void, cleared_at)
            found = self._evidence(caller)
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

    def _evidence(self, caller: str) -> list[tuple[ItemKey, evidence.Evidence]]:
        """A caller's evidence in key order, reports before trusts, up to twice ``most_evidence_read`` and one."""
        partition, most = caller_partition(caller), 2 * WEIGHTS.most_evidence_read + 1
        found = self._table.partition(partition, evidence.EVIDENCE, most=most)
        read = ((item, self._table.read(evidence.Evidence, item)) for item in found)
        return [(ItemKey(item["pk"], item["sk"]), testimony) for item, testimony in read if testimony]

    def _put_after(self, reputation: kept.Reputation, revision: int) -> None:
        if revision:
            self._table.put_if(reputation, "revision = :before", before=revision)
        else:
            self._table.put_once(reputation)

    def _place_in_block(self, block: str, reputation: kept.Reputation) -> bool:
        """Add a caller with a bad score to a block, or update the member. True: a bad member was added or updated."""
        bad = is_bad(reputation.score, reputation.as_of)
        name = kept.member_name(block, reputation.caller)
        names = ("as_of", "spam", "legit", "revision", *(("young",) if reputation.young else ()))
        member = {name: getattr(reputation, name) for name in names}
        sets = f"SET #{name} = :member"
        values: dict[str, Value] = {"member": member, "revision": reputation.revision, "number": "N"}
        if bad:  # only a bad member extends the block's expiry
            sets = f"{sets}, expires = :expires"
            values["expires"] = reputation.expires
        condition = members.is_newer(name, adds=bad)
        return self._table.update_if(kept.block_key(block), sets, condition, **values) and bad
