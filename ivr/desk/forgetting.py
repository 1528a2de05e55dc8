"""Forgetting a person: what is held about them, what of it would go, and its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.desk.numbers import customers_number
from ivr.desk.people import person_of
from ivr.store.forgetting import is_line, is_opt_out, kinds
from ivr.store.projections import Retention

if TYPE_CHECKING:
    from ivr.desk.context import Context
    from ivr.records.base import Item
    from ivr.store.forgetting import Forgetting


class Held(NamedTuple):
    """What is held about the person who has a number."""

    number: str  # E.164
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
    found = _forgetting(context).find(text, person, with_lines=unregister)
    stays = not unregister and any(map(is_line, found))
    removed = [item for item in found if not (stays and (is_line(item) or is_opt_out(item)))]
    return Held(text, removed, stays, stays and any(map(is_opt_out, found)))


def forget(context: Context, found: Held) -> None:
    """Remove for good what ``find`` found."""
    _forgetting(context).remove(found.removed, found.number)


def _forgetting(context: Context) -> Forgetting:
    return context.store.forgetting(Retention.of(context.settings))
