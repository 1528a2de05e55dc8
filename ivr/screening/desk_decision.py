"""The fraud desk's decisions on one number, and its rules for all numbers with a prefix."""

from __future__ import annotations

from ivr.records.base import Item, ItemKey, Record, record

VERDICTS = ("trusted", "flagged", "blocked")  # of the fraud desk


def decision_key(caller: str) -> ItemKey:
    """The key of the fraud desk's decision on a number."""
    return ItemKey(f"CALLER#{caller}", "DECISION")


def rule_key(prefix: str) -> ItemKey:
    """The key of the fraud desk's rule for a prefix."""
    return ItemKey(f"PREFIX#{prefix}", "RULE")


@record
class DeskDecision(Record):
    """The fraud desk's decision on one number."""

    caller: str
    verdict: str  # "trusted", "flagged" or "blocked"
    note: str = ""
    decided_at: int = 0  # 0: stored by an earlier release, which did not keep it
    decided_by: str = ""
    ended_by: str = ""  # who ended it, at ``until``
    ended_because: str = ""
    until: int = 0
    expires: int = 0  # with an ``until``, some time after it (``expiry``)

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return decision_key(self.caller)

    def makes_sense(self) -> bool:  # noqa: D102
        return self.verdict in VERDICTS

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "callers", "list_key": self.caller}


@record
class PrefixRule(Record):
    """The fraud desk's rule for every number that begins with ``prefix`` (E.164 with its plus)."""

    prefix: str
    verdict: str
    note: str = ""
    decided_at: int = 0  # 0: stored by an earlier release, which did not keep it
    decided_by: str = ""
    until: int = 0
    expires: int = 0  # with an ``until``, some time after it (``expiry``)

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return rule_key(self.prefix)

    def makes_sense(self) -> bool:  # noqa: D102
        return self.verdict in VERDICTS

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "prefixes", "list_key": self.prefix}
