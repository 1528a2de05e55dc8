"""Call-backs by customer care: asked for once, and worked through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from ivr.care import call_backs as care
from ivr.store.counters import CALL_BACKS, Counters, counts_key
from ivr.store.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.care.call_backs import CallBack
    from ivr.store.attributes import Value
    from ivr.store.table import Table

_NONE_OPEN = "attribute_not_exists(pk) OR expires <= :now OR #state = :done"
# The SDK sends a write again whose answer was lost; the second one finds the word that the first one left (``mine``).
_STILL_ASKED = "ticket = :ticket AND (attribute_not_exists(#state) OR #state = :asked OR changed_by = :mine)"
_TAKEN = "ticket = :ticket AND (#state = :in_progress OR changed_by = :mine)"
_NOT_DONE_BY_OTHERS = "ticket = :ticket AND (attribute_not_exists(#state) OR #state <> :state OR changed_by = :mine)"
_NOT_DONE = "ticket = :ticket AND (attribute_not_exists(#state) OR #state <> :state)"
# Which report an open call-back keeps, in whatever order they come: one with a loss, and of two such the later.
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

    # Asking.

    def ask(self, call_back: CallBack, now: int, *, most: int) -> CallBack:
        """Ask for a call-back, unless the person has one open, or had ``most`` today. Returns the one that counts.

        One that is open learns what this one knows and it does not: a report that counts for more, and a proof.
        ``most`` is 0 where it was confirmed to the person when the table could not be asked: it is owed in any case.
        """
        day = counts_key(call_back.person, call_back.day)
        refused = self._table.all_or_none(
            call_back={"Put": shown(self._table.putting(call_back, _NONE_OPEN, now=now, done=care.DONE))},
            count={"Update": self._counters.one_more(day, CALL_BACKS, now, most=most)},
            once={"Put": self._counters.for_the_first_time(call_back.call_sid, CALL_BACKS, now)},
        )
        if not refused:
            return call_back
        open_one = refused.get("call_back")
        counts = self._table.read(care.CallBack, open_one) if open_one else self.of(call_back.person)
        # What was had, and is gone meanwhile, was done.
        return self._told(counts, call_back) if counts else replace(call_back, call_sid="", state=care.DONE)

    def _told(self, counts: CallBack, again: CallBack) -> CallBack:
        """Tell the call-back that counts what the person said as they asked again. A done one learns nothing."""
        if counts.call_sid == again.call_sid:
            return counts
        if again.proved and not counts.proved:
            counts = self._learn(counts, "SET proved = :proved", _NOT_DONE, proved=again.proved) or counts
        # A number that anybody can show may add a loss to what its owner said, and replace nothing.
        is_trusted_less = bool(counts.proved and not again.proved)
        if again.reference and (again.loss == _LOST or not is_trusted_less):
            weighs_more = _LOSS_BEFORE_NONE if again.loss == _LOST else _NONE_AFTER_LOSS
            weighs_more = _NOTHING_LOST if is_trusted_less else weighs_more
            learnt = self._learn(
                counts,
                "SET category = :category, loss = :loss, #reference = :reference, languages = :spoken, told_at = :at",
                f"{_NOT_DONE} AND ({weighs_more})",
                category=again.category,
                loss=again.loss,
                reference=again.reference,
                spoken=again.languages,
                at=again.told_at,
                lost=_LOST,
            )
            counts = learnt or counts
        return counts

    def _learn(self, call_back: CallBack, update: str, condition: str, **values: Value) -> CallBack | None:
        values |= {"ticket": call_back.ticket, "state": care.DONE}
        return self._table.read(care.CallBack, self._table.change(call_back.key, update, condition, **values))

    def of(self, person: str) -> CallBack | None:
        """A person's call-back."""
        return self._table.read(care.CallBack, self._table.get(care.call_back_key(person)))

    # Working through them.

    def listed(self, now: int) -> Iterator[CallBack]:
        """Every call-back that has not expired, the one that is due first in front; read as they are asked for."""
        found = self._table.indexed("listing", "list_kind", care.LISTED)
        return (one for one in self._table.read_all(care.CallBack, found) if one.expires > now)

    def take(self, call_back: CallBack, now: int) -> CallBack | None:
        """Take a call-back that was asked for. None: somebody has taken it meanwhile, or it is gone."""
        update = "SET #state = :state, taken_at = :at, changed_by = :mine"
        states = {"state": care.IN_PROGRESS, "asked": care.ASKED, "mine": uuid4().hex}
        taken = self._table.change(call_back.key, update, _STILL_ASKED, ticket=call_back.ticket, at=now, **states)
        return self._table.read(care.CallBack, taken)

    def give_back(self, call_back: CallBack) -> CallBack | None:
        """Let others take a call-back that is in progress. None: it is not, or gone."""
        update = "SET #state = :asked, changed_by = :mine REMOVE taken_at"
        states = {"asked": care.ASKED, "in_progress": care.IN_PROGRESS, "mine": uuid4().hex}
        given_back = self._table.change(call_back.key, update, _TAKEN, ticket=call_back.ticket, **states)
        return self._table.read(care.CallBack, given_back)

    def finish(self, call_back: CallBack, now: int, note: str, expires: int) -> CallBack | None:
        """Store that a call-back is done, and forget its number. None: it is done already, or gone."""
        done = self._table.change(
            call_back.key,
            "SET #state = :state, done_at = :at, note = :note, expires = :expires, changed_by = :mine REMOVE #number",
            _NOT_DONE_BY_OTHERS,
            ticket=call_back.ticket,
            mine=uuid4().hex,
            state=care.DONE,
            at=now,
            note=note,
            expires=expires,
        )
        return self._table.read(care.CallBack, done)
