"""The customer's caller list: on a ring-back the customer hears the newest entry and may undo it.

Entries are made by a trust that a talk has earned (``ivr.actions.ringing``), and by a report on a screened call, in the
transaction that stores the report (``ivr.store.reports``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ivr.actions.call_history import ENDING_DIGITS
from ivr.actions.declared import action
from ivr.flow.engine import ActionCall, ActionResult
from ivr.flow.state import in_letters
from ivr.store.caller_lists import ALLOW, has_effect

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.screening.caller_list import ListEntry
    from ivr.telephony.webhook import Webhook


class CallerListActions:
    """The actions of one deployment on customers' caller lists."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @action("find_last_listed", "Looks up the number that the customer trusted or blocked last.")
    def find(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["trusted", "blocked", "none"]]:
        """Find the newest entry of the customer on this ring-back: its kind and the last digits of the number."""
        last = self._last(self._listed(webhook), webhook.now)
        if last is None:
            return ActionResult("none")
        return ActionResult(
            "trusted" if last.word == ALLOW else "blocked",
            sets={"listing": self._name(last, last.at)},
            values={"ending": last.caller[-ENDING_DIGITS:]},
        )

    @action("undo_last_listed", "Takes that trust or block back.")
    def undo(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["undone", "none"]]:
        """Undo the entry that was read out last, even if newer ones were made. Safe to repeat."""
        listed, name = self._listed(webhook), action.state.listing
        for one in listed:
            if name == self._name(one, one.undone_at) and one.undone_at:
                return ActionResult("undone")
            if name == self._name(one, one.at) and has_effect(one, webhook.now):
                return ActionResult("undone" if self.context.store.caller_lists.take_back(one, webhook.now) else "none")
        return ActionResult("none")

    def _listed(self, webhook: Webhook) -> list[ListEntry]:
        """The list of the line that rings a customer back; empty on any other leg."""
        if not webhook.is_ring_back:
            return []
        line = self.context.store.lines.recent(self.context.read(webhook.caller).text, webhook.now)
        if line is None or line.ring_to != self.context.read(webhook.person).text:
            return []
        return self.context.store.caller_lists.of_line(line.number)

    def _last(self, listed: list[ListEntry], now: int) -> ListEntry | None:
        effective = (one for one in listed if has_effect(one, now))
        return max(effective, key=lambda one: (one.at, one.caller), default=None)

    def _name(self, listed: ListEntry, at: int) -> str:
        """An entry's name in a leg's state: the time when it was made, and a word that doesn't reveal the number."""
        return in_letters(f"{at:010d}-{self.context.pseudonym(listed.caller)[:16]}")
