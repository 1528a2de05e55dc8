"""The fraud desk's decisions on numbers: each with who made it, why, and until when it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.desk.audit import About, Action
from ivr.desk.change import Made, Target, change
from ivr.desk.days import end_of
from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.desk.numbers import decidable
from ivr.records.base import expiry, is_in_force
from ivr.screening.desk_decision import VERDICTS, DeskDecision, decision_key
from ivr.store.paging import USUAL_PAGE, RecordPage, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item
    from ivr.screening.desk_decision import PrefixRule

__all__ = [
    "VERDICTS",
    "DeskDecision",
    "decide",
    "decisions",
    "drafted",
    "of",
    "page",
    "says_the_same",
    "take_back",
    "target_of",
    "verdict_of",
]


def decisions(context: Context) -> Iterator[DeskDecision]:
    """Yield the decisions, by number; those that are over too, while they are kept."""
    return context.store.decisions.all()


def page(context: Context, *, after: str = "", most: int = USUAL_PAGE) -> RecordPage[DeskDecision]:
    """A page of the decisions, by number; those that are over too, while they are kept. One request."""
    return listed(context.store.table, DeskDecision, "callers", after=after, most=most)


def of(context: Context, number: str) -> DeskDecision | None:
    """The decision on a number, over or not. One request. Raises ``DeskError``."""
    return context.store.decisions.get(decidable(context, number))


def verdict_of(text: str) -> str:
    """Read one of ``VERDICTS``. Raises ``DeskError``."""
    if text not in VERDICTS:
        raise DeskError(Code.NO_VERDICT, f"the verdict is {text!r}: choose {', '.join(VERDICTS)}")
    return text


def decide(  # all that a decision has
    context: Context,
    number: str,
    verdict: str,
    *,
    note: str,
    by: Actor,
    until: str | None = None,
    what: str = "the end",
    seen: str | None = None,
) -> DeskDecision:
    """Decide about a number, in place of what was decided before.

    ``until`` is its last day (2026-12-31) or moment (2026-12-31T18:00) in the deployment's time zone; without it the
    decision holds for ever. ``seen`` is the fingerprint of the decision that was shown (``ivr.desk.seen``). Raises
    ``DeskError``, which calls that time ``what``.
    """
    decision = drafted(context, number, verdict, note=note, by=by, until=until, what=what)
    made = Made(Action.DECIDE, decision, decision.note)
    return change(context, target_of(decision), lambda *_: made, by=by, seen=seen) or decision


def drafted(
    context: Context, number: str, verdict: str, *, note: str, by: Actor, until: str | None = None, what: str
) -> DeskDecision:
    """A decision of now that is not stored yet. No request. Raises ``DeskError`` for what may not be decided."""
    now, settings = context.now(), context.settings
    end = 0 if until is None else end_of(until, settings.timezone, now, what)
    return DeskDecision(
        caller=decidable(context, number),
        verdict=verdict_of(verdict),
        note=one_line(note, "the note"),
        decided_at=now,
        decided_by=one_line(by.name, "the name"),
        until=end,
        expires=expiry(end, settings.retention_decisions_days),
    )


def target_of(decision: DeskDecision) -> Target[DeskDecision]:
    """What a decision changes, and how the audit names it."""
    return _target(decision.caller)


def says_the_same(one: DeskDecision | PrefixRule, other: DeskDecision | PrefixRule | None) -> bool:
    """Whether two decisions, or two rules for one prefix, say the same until the same moment, by whom they may be."""
    return other is not None and (one.verdict, one.note, one.until) == (other.verdict, other.note, other.until)


def take_back(context: Context, number: str, *, note: str, by: Actor, seen: str | None = None) -> DeskDecision:
    """End the decision on a number now, and keep for a while who ended it and why. Raises ``DeskError``."""
    caller, now = decidable(context, number), context.now()
    note, name = one_line(note, "the note"), one_line(by.name, "the name")
    expires = expiry(now, context.settings.retention_decisions_days)
    none = DeskError(Code.NOT_IN_FORCE, f"no decision about {caller} is in force")

    def ending(decision: DeskDecision | None, _: Item | None) -> Made[DeskDecision]:
        if decision is None or not is_in_force(decision.until, now):
            raise none
        ended = replace(decision, until=now, ended_by=name, ended_because=note, expires=expires)
        return Made(Action.TAKE_BACK, ended, note)

    ended = change(context, _target(caller), ending, by=by, seen=seen)
    if ended is None:
        raise none
    return ended


def _target(caller: str) -> Target[DeskDecision]:
    return Target(DeskDecision, decision_key(caller), About.CALLER, caller)
