"""A search by number. Each is in the audit: who can ask about any number could find out who calls whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.desk import audit
from ivr.desk.audit import About, Action
from ivr.desk.numbers import decidable
from ivr.desk.people import person_of

if TYPE_CHECKING:
    from ivr.desk.actor import Actor
    from ivr.desk.context import Context


def find_caller(context: Context, text: str, *, by: Actor) -> str:
    """Read the number of a caller who is searched for, in any spelling; the audit keeps who searched.

    It keeps the pseudonym alone. What is typed may be any customer's number, which is nowhere in clear; with a number
    it can still be found out who searched for it. Raises ``DeskError``.
    """
    caller = decidable(context, text)
    audit.looked(context, Action.SEARCH, by=by, about=About.PERSON, what=person_of(context, caller))
    return caller
