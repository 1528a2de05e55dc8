"""What the table's stream keeps up to date: evidence, reputations, blocks, campaigns, familiarity, aftermath.

Every write is idempotent and independent of order, so that any batch twice, in any order, split anywhere, and with two
functions racing, ends in the same reputation: evidence is kept by its greatest ``order``, sets only grow, times only
rise (``ivr.store.tallies``), and a score is stored on a revision (``ivr.store.scores``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from ivr.records.base import DAY
from ivr.reputation.evidence import Clearing, Evidence
from ivr.reputation.latest import Latest
from ivr.reputation.projections import TallyChange
from ivr.store.scores import Scores
from ivr.store.tallies import Tallies

if TYPE_CHECKING:
    from ivr.reputation.projections import Consequence
    from ivr.settings import Settings
    from ivr.store.table import Table

# What is kept by no setting: the rule reads the last ten minutes of a campaign, and the last minute of an aftermath.
_KEPT_SECONDS = {"lines": 3600, "shaken_at": DAY, "refused_at": DAY}


class Retention(NamedTuple):
    """For how many days what is derived is kept: the settings RETENTION_REPUTATION_DAYS and RETENTION_FAMILIAR_DAYS.

    Evidence, and what names a customer's last call and report, goes with the report or the call that it is of.
    """

    reputation: int = 400  # after the newest evidence, by when that has faded
    familiar: int = 400  # after a talk with the caller, or a report

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The retention of one deployment."""
        return cls(settings.retention_reputation_days, settings.retention_familiar_days)


RETENTION = Retention()


class Projections:
    """What follows from calls and reports. ``apply`` may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table, retention: Retention = RETENTION) -> None:
        self._table = table
        familiar = retention.familiar * DAY
        self._kept = {**_KEPT_SECONDS, "talk_days": familiar, "reported": familiar}
        self._tallies = Tallies(table)
        self.scores = Scores(table, retention.reputation * DAY)

    def apply(self, consequence: Consequence) -> None:
        """Store one consequence. Raises ``StoreUnavailableError`` where it must be tried again."""
        match consequence:
            case Evidence():
                # An item that can't be read gives way to one that can, here and below: nothing else would repair it.
                # Its type is asked for first, since a comparison of two types may be an error.
                is_newer = "attribute_not_exists(pk) OR NOT attribute_type(#order, :word) OR #order < :order"
                self._table.put_if(consequence, is_newer, order=consequence.order, word="S")
                self.scores.refresh(consequence.caller)
            case Clearing():
                self.scores.refresh(consequence.caller)
            case Latest():
                is_newer = (
                    "attribute_not_exists(pk) OR NOT attribute_type(#at, :number) "
                    "OR #at < :at OR (#at = :at AND call_sid < :call)"
                )
                self._table.put_if(consequence, is_newer, at=consequence.at, call=consequence.call_sid, number="N")
            case TallyChange(key, name, at, member):
                expires = at + self._kept[name]
                if member:
                    self._tallies.grow(key, name, member, expires)
                elif name == "refused_at":
                    self._tallies.first_of_an_hour(key, name, at, expires)
                else:
                    self._tallies.rise(key, name, at, expires)
