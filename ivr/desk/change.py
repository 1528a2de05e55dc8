"""A change by a person of the desk: of what they saw, written together with its audit entry, or not at all."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from ivr.desk import audit
from ivr.desk.errors import Code, DeskError
from ivr.desk.seen import fingerprint
from ivr.observability.failures import Why
from ivr.records.base import Record
from ivr.store.changes import Change, make
from ivr.store.errors import StoreWriteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.desk.actor import Actor
    from ivr.desk.audit import About, Action, AuditEntry
    from ivr.desk.context import Context
    from ivr.records.base import Item, ItemKey

R = TypeVar("R", bound=Record)
_RACES = 5  # against others who change the same record, where nothing was shown
_RECENT = 50  # entries of one subject among which a repeated form is found


class Target(NamedTuple, Generic[R]):
    """What is changed: a record, and how the audit names it."""

    kind: type[R]
    key: ItemKey
    about: About
    what: str
    hidden: frozenset[str] = frozenset()  # attributes that the audit doesn't keep


class Made(NamedTuple, Generic[R]):
    """What a change makes of a record. ``after`` is None where the record goes."""

    action: Action
    after: R | None
    note: str = ""
    more: tuple[Change, ...] = ()  # changes of other records, in the same transaction
    first: Callable[[], None] | None = None  # is done before it, and may be done twice


class ChangedError(DeskError):
    """What somebody saw is no longer so. ``entry`` tells who changed it and when; None: a call did."""

    def __init__(self, entry: AuditEntry | None) -> None:
        by = f"by {entry.by} ({entry.action}, {_moment(entry.at)})" if entry else "in a call"
        super().__init__(Code.CHANGED, f"this was changed meanwhile {by}: look at it again, then decide")
        self.entry = entry


def change(
    context: Context,
    target: Target[R],
    making: Callable[[R | None, Item | None], Made[R] | None],
    *,
    by: Actor,
    seen: str | None = None,
) -> R | None:
    """Change a record, and return what it is then.

    ``making`` gets the record as it is now, and its item: one that can't be read is no record, but is there.
    It returns what becomes of it, or None if nothing is to be done, and may raise ``DeskError``. It may be asked again
    if somebody else changes the record at the same time. ``seen`` is the fingerprint of what was shown. Raises
    ``ChangedError`` if that is no longer so, and ``StoreUnavailableError`` if the change is not confirmed.
    """
    table, announced = context.store.table, False
    for _ in range(_RACES):
        item = table.get(target.key)
        before = table.read(target.kind, item)
        recent = _recent(context, target) if by.form else []
        if any(one.form == by.form for one in recent):  # the same form again: it is done
            return before
        if seen is not None and seen != fingerprint(before):
            raise ChangedError(_who_left(recent or _recent(context, target), _told(before, target.hidden)))
        made = making(before, item)
        if made is None:
            return before
        entry = entry_of(context, target, before, made, by=by)
        if not announced:
            context.announce()
            announced = True
        if made.first:
            made.first()
        if make(table, entry, [Change(item, made.after), *made.more]):
            return made.after
    raise StoreWriteError(Why.OVERTAKEN)


def entry_of(context: Context, target: Target[R], before: R | None, made: Made[R], *, by: Actor) -> AuditEntry:
    """The audit entry of a change, which is not stored yet."""
    return audit.entry(
        context,
        made.action,
        by=by,
        about=target.about,
        what=target.what,
        note=made.note,
        before=_told(before, target.hidden),
        after=_told(made.after, target.hidden),
    )


def _recent(context: Context, target: Target[R]) -> list[AuditEntry]:
    return audit.of(context, target.about, target.what, most=_RECENT).entries


def _who_left(recent: list[AuditEntry], told: Item | None) -> AuditEntry | None:
    """The newest entry that left the record as it is; None: a call changed it since."""
    changes = (one for one in recent if one.before is not None or one.after is not None)
    return next((one for one in changes if one.after == told), None)


def _told(record: Record | None, hidden: frozenset[str]) -> Item | None:
    """A record's attributes for the audit, without its keys."""
    if record is None:
        return None
    names = {one.name for one in fields(record)} - hidden  # type: ignore[arg-type]
    return {name: value for name, value in record.to_item().items() if name in names}


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
