"""Disputes: somebody says that a number is wrongly listed, and the desk clears it or keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.desk.numbers import decidable
from ivr.records.base import expiry
from ivr.reputation.disputes import CLEARED, OPEN, Dispute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.context import Context

__all__ = ["Dispute", "clear", "disputes", "keep", "open_dispute"]


def disputes(context: Context) -> Iterator[Dispute]:
    """Yield every dispute, open ones last."""
    return context.store.disputes.all()


def open_dispute(context: Context, number: str, note: str) -> Dispute:
    """Open a dispute about a number. To one that is open the note is added. Raises ``DeskError``."""
    opened = _new(context, number, one_line(note, "the note"))
    found = context.store.disputes.get(opened.caller)
    if found and found.state == OPEN:  # who opened it and what was said for it is kept
        opened = replace(found, note="; ".join(filter(None, (found.note, opened.note))))
    context.announce()
    context.store.put(opened)
    return opened


def clear(context: Context, number: str, *, note: str, by: str) -> Dispute:
    """Clear a number: reports from before now count no longer. It needs no dispute, and a decision on it stays.

    Raises ``DeskError``.
    """
    asked = _new(context, number, "")
    return _resolve(context, context.store.disputes.get(asked.caller) or asked, note, by, cleared=True)


def keep(context: Context, number: str, *, note: str, by: str) -> Dispute:
    """Keep a number listed: its dispute is decided against it. Raises ``DeskError``."""
    caller = decidable(context, number)
    found = context.store.disputes.get(caller)
    if found is None:
        raise DeskError(Code.NO_DISPUTE, f"there is no dispute about {caller}")
    if found.state == CLEARED:  # to keep it would change nothing: what was cleared stays cleared
        raise DeskError(Code.CLEARED, f"{caller} is cleared already, and its reports from before count no longer")
    return _resolve(context, found, note, by, cleared=False)


def _resolve(context: Context, dispute: Dispute, note: str, by: str, *, cleared: bool) -> Dispute:
    note, by = one_line(note, "the note"), one_line(by, "the name")
    context.announce()
    return context.store.disputes.resolve(dispute, context.now(), cleared=cleared, note=note, by=by)


def _new(context: Context, number: str, note: str) -> Dispute:
    caller, now = decidable(context, number), context.now()
    expires = expiry(now, context.settings.retention_disputes_days)
    return Dispute(caller=caller, opened_at=now, source="desk", note=note, expires=expires)
