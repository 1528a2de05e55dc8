"""Forgetting a person: what is held about them, what of it would go, and its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import audit
from ivr.desk.audit import About, Action, AuditEntry
from ivr.desk.numbers import customers_number
from ivr.desk.people import person_of
from ivr.store.forgetting import is_audit, is_line, is_opt_out, kinds
from ivr.store.projections import Retention

if TYPE_CHECKING:
    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item
    from ivr.store.forgetting import Forgetting


class Held(NamedTuple):
    """What is held about the person who has a number."""

    number: str  # E.164
    person: str  # its pseudonym
    removed: list[Item]  # what goes
    stays_registered: bool  # a line rings the number, and stays
    opt_out_stays: bool  # and so does the opt-out from SMS, without which the number would get them again

    @property
    def kinds(self) -> dict[str, int]:
        """How many items go, by what they are."""
        return kinds(self.removed)


def find(context: Context, number: str, *, unregister: bool = False) -> Held:
    """Find what is stored about the person who has a number, as a caller and as a customer. Reads the whole table.

    ``unregister``: the lines that ring it go too, with what they know of their callers. Raises ``DeskError``.
    """
    text = customers_number(context, number)
    person = person_of(context, text)
    found = _forgetting(context).all_about(text, person, with_lines=unregister)
    stays = not unregister and any(map(is_line, found))
    removed = [item for item in found if not (stays and (is_line(item) or is_opt_out(item)))]
    return Held(text, person, removed, stays, stays and any(map(is_opt_out, found)))


def forget(context: Context, found: Held, *, by: Actor) -> None:
    """Remove for good what ``find`` found. Entries of the audit stay, and forget whom they are about.

    The entry about it names the pseudonym, and is written first: it may be more than one transaction can remove.
    """
    if not found.removed:
        return
    many = ", ".join(f"{kind}: {count}" for kind, count in sorted(found.kinds.items()))
    audit.append(context, audit.entry(context, Action.FORGET, by=by, about=About.PERSON, what=found.person, note=many))
    entries = [item for item in found.removed if is_audit(item)]
    _forgetting(context).remove([item for item in found.removed if not is_audit(item)], found.number)
    for entry in context.store.table.read_all(AuditEntry, entries):
        audit.forget(context, entry, found.number, found.person)


def _forgetting(context: Context) -> Forgetting:
    return context.store.forgetting(Retention.of(context.settings))
