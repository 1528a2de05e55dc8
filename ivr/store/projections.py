"""What the table's stream keeps up to date: evidence, reputations, blocks, campaigns, familiarity, aftermath.

Every write is idempotent and independent of order, so that any batch twice, in any order, split anywhere, and with two
functions racing, ends in the same reputation: evidence is kept by its greatest ``order``, sets only grow, times only
rise (``ivr.store.tallies``), and a score is stored on a revision (``ivr.store.scores``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from ivr.records.base import DAY
from ivr.reputation import items as kept
from ivr.reputation import projections
from ivr.store.scores import Scores
from ivr.store.tallies import Tallies

if TYPE_CHECKING:
    from ivr.settings import Settings
    from ivr.store.table import Table

_CAMPAIGN_KEPT_SECONDS = 3600  # the rule reads the last ten minutes of it
_AFTERMATH_KEPT_SECONDS = DAY  # the rule reads the last minute of it


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
        self._familiar_kept = retention.familiar * DAY
        self._tallies = Tallies(table)
        self.scores = Scores(table, retention.reputation * DAY)

    def apply(self, consequence: projections.Consequence) -> None:
        """Store one consequence. Raises ``StoreUnavailableError`` where it must be tried again."""
        match consequence:
            case projections.Testifies(testimony):
                # An item that can't be read gives way to one that can, here and below: nothing else would repair it.
                # Its type is asked for first, since a comparison of two types may be an error.
                is_newer = "attribute_not_exists(pk) OR NOT attribute_type(#order, :word) OR #order < :order"
                self._table.put_if(testimony, is_newer, order=testimony.order, word="S")
                self.scores.refresh(testimony.caller)
            case projections.Newer(latest):
                is_newer = (
                    "attribute_not_exists(pk) OR NOT attribute_type(#at, :number) "
                    "OR #at < :at OR (#at = :at AND call_sid < :call)"
                )
                self._table.put_if(latest, is_newer, at=latest.at, call=latest.call_sid, number="N")
            case projections.Clears(caller):
                self.scores.refresh(caller)
            case projections.CallArrived(caller, line, at):
                self._tallies.grow(kept.campaign_key(caller, at), "lines", line, at + _CAMPAIGN_KEPT_SECONDS)
            case projections.CallAccepted(line, caller, day):
                talked = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
                self._tallies.grow(kept.familiar_key(line, caller), "talk_days", day, talked + self._familiar_kept)
            case projections.Distrusted(line, caller, at):
                self._tallies.rise(kept.familiar_key(line, caller), "reported", at, at + self._familiar_kept)
            case projections.RecentFraud(line, at):
                self._tallies.rise(kept.aftermath_key(line), "shaken_at", at, at + _AFTERMATH_KEPT_SECONDS)
            case projections.Refused(line, at):
                self._tallies.first_of_an_hour(kept.aftermath_key(line), "refused_at", at, at + _AFTERMATH_KEPT_SECONDS)
