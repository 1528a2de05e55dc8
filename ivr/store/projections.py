"""What the table's stream keeps up to date: evidence, reputations, blocks, campaigns, familiarity, aftermath.

Every write is idempotent and independent of order, so that any batch twice, in any order, split anywhere, and with two
functions racing, ends in the same reputation: evidence is kept by its greatest ``order``, sets only grow, times only
rise, and a reputation is stored only on the revision that its evidence was read after, and then compared once more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from ivr.observability.failures import Why
from ivr.records.base import DAY, ItemKey
from ivr.reputation import evidence, projections
from ivr.reputation import items as kept
from ivr.reputation.keys import caller_partition
from ivr.reputation.scoring import Score, compute_score, is_bad
from ivr.reputation.weights import WEIGHTS
from ivr.store.table import StoreWriteError, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.settings import Settings
    from ivr.store.table import Value

_RACES = 10  # two functions that reckon the same caller take turns; more than this is a fault worth a retry
_CAMPAIGN_KEPT_SECONDS = 3600  # the rule reads the last ten minutes of it
_AFTERMATH_KEPT_SECONDS = DAY  # the rule reads the last minute of it
_HOUR = 3600  # in which one blocked call makes its line careful
_SWEEPS = 5  # times that a reckoning makes room among evidence that a clearing voided
_MOST_IN_A_TRANSACTION = 100  # DynamoDB's limit
# Lines of a campaign, days of talks: enough for every rule, and the item stays within a kB. A write to a full one,
# which its condition refuses, so costs one unit of the campaign's partition and not two.
MOST_HELD = 50


class Retention(NamedTuple):
    """For how many days what is derived is kept: the settings RETENTION_REPUTATION_DAYS and RETENTION_FAMILIAR_DAYS.

    Evidence, and what names a customer's last call and report, goes with the report or the call that it is of.
    """

    reputation: int = 400  # after the newest evidence, by when that has faded
    familiar: int = 400  # after a talk with the caller, or a report


RETENTION = Retention()


class Projections(Table):
    """The table, as the reputation function uses it."""

    def __init__(self, table: str, client: DynamoDBClient, retention: Retention = RETENTION) -> None:
        super().__init__(table, client)
        self._reputation_kept, self._familiar_kept = (days * DAY for days in retention)

    @classmethod
    def of(cls, settings: Settings, client: DynamoDBClient) -> Self:
        """The table of one deployment."""
        retention = Retention(settings.retention_reputation_days, settings.retention_familiar_days)
        return cls(settings.table_name, client, retention)

    def apply(self, consequence: projections.Consequence) -> None:
        """Store one consequence. Raises ``StoreUnavailableError`` where it must be tried again."""
        match consequence:
            case projections.Testifies(testimony):
                # What can't be read gives way to what can, here and below: nothing else would ever mend it. Its type
                # is asked for first, since a comparison of two types may be an error.
                is_newer = "attribute_not_exists(pk) OR NOT attribute_type(#order, :word) OR #order < :order"
                self._put_if(testimony, is_newer, order=testimony.order, word="S")
                self.reckon(testimony.caller)
            case projections.Newer(latest):
                is_newer = (
                    "attribute_not_exists(pk) OR NOT attribute_type(#at, :number) "
                    "OR #at < :at OR (#at = :at AND call_sid < :call)"
                )
                self._put_if(latest, is_newer, at=latest.at, call=latest.call_sid, number="N")
            case projections.Clears(caller):
                self.reckon(caller)
            case projections.CallArrived(caller, line, at):
                self._grow(kept.campaign_key(caller, at), "lines", line, at + _CAMPAIGN_KEPT_SECONDS)
            case projections.CallAccepted(line, caller, day):
                talked = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
                self._grow(kept.familiar_key(line, caller), "talk_days", day, talked + self._familiar_kept)
            case projections.Distrusted(line, caller, at):
                self._rise(kept.familiar_key(line, caller), "reported", at, at + self._familiar_kept)
            case projections.RecentFraud(line, at):
                self._rise(kept.aftermath_key(line), "shaken_at", at, at + _AFTERMATH_KEPT_SECONDS)
            case projections.Refused(line, at):
                self._first_of_an_hour(kept.aftermath_key(line), "refused_at", at, at + _AFTERMATH_KEPT_SECONDS)

    def reckon(self, caller: str) -> Score:
        """Reckon a caller's reputation from their evidence and store it, with their place in their blocks."""
        for _ in range(_RACES):
            # The revision is read before the evidence: whoever stores in between makes this round start again.
            item = self._get(kept.reputation_key(caller))
            before = self._read(kept.Reputation, item)
            standing = self._reckoned(caller)
            if item is None and standing == Score():
                return standing  # nothing is known of them, and nothing need be kept
            if before and before.standing == standing:
                self._place_in_blocks(before)
                return standing
            stored = kept.Reputation(
                caller=caller,
                # Never lower than the time of the newest evidence: it grows even where TTL has removed the last one.
                revision=max(before.revision + 1 if before else 1, standing.as_of),
                expires=max(standing.as_of + self._reputation_kept, before.expires if before else 0),
                **standing._asdict(),
            )
            # Stored or not, look again: evidence may have changed since it was read, and whoever changed it may have
            # found what was stored until now to be right, and so left no newer revision.
            if item and not before:
                self.put(stored)  # in place of one that can't be read, whose revision nobody knows
            else:
                self._put_after(stored, before.revision if before else 0)
        raise StoreWriteError(Why.OVERTAKEN)

    def _place_in_blocks(self, reputation: kept.Reputation) -> None:
        blocks = kept.blocks_of(reputation.caller)
        placed = [self._place(block, reputation) for block in blocks]
        if not any(placed):
            return
        # Whoever reckoned them meanwhile, and no longer found them bad, saw no member there to correct.
        newest = self._read(kept.Reputation, self._get(kept.reputation_key(reputation.caller)))
        if newest and newest.revision > reputation.revision:
            for block in blocks:
                self._place(block, newest)

    def _reckoned(self, caller: str) -> Score:
        clearing = self._read(evidence.Clearing, self._get(evidence.clearing_key(caller)))
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
        for first in range(0, len(void), _MOST_IN_A_TRANSACTION):
            # Refused where one of them has just said something new: the next sweep sees it.
            self._all_or_none(
                *(
                    {"Delete": self._deleting(key, "attribute_not_exists(pk) OR #at <= :to", to=cleared_at)}
                    for key in void[first : first + _MOST_IN_A_TRANSACTION]
                )
            )

    def _evidence(self, caller: str) -> list[tuple[ItemKey, evidence.Evidence]]:
        """A caller's evidence in the order of its keys: one report more than is reckoned, then as many trusts."""
        partition, most = caller_partition(caller), 2 * WEIGHTS.most_evidence_read + 1
        found = self._partition(partition, evidence.EVIDENCE, most=most)
        read = ((item, self._read(evidence.Evidence, item)) for item in found)
        return [(ItemKey(item["pk"], item["sk"]), testimony) for item, testimony in read if testimony]

    def _put_after(self, reputation: kept.Reputation, revision: int) -> None:
        if revision:
            self._put_if(reputation, "revision = :before", before=revision)
        else:
            self.put_once(reputation)

    def _place(self, block: str, reputation: kept.Reputation) -> bool:
        """Put a caller who was bad at their worst into a block, or correct one who is in it. True: a bad one is new."""
        bad = is_bad(reputation.standing, reputation.as_of)
        name = kept.member_name(block, reputation.caller)
        names = ("as_of", "spam", "legit", "revision", *(("young",) if reputation.young else ()))
        member = {name: getattr(reputation, name) for name in names}
        sets, condition = f"SET #{name} = :member", f"#{name}.revision < :revision"
        condition = f"(attribute_exists(#{name}) AND NOT attribute_type(#{name}.revision, :number)) OR {condition}"
        values: dict[str, Value] = {"member": member, "revision": reputation.revision, "number": "N"}
        if bad:  # whoever is not, or no longer, does not change how long the others are kept
            sets, condition = f"{sets}, expires = :expires", f"attribute_not_exists(#{name}) OR {condition}"
            values["expires"] = reputation.expires
        return self._update_if(kept.block_key(block), sets, condition, **values) and bad

    def _grow(self, key: ItemKey, name: str, member: str, expires: int) -> None:
        """Add a member to a set that has room for it: twice is once, and the order does not matter."""
        self._update_if(
            key,
            f"ADD #{name} :members, held :one SET expires = :expires",
            f"attribute_not_exists(#{name}) OR (NOT contains(#{name}, :member) AND held < :most)",
            members={member},
            member=member,
            one=1,
            most=MOST_HELD,
            expires=expires,
        )

    def _first_of_an_hour(self, key: ItemKey, name: str, at: int, expires: int) -> None:
        """Set a time to ``at`` where that is the first of its hour and no later hour has one: the same in any order."""
        hour = at - at % _HOUR
        is_first = (
            f"attribute_not_exists(#{name}) OR NOT attribute_type(#{name}, :number) "
            f"OR #{name} < :hour OR (#{name} > :at AND #{name} < :next)"
        )
        update = f"SET #{name} = :at, expires = :expires"
        self._update_if(key, update, is_first, at=at, expires=expires, hour=hour, next=hour + _HOUR, number="N")

    def _rise(self, key: ItemKey, name: str, at: int, expires: int) -> None:
        """Set a time to ``at`` unless a later one stands there."""
        is_later = f"attribute_not_exists(#{name}) OR NOT attribute_type(#{name}, :number) OR #{name} < :at"
        self._update_if(key, f"SET #{name} = :at, expires = :expires", is_later, at=at, expires=expires, number="N")
