"""Call-backs by customer care: each customer has at most one open, which an agent takes and closes (``ivr.desk``)."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.care import call_backs as care
from ivr.store.counters import CALL_BACKS, Counters, counts_key
from ivr.store.table import with_old_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.care.call_backs import CallBack
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_NONE_OPEN = "attribute_not_exists(pk) OR expires <= :now OR #state = :done"
_NOT_DONE = "ticket = :ticket AND (attribute_not_exists(#state) OR #state <> :state)"
# An open call-back keeps one report, whatever the order of arrival: one with a loss before one without, then the later.
_LOST = "yes"
_IS_LATER = "attribute_not_exists(told_at) OR told_at < :at"
_NOTHING_LOST = "attribute_not_exists(loss) OR loss <> :lost"
_LOSS_BEFORE_NONE = f"{_NOTHING_LOST} OR {_IS_LATER}"
_NONE_AFTER_LOSS = f"({_NOTHING_LOST}) AND ({_IS_LATER})"


class CallBacks:
    """Call-backs by customer care, one a person. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    # The customer's side.

    def ask(self, call_back: CallBack, now: int, *, most: int) -> CallBack:
        """Store a call-back, unless the person has one open or had ``most`` today. Returns the stored one.

        An open call-back takes over this one's proof, and its report if that weighs more. ``most`` is 0 (no limit)
        for a call-back that waited in the queue: it was already confirmed to the person.
        """
        day = counts_key(call_back.person, call_back.day)
        refused = self._table.all_or_none(
            call_back={"Put": with_old_item(self._table.putting(call_back, _NONE_OPEN, now=now, done=care.DONE))},
            count={"Update": self._counters.increment(day, CALL_BACKS, now, most=most)},
            once={"Put": self._counters.mark_once(call_back.call_sid, CALL_BACKS, now)},
        )
        if not refused:
            return call_back
        open_one = refused.get("call_back")
        kept = self._table.read(care.CallBack, open_one) if open_one else self.of(call_back.person)
        # The earlier one was removed in the meantime, so it was done.
        return self._merged(kept, call_back) if kept else replace(call_back, call_sid="", state=care.DONE)

    def _merged(self, kept: CallBack, again: CallBack) -> CallBack:
        """Add the second request of the person to the stored call-back. A finished one stays as it is."""
        if kept.call_sid == again.call_sid:
            return kept
        if again.proved and not kept.proved:
            kept = self._update(kept, "SET proved = :proved", _NOT_DONE, proved=again.proved) or kept
        # Caller id can be forged: an unproved request may add a loss to a proved one, and replaces nothing of it.
        is_trusted_less = bool(kept.proved and not again.proved)
        if again.reference and (again.loss == _LOST or not is_trusted_less):
            weighs_more = _LOSS_BEFORE_NONE if again.loss == _LOST else _NONE_AFTER_LOSS
            weighs_more = _NOTHING_LOST if is_trusted_less else weighs_more
            updated = self._update(
                kept,
                "SET category = :category, loss = :loss, #reference = :reference, languages = :spoken, told_at = :at",
                f"{_NOT_DONE} AND ({weighs_more})",
                category=again.category,
                loss=again.loss,
                reference=again.reference,
                spoken=again.languages,
                at=again.told_at,
                lost=_LOST,
            )
            kept = updated or kept
        return kept

    def _update(self, call_back: CallBack, update: str, condition: str, **values: Value) -> CallBack | None:
        values |= {"ticket": call_back.ticket, "state": care.DONE}
        return self._table.read(care.CallBack, self._table.change(call_back.key, update, condition, **values))

    def of(self, person: str) -> CallBack | None:
        """A person's call-back."""
        return self._table.read(care.CallBack, self._table.get(care.call_back_key(person)))

    # The agents' side.

    def listed(self, now: int) -> Iterator[CallBack]:
        """Every call-back that has not expired, by due time; pages are read as the iterator advances."""
        lists = (self._table.indexed("listing", "list_kind", kind) for kind in (care.LISTED, care.LISTED_DONE))
        found = heapq.merge(*lists, key=lambda item: str(item["list_key"]))
        return (one for one in self._table.read_all(care.CallBack, found) if one.expires > now)

    def owed(self, now: int, most: int) -> tuple[list[CallBack], bool]:
        """The call-backs that are not done, the first due in front, at most ``most``; and whether there are more.

        One request.
        """
        items, are_more = self._table.page("listing", "list_kind = :pk", most, pk=care.LISTED)
        found = self._table.read_all(care.CallBack, items)
        # One that an earlier release finished is still in this list.
        return [one for one in found if one.expires > now and one.state != care.DONE], are_more
