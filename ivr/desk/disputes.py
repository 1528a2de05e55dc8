"""Disputes: somebody says that a number is wrongly listed, and the desk clears it or keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.desk.audit import About, Action
from ivr.desk.change import Made, Target, change
from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.desk.numbers import decidable
from ivr.records.base import DAY, expiry
from ivr.reputation.disputes import CLEARED, KEPT, OPEN, Dispute, dispute_key
from ivr.reputation.evidence import Clearing, clearing_key
from ivr.settings.fields import LONGEST_RETENTION_DAYS
from ivr.store.changes import Change
from ivr.store.paging import USUAL_PAGE, RecordPage, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item

__all__ = ["CLEARED", "KEPT", "OPEN", "Dispute", "clear", "disputes", "keep", "of", "open_dispute", "page"]

# Longer than any setting keeps the evidence that a clearing voids, plus the days that TTL takes to remove it.
_CLEARING_KEPT_SECONDS = (LONGEST_RETENTION_DAYS + 30) * DAY


def disputes(context: Context) -> Iterator[Dispute]:
    """Yield every dispute, open ones last."""
    return context.store.disputes.all()


def page(
    context: Context, state: str, *, newest_first: bool = True, after: str = "", most: int = USUAL_PAGE
) -> RecordPage[Dispute]:
    """A page of the disputes in a state (OPEN, CLEARED, KEPT), by when they were opened. One request."""
    table = context.store.table
    return listed(table, Dispute, "disputes", prefix=f"{state}#", newest_first=newest_first, after=after, most=most)


def of(context: Context, number: str) -> Dispute | None:
    """The dispute about a number, decided or not. One request. Raises ``DeskError``."""
    return context.store.disputes.get(decidable(context, number))


def open_dispute(context: Context, number: str, note: str, *, by: Actor, seen: str | None = None) -> Dispute:
    """Open a dispute about a number. To one that is open the note is added. Raises ``DeskError``."""
    opened = _new(context, number, one_line(note, "the note"))

    def opening(found: Dispute | None, _: Item | None) -> Made[Dispute]:
        if found and found.state == OPEN:  # who opened it and what was said for it is kept
            both = "; ".join(filter(None, (found.note, opened.note)))
            return Made(Action.OPEN_DISPUTE, replace(found, note=both), opened.note)
        return Made(Action.OPEN_DISPUTE, opened, opened.note)

    return change(context, _target(opened.caller), opening, by=by, seen=seen) or opened


def clear(context: Context, number: str, *, note: str, by: Actor, seen: str | None = None) -> Dispute:
    """Clear a number: reports from before now count no longer. It needs no dispute, and a decision on it stays.

    ``seen`` is the fingerprint of the dispute that was shown, or of None. Raises ``DeskError``.
    """
    asked = _new(context, number, "")
    note, name, table = one_line(note, "the note"), one_line(by.name, "the name"), context.store.table

    def clearing(found: Dispute | None, _: Item | None) -> Made[Dispute]:
        before = table.get(clearing_key(asked.caller))
        cleared = table.read(Clearing, before)
        seen_until = context.store.reputations.get(asked.caller)
        at = max(asked.opened_at, seen_until.as_of if seen_until else 0, cleared.cleared_at if cleared else 0)
        # The evidence stops counting when the stream delivers this.
        stops = Clearing(caller=asked.caller, cleared_at=at, note=note, expires=at + _CLEARING_KEPT_SECONDS)
        resolved = _resolved(found or asked, asked.opened_at, CLEARED, note, name)
        return Made(Action.CLEAR, resolved, note, (Change(before, stops),))

    return change(context, _target(asked.caller), clearing, by=by, seen=seen) or asked


def keep(context: Context, number: str, *, note: str, by: Actor, seen: str | None = None) -> Dispute:
    """Keep a number listed: its dispute is decided against it. Raises ``DeskError``."""
    caller, now = decidable(context, number), context.now()
    note, name = one_line(note, "the note"), one_line(by.name, "the name")
    none = DeskError(Code.NO_DISPUTE, f"there is no dispute about {caller}")

    def keeping(found: Dispute | None, _: Item | None) -> Made[Dispute]:
        if found is None:
            raise none
        if found.state == CLEARED:  # to keep it would change nothing: what was cleared stays cleared
            raise DeskError(Code.CLEARED, f"{caller} is cleared already, and its reports from before count no longer")
        return Made(Action.KEEP, _resolved(found, now, KEPT, note, name), note)

    kept = change(context, _target(caller), keeping, by=by, seen=seen)
    if kept is None:
        raise none
    return kept


def _resolved(dispute: Dispute, now: int, state: str, note: str, name: str) -> Dispute:
    return replace(dispute, state=state, resolved_at=now, resolved_by=name, resolution=note)


def _target(caller: str) -> Target[Dispute]:
    return Target(Dispute, dispute_key(caller), About.CALLER, caller)


def _new(context: Context, number: str, note: str) -> Dispute:
    caller, now = decidable(context, number), context.now()
    expires = expiry(now, context.settings.retention_disputes_days)
    return Dispute(caller=caller, opened_at=now, source="desk", note=note, expires=expires)
