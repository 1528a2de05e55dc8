"""The records that a reputation is computed from: each person's evidence on a caller, and the desk's clearings."""

from __future__ import annotations

from ivr.records.base import ItemKey, Record, record
from ivr.reputation.keys import caller_partition

EVIDENCE = "EVIDENCE#"  # the prefix of the sort keys of evidence
_TRUST = f"{EVIDENCE}legit#"  # of trusts; it sorts after reports, whose pseudonyms are hexadecimal


def clearing_key(caller: str) -> ItemKey:
    """The key of the desk's clearing of a caller."""
    return ItemKey(caller_partition(caller), "CLEARING")


def order_of(at: int, source: str, revision: int) -> str:
    """A text that sorts by time (epoch seconds), then by source, then by revision."""
    return f"{at:012d}#{source}#{revision:06d}"


@record
class Evidence(Record):
    """One person's evidence on one caller: their newest report (axis "spam") or trust (axis "legit").

    The greatest ``order`` of each axis wins; a withdrawn report stays as evidence that is withdrawn. A trust replaces
    the person's report only after some days, in the score (``ivr.reputation.scoring``). An earlier release stored
    trusts at the key of the report; such an item is read by its ``axis``.

    ``order`` (``order_of``) sorts as text in the order of time, so that a late or repeated stream record never
    overwrites a newer one.
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


@record
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
