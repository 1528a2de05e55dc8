"""The fraud desk's decisions on numbers: each with who made it, why, and until when it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.desk.days import end_of
from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.desk.numbers import decidable
from ivr.records.base import expiry
from ivr.screening.desk_decision import VERDICTS, DeskDecision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.context import Context

__all__ = ["VERDICTS", "DeskDecision", "decide", "decisions", "take_back"]


def decisions(context: Context) -> Iterator[DeskDecision]:
    """Yield the decisions, by number; those that are over too, while they are kept."""
    return context.store.decisions.all()


def decide(  # all that a decision has
    context: Context, number: str, verdict: str, *, note: str, by: str, until: str | None = None, what: str = "the end"
) -> DeskDecision:
    """Decide about a number, in place of what was decided before.

    ``until`` is its last day (2026-12-31) or moment (2026-12-31T18:00) in the deployment's time zone; without it the
    decision holds for ever. Raises ``DeskError``, which calls that time ``what``.
    """
    now, settings = context.now(), context.settings
    caller = decidable(context, number)
    end = 0 if until is None else end_of(until, settings.timezone, now, what)
    decision = DeskDecision(
        caller=caller,
        verdict=verdict,
        note=one_line(note, "the note"),
        decided_at=now,
        decided_by=one_line(by, "the name"),
        until=end,
        expires=expiry(end, settings.retention_decisions_days),
    )
    context.announce()
    context.store.put(decision)
    return decision


def take_back(context: Context, number: str, *, note: str, by: str) -> DeskDecision:
    """End the decision on a number now, and keep for a while who ended it and why. Raises ``DeskError``."""
    caller, now = decidable(context, number), context.now()
    note, by = one_line(note, "the note"), one_line(by, "the name")
    expires = expiry(now, context.settings.retention_decisions_days)
    context.announce()
    ended = context.store.decisions.end(caller, now, by=by, why=note, expires=expires)
    if ended is None:
        raise DeskError(Code.NOT_IN_FORCE, f"no decision about {caller} is in force")
    return ended
