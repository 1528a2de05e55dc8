"""The items that the table's stream keeps up to date: evidence, reputations, blocks, campaigns, familiarity, aftermath.

Every write is idempotent and independent of order: repeated, reordered or split batches, and two functions at the same
time, give the same reputation. Evidence keeps the greatest ``order``, sets only grow, times only rise
(``ivr.store.tallies``), and a score is stored only on the revision that was read (``ivr.store.scores``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from ivr.records.base import DAY
from ivr.reputation.evidence import Clearing, Evidence
from ivr.reputation.latest import Latest
from ivr.reputation.projections import RangMany, TallyChange
from ivr.store.scores import Scores
from ivr.store.statistics import Statistics
from ivr.store.tallies import Tallies
from ivr.store.writing import refused

if TYPE_CHECKING:
    from ivr.reputation.projections import Consequence
    from ivr.settings import Settings
    from ivr.store.table import Table

# What is kept by no setting: the rule reads the last ten minutes of a campaign, and the last minute of an aftermath.
_KEPT_SECONDS = {"lines": 3600, "shaken_at": DAY, "refused_at": DAY}


class Retention(NamedTuple):
    """How many days projections are kept: RETENTION_REPUTATION_DAYS and RETENTION_FAMILIAR_DAYS.

    Evidence and a customer's latest call and report expire with the call or report that they are about.
    """

    reputation: int = 400  # after the newest evidence, which has faded by then
    familiar: int = 400  # after a talk with the caller, or a report

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The retention of one deployment."""
        return cls(settings.retention_reputation_days, settings.retention_familiar_days)


RETENTION = Retention()


class Projections:
    """The projections of calls and reports."""

    @classmethod
    def of(cls, table: Table, settings: Settings) -> Self:
        """The projections of one deployment."""
        return cls(table, Retention.of(settings), settings.timezone)

    def __init__(self, table: Table, retention: Retention = RETENTION, timezone: str = "UTC") -> None:
        self._table = table
        self.zone = ZoneInfo(timezone)  # of the days that are counted
        self.statistics = Statistics(table)
        familiar = retention.familiar * DAY
        self._kept = {**_KEPT_SECONDS, "talk_days": familiar, "reported": familiar}
        self._tallies = Tallies(table)
        self.scores = Scores(table, retention.reputation * DAY)

    def store(self, *consequences: Consequence) -> list[str]:
        """Store consequences, in one transaction. Returns the callers who must be scored anew (``scores.refresh``).

        A write that is refused is stored already, or something newer is; the others are then done without it. Raises
        ``StoreUnavailableError`` if all must be retried.
        """
        writes = {f"write_{nth}": write for nth, one in enumerate(consequences) if (write := self._write(one))}
        while writes and (stored := refused(self._table, writes)):
            writes = {name: write for name, write in writes.items() if name not in stored}
        for one in consequences:
            if isinstance(one, RangMany):
                self.scores.campaigns.rang_many(one.caller, one.at)
        return [one.caller for one in consequences if isinstance(one, Evidence | Clearing)]

    def _write(self, consequence: Consequence) -> dict[str, Any] | None:
        match consequence:
            case Evidence():
                # Here and below, an unreadable item is overwritten: nothing else would repair it. The type is checked
                # first, since the comparison of two types may be an error.
                is_newer = "attribute_not_exists(pk) OR NOT attribute_type(#order, :word) OR #order < :order"
                return {"Put": self._table.putting(consequence, is_newer, order=consequence.order, word="S")}
            case Latest():
                is_newer = (
                    "attribute_not_exists(pk) OR NOT attribute_type(#at, :number) "
                    "OR #at < :at OR (#at = :at AND call_sid < :call)"
                )
                at, call = consequence.at, consequence.call_sid
                return {"Put": self._table.putting(consequence, is_newer, at=at, call=call, number="N")}
            case TallyChange(key, name, at, member):
                expires = at + self._kept[name]
                if member:
                    return {"Update": self._tallies.grow(key, name, member, expires)}
                if name == "refused_at":
                    return {"Update": self._tallies.first_of_an_hour(key, name, at, expires)}
                return {"Update": self._tallies.rise(key, name, at, expires)}
        return None  # of a clearing or of many calls no item is written here
