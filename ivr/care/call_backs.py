"""What customer care works with: call-backs that were asked for, and what an agent is told of whom they answer.

Times are epoch seconds. An open call-back holds the number in clear (DESIGN 5); a done one holds none.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.locales.codes import are_codes
from ivr.records.base import Item, ItemKey, Record

ASKED, IN_PROGRESS, DONE = "asked", "in_progress", "done"
LISTED = "call_backs"


def call_back_key(person: str) -> ItemKey:
    """Where a person's call-back is kept: one at a time, the newest in place of the one before."""
    return ItemKey(f"PERSON#{person}", "CALL_BACK")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack(Record):
    """Somebody asked customer care to call them back."""

    person: str  # pseudonym of ``number``
    call_sid: str  # of the leg that asked
    ticket: str  # eight digits that care knows it by; the last is a check digit
    asked_at: int
    day: str  # on which it was asked for, where the operator is: 2026-11-24
    due_at: int  # until when the person was told to expect the call
    languages: str  # that the person is spoken to in
    expires: int
    number: str = ""  # E.164; erased once it is done
    proved: int = 0  # 1: we had dialled this number ourselves; else it is what a caller id showed
    state: str = ASKED
    category: str = ""  # of the report that the person had just made, if any
    loss: str = ""
    reference: str = ""
    told_at: int = 0  # when it was asked for with this report, at first or again
    taken_at: int = 0
    done_at: int = 0
    note: str = ""  # what became of it

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return call_back_key(self.person)

    def makes_sense(self) -> bool:  # noqa: D102
        return are_codes(self.languages)

    def is_late(self, now: int) -> bool:
        """Whether the time until which it was promised is over, and it is still owed: taken is not yet called."""
        return self.state != DONE and self.due_at <= now

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": LISTED, "list_key": f"{self.due_at:012d}#{self.ticket}"}


def care_call_key(call_sid: str) -> ItemKey:
    """Where a leg's way to customer care is kept."""
    return ItemKey(f"CALL#{call_sid}", "CARE")


@dataclass(frozen=True, slots=True, kw_only=True)
class CareCall(Record):
    """A leg on its way to customer care: what the agent is told, and which agent's leg accepted with a key."""

    call_sid: str  # of the leg that rings care
    expires: int
    number: str = ""  # that was reported in this call, in clear
    accepted_by: str = ""  # CallSid of the agent's leg
    accepted_at: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return care_call_key(self.call_sid)
