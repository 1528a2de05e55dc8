"""The records of customer care: requested call-backs, and what an agent hears about the customer who comes.

Times are epoch seconds. An open call-back holds the number in clear, since an agent dials it; a done one holds none.
"""

from __future__ import annotations

from ivr.locales.codes import are_codes
from ivr.records.base import Item, ItemKey, Record, record

ASKED, IN_PROGRESS, DONE = "asked", "in_progress", "done"
LISTED, LISTED_DONE = "call_backs", "call_backs_done"  # lists: what is owed is read without what is done


def call_back_key(person: str) -> ItemKey:
    """The key of a person's call-back. A person has one; a new one replaces it."""
    return ItemKey(f"PERSON#{person}", "CALL_BACK")


@record
class CallBack(Record):
    """A request to customer care to call a person back."""

    person: str  # pseudonym of ``number``
    call_sid: str  # of the leg that asked
    ticket: str  # its number at customer care: eight digits, the last a check digit
    asked_at: int
    day: str  # of the request, in the deployment's time zone: 2026-11-24
    due_at: int  # the end of the time that the person was promised for the call-back
    languages: str  # of the prompts that the person heard
    expires: int
    number: str = ""  # E.164; erased once it is done
    proved: int = 0  # 1: the service had dialled this number; 0: it is only a shown caller id
    state: str = ASKED
    category: str = ""  # of the report in the same call, if any
    loss: str = ""
    reference: str = ""
    told_at: int = 0  # when it was last asked for with this report
    taken_at: int = 0
    taken_by: str = ""  # the agent's name
    done_at: int = 0
    done_by: str = ""
    note: str = ""  # the agent's result

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return call_back_key(self.person)

    def makes_sense(self) -> bool:  # noqa: D102
        return are_codes(self.languages)

    def is_late(self, now: int) -> bool:
        """Whether the promised time is over and the call-back is not done. One in progress is not done."""
        return self.state != DONE and self.due_at <= now

    def index(self) -> Item:  # noqa: D102
        kind = LISTED_DONE if self.state == DONE else LISTED
        return {"list_kind": kind, "list_key": f"{self.due_at:012d}#{self.ticket}"}


def care_call_key(call_sid: str) -> ItemKey:
    """The key of a leg's transfer to customer care."""
    return ItemKey(f"CALL#{call_sid}", "CARE")


@record
class CareCall(Record):
    """A leg's transfer to customer care: what the agent hears, and the agent's leg that accepted it with a key."""

    call_sid: str  # of the leg that rings care
    expires: int
    number: str = ""  # the number reported in this call, in clear
    accepted_by: str = ""  # CallSid of the agent's leg
    accepted_at: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return care_call_key(self.call_sid)
