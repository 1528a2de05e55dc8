"""What the fraud desk decides of one caller, or of all numbers that begin alike."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.records.base import Item, ItemKey, Record

VERDICTS = ("trusted", "flagged", "blocked")  # that the fraud desk may give


def decision_key(caller: str) -> ItemKey:
    """Where the fraud desk's decision on a number is kept."""
    return ItemKey(f"CALLER#{caller}", "DECISION")


def rule_key(prefix: str) -> ItemKey:
    """Where the fraud desk's rule for a prefix is kept."""
    return ItemKey(f"PREFIX#{prefix}", "RULE")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskDecision(Record):
    """The fraud desk's decision on one number."""

    caller: str
    verdict: str  # "trusted", "flagged" or "blocked"
    note: str = ""
    decided_at: int = 0  # 0: by a release that did not keep it
    decided_by: str = ""
    ended_by: str = ""  # who took it back, at ``until``
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixRule(Record):
    """The fraud desk's rule for every number that begins with ``prefix`` (E.164 with its plus)."""

    prefix: str
    verdict: str
    note: str = ""
    until: int = 0
    expires: int = 0  # with an ``until``, some time after it (``expiry``)

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return rule_key(self.prefix)

    def makes_sense(self) -> bool:  # noqa: D102
        return self.verdict in VERDICTS

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "prefixes", "list_key": self.prefix}
