"""Caps, and replays: what one person asked for in a day is counted, and what a call asked for is remembered.

Both are parts of the very write that grants it, so that they hold against any race. The counts of a day are one item of
the person's (a pseudonym), which expires soon after that day. That a call has had an effect is kept for longer than a
captured request can be replayed: it stays signed until the account's auth token changes, which is advised once a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ivr.records.base import DAY, ItemKey, Record

if TYPE_CHECKING:
    from ivr.store.attributes import Value
    from ivr.store.table import Table

RING_BACKS, SMS, DISPUTES, CALL_BACKS, MESSAGES = "ring_backs", "sms", "disputes", "call_backs", "messages"
RING, FAILED_CHECK = "ring", "failed_check"  # what a call may have had once, beside these
TAKEN = "ring_back_taken_at"  # when the person took a ring-back of the day with a key
_KEPT_SECONDS = 2 * DAY  # the day itself in any time zone, and what is late
REMEMBERED_SECONDS = 400 * DAY


def counts_key(person: str, day: str) -> ItemKey:
    """Where it is counted what a person asked for on a day (2026-11-24)."""
    return ItemKey(f"PERSON#{person}", f"COUNTS#{day}")


def left_by_key(line: str, caller: str, day: str) -> ItemKey:
    """Where it is counted how many messages a caller left on a line on a day; all who hide their number are one."""
    return ItemKey(f"LINE#{line}", f"LEFT_BY#{day}#{caller}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Once(Record):
    """A call has had an effect that it has but once, whenever it is asked for again."""

    call_sid: str
    what: str
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return ItemKey(f"CALL#{self.call_sid}", f"ONCE#{self.what}")


class Counters:
    """The parts of a transaction that count what is capped a person and a day, and that remember what a call had."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def one_more(self, key: ItemKey, what: str, now: int, *, most: int = 0, unless: str = "") -> Any:
        """The write that counts one more; refused at ``most`` (0: no cap), and once ``unless`` is set."""
        conditions = [f"attribute_not_exists(#{unless})"] if unless else []
        values: dict[str, Value] = {"one": 1, "expires": now + _KEPT_SECONDS}
        if most:
            conditions.append(f"(attribute_not_exists(#{what}) OR #{what} < :most)")
            values["most"] = most
        return self._table.updating(key, f"ADD #{what} :one SET expires = :expires", " AND ".join(conditions), **values)

    def for_the_first_time(self, call_sid: str, what: str, now: int) -> Any:
        """The write that remembers that a call has had an effect; refused where it has had it before."""
        return self._table.putting_once(Once(call_sid=call_sid, what=what, expires=now + REMEMBERED_SECONDS))
