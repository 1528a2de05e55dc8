"""The call-backs that customer care owes: each is taken by one person, and done once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.care.call_backs import ASKED, DONE, IN_PROGRESS, CallBack, call_back_key
from ivr.desk.audit import About, Action
from ivr.desk.change import Made, Target, change
from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.pseudonym import is_reference
from ivr.records.base import expiry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item

__all__ = ["ASKED", "CallBack", "call_backs", "done", "give_back", "take"]


def call_backs(context: Context, *, done_too: bool = False, of: str = "") -> Iterator[CallBack]:
    """Yield the call-backs that are open, the one that is due first in front; with ``of`` those that a person took."""
    listed = context.store.call_backs.listed(context.now())
    return (one for one in listed if (done_too or one.state != DONE) and of in {"", one.taken_by, one.done_by})


def take(context: Context, ticket: str, *, by: Actor, person: str = "", seen: str | None = None) -> CallBack:
    """Take a call-back: it is in progress, and nobody else's.

    ``person`` is the pseudonym that a list showed with the ticket; without it the whole list is read. ``seen`` is the
    fingerprint of what was shown. Raises ``DeskError``.
    """

    def taking(found: CallBack, now: int) -> Made[CallBack]:
        if found.state != ASKED:
            raise DeskError(Code.NOT_TO_TAKE, f"{ticket} is not to be taken any more")
        taken = replace(found, state=IN_PROGRESS, taken_at=now, taken_by=one_line(by.name, "the name"))
        return Made(Action.TAKE_CALL_BACK, taken)

    return _change(context, ticket, person, taking, by=by, seen=seen)


def give_back(context: Context, ticket: str, *, by: Actor, person: str = "", seen: str | None = None) -> CallBack:
    """Give a call-back back, undone: it waits again, for anybody to take. Raises ``DeskError``."""

    def giving_back(found: CallBack, _: int) -> Made[CallBack]:
        if found.state != IN_PROGRESS:
            raise DeskError(Code.NOT_IN_PROGRESS, f"{ticket} is not in progress")
        return Made(Action.GIVE_CALL_BACK_BACK, replace(found, state=ASKED, taken_at=0, taken_by=""))

    return _change(context, ticket, person, giving_back, by=by, seen=seen)


def done(context: Context, ticket: str, note: str, *, by: Actor, person: str = "", seen: str | None = None) -> CallBack:
    """Close a call-back with what became of it. Its number is forgotten. Raises ``DeskError``."""
    note = one_line(note, "the note")

    def finishing(found: CallBack, now: int) -> Made[CallBack]:
        if found.state == DONE:
            raise DeskError(Code.DONE, f"{ticket} is done already")
        expires = expiry(now, context.settings.retention_call_backs_days)
        name = one_line(by.name, "the name")
        finished = replace(found, state=DONE, done_at=now, done_by=name, note=note, expires=expires, number="")
        return Made(Action.FINISH_CALL_BACK, finished, note)

    return _change(context, ticket, person, finishing, by=by, seen=seen)


def _change(  # all that a change has
    context: Context,
    ticket: str,
    person: str,
    making: Callable[[CallBack, int], Made[CallBack]],
    *,
    by: Actor,
    seen: str | None,
) -> CallBack:
    unknown = DeskError(Code.UNKNOWN_TICKET, f"there is no call-back {ticket}")
    key, now = call_back_key(person or _person_of(context, ticket)), context.now()

    def checked(found: CallBack | None, _: Item | None) -> Made[CallBack]:
        if found is None or found.ticket != ticket or found.expires <= now:  # the person asked again since
            raise unknown
        return making(found, now)

    # The number is to be forgotten when the call-back is done, so the audit never learns it.
    target = Target(CallBack, key, About.CALL_BACK, ticket, frozenset({"number"}))
    changed = change(context, target, checked, by=by, seen=seen)
    if changed is None:
        raise unknown
    return changed


def _person_of(context: Context, ticket: str) -> str:
    if not is_reference(ticket):
        raise DeskError(Code.NO_TICKET, f"{ticket!r} is no ID of a call-back: a digit is wrong or missing")
    found = next((one for one in call_backs(context, done_too=True) if one.ticket == ticket), None)
    if found is None:
        raise DeskError(Code.UNKNOWN_TICKET, f"there is no call-back {ticket}")
    return found.person
