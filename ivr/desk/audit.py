"""The audit: who changed or looked at what, when, and what it was before and after. Entries are appended, never edited.

A change and its entry are written in one transaction. A day's entries stand in one partition, in the order of time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ivr.records.base import DAY, Item, ItemKey, Record, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry(Record):
    """One entry. ``before`` and ``after`` are a record's attributes, as they stand in the table."""

    at: int  # epoch seconds
    entry_id: str
    by: str  # the person's name as they sign in, or the one that a command was given
    subject: str = ""  # the issuer's own name for the person
    action: str  # a word such as decide, clear, reveal, refused
    what: str = ""  # what it was about: a caller's number, a line, a reference
    note: str = ""
    before: Item | None = None
    after: Item | None = None
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        moment = datetime.fromtimestamp(self.at, UTC)
        return ItemKey(f"AUDIT#{day_of(self.at)}", f"{moment:%H:%M:%S}#{self.entry_id}")


def entry(context: Context, action: str, *, by: str, subject: str = "", what: str = "", **more: object) -> AuditEntry:
    """An entry of now, which is not stored yet."""
    at = context.now()
    return AuditEntry(
        at=at,
        entry_id=secrets.token_hex(4),
        by=by,
        subject=subject,
        action=action,
        what=what,
        expires=at + context.settings.retention_audit_days * DAY,
        **more,  # type: ignore[arg-type]
    )


def once_a_minute(one: AuditEntry, kind: object) -> AuditEntry:
    """The same entry under a key that all entries of its kind share for a minute: only the first is stored."""
    return replace(one, at=one.at - one.at % 60, entry_id=str(kind))


def append(context: Context, one: AuditEntry) -> None:
    """Store an entry of something that changes nothing: a look, or a refusal."""
    context.store.put_once(one)


def of_day(context: Context, day: str) -> Iterator[AuditEntry]:
    """Yield a day's entries (UTC, as 2026-11-26), oldest first."""
    table = context.store.table
    return table.read_all(AuditEntry, table.partition(f"AUDIT#{day}"))
