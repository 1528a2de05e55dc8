"""Daily limits for a person, and marks that let a call have each effect only once.

Both are part of the transaction that has the effect, so no race can pass them. A person's counts of a day are one item,
which expires soon after that day. A mark is kept longer than a captured request can be replayed: its signature is valid
until the account's auth token changes, which Twilio advises once a year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.records.base import DAY, ItemKey, Record, record

if TYPE_CHECKING:
    from ivr.store.attributes import Value
    from ivr.store.table import Table

RING_BACKS, SMS, DISPUTES, CALL_BACKS, MESSAGES = "ring_backs", "sms", "disputes", "call_backs", "messages"
RING, FAILED_CHECK = "ring", "failed_check"  # further effects that a call has once
TAKEN = "ring_back_taken_at"  # when the person took a ring-back of the day with a key
_KEPT_SECONDS = 2 * DAY  # the day in any time zone, and late messages
REMEMBERED_SECONDS = 400 * DAY


def counts_key(person: str, day: str) -> ItemKey:
    """The key of a person's counts of a day (2026-11-24)."""
    return ItemKey(f"PERSON#{person}", f"COUNTS#{day}")


def left_by_key(line: str, caller: str, day: str) -> ItemKey:
    """The key of the count of a caller's voicemails on a line and day; withheld callers share one."""
    return ItemKey(f"LINE#{line}", f"LEFT_BY#{day}#{caller}")


@record
class Once(Record):
    """The mark that a call has had an effect, such as a ring-back, which it may have only once."""

    call_sid: str
    what: str
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return ItemKey(f"CALL#{self.call_sid}", f"ONCE#{self.what}")


class Counters:
    """Builds the writes of a transaction that enforce a daily limit or an effect's one time in a call."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def increment(self, key: ItemKey, what: str, now: int, *, most: int = 0, unless: str = "") -> Any:
        """The write that adds 1 to a count. It is refused at ``most`` (0: no limit) or if ``unless`` is set."""
        conditions = [f"attribute_not_exists(#{unless})"] if unless else []
        values: dict[str, Value] = {"one": 1, "expires": now + _KEPT_SECONDS}
        if most:
            conditions.append(f"(attribute_not_exists(#{what}) OR #{what} < :most)")
            values["most"] = most
        return self._table.updating(key, f"ADD #{what} :one SET expires = :expires", " AND ".join(conditions), **values)

    def mark_once(self, call_sid: str, what: str, now: int) -> Any:
        """The write that marks an effect of a call. It is refused if the call has the mark."""
        return self._table.putting_once(Once(call_sid=call_sid, what=what, expires=now + REMEMBERED_SECONDS))
