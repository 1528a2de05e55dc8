"""The records that reputation is reckoned from: what each person's calls say of a caller, and the desk's clearings."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.records.base import ItemKey, Record
from ivr.reputation.keys import caller_partition

EVIDENCE = "EVIDENCE#"  # how the sort keys of evidence begin
_TRUST = f"{EVIDENCE}legit#"  # and of trusts: after every report, for a pseudonym is written in hexadecimal digits


def clearing_key(caller: str) -> ItemKey:
    """Where the desk's clearing of a caller is kept."""
    return ItemKey(caller_partition(caller), "CLEARING")


def order_of(at: int, source: str, revision: int) -> str:
    """A text that sorts by time, then by where the evidence came from, then by its revision."""
    return f"{at:012d}#{source}#{revision:06d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Record):
    """What one person's calls say about one caller: their reports, or their trusts, each on an axis of its own.

    Of either the greatest ``order`` wins; withdrawn is a state, not an absence. A trust takes no report's place here:
    it does so only once it is some days old, as the evidence is reckoned (``ivr.reputation.scoring``). An earlier
    release kept a person's trust where their report stands; such an item is read as what its ``axis`` says.

    ``order`` is the time of the event, the report or call that it came from, and its revision, so written that text
    order is the order in time; so a late or repeated stream record never overwrites a newer one.
    """

    caller: str
    person: str  # pseudonym
    axis: str  # "spam" or "legit"
    at: int
    order: str
    expires: int
    category: str = ""
    withdrawn: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return ItemKey(caller_partition(self.caller), f"{_TRUST if self.axis == 'legit' else EVIDENCE}{self.person}")

    def makes_sense(self) -> bool:  # noqa: D102
        return self.axis in {"spam", "legit"}

    def belongs_at(self, key: ItemKey) -> bool:  # noqa: D102
        return key in {self.key, ItemKey(caller_partition(self.caller), f"{EVIDENCE}{self.person}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing(Record):
    """The desk cleared a caller: evidence from before ``cleared_at`` no longer counts.

    It must outlive all that evidence, which would otherwise count again.
    """

    caller: str
    cleared_at: int
    note: str = ""
    expires: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return clearing_key(self.caller)
