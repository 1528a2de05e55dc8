"""The record of a screened call, and the lock of the line that it rings."""

from __future__ import annotations

from zlib import crc32

from ivr.locales.codes import are_codes
from ivr.records.base import Item, ItemKey, Record, day_of, moment_of, record

CALL_SHARDS = 8  # index partitions of a day's calls


def line_lock_key(line: str) -> ItemKey:
    """The key of a line's lock: it is being rung or in a call."""
    return ItemKey(f"LINE#{line}", "RING")


def call_key(call_sid: str) -> ItemKey:
    """The key of a screened call's record, by the CallSid of the caller's leg."""
    return ItemKey(f"CALL#{call_sid}", "CALL")


def day_index(call_sid: str, at: int) -> Item:
    """The index attributes that list a call by its day and time. They never change."""
    shard = crc32(call_sid.encode()) % CALL_SHARDS
    return {"call_day": f"{day_of(at)}#{shard}", "called_key": f"{moment_of(at)}#{call_sid}"}


@record
class LineLock(Record):
    """The line's customer is being rung or is talking: a second caller gets the no-answer path until ``until``."""

    line: str
    call_sid: str
    caller: str
    rings_until: (
        int  # until when the same caller on the same line is a loop: this service's own call, forwarded back to it
    )
    until: int
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return line_lock_key(self.line)


@record
class CallRecord(Record):
    """A call for which the customer was rung. Only the customer's key sets ``accepted_at``."""

    call_sid: str
    line: str
    customer: str  # pseudonym of the line's ring_to
    verdict: str
    reason: str
    rang_at: int
    expires: int
    caller: str = ""  # empty: withheld
    accepted_at: int = 0
    declined_at: int = 0  # by a key. Neither accepted nor declined: nobody pressed a key
    reported_at: int = 0  # the report waits in the queue and is not beside this record yet
    ended_at: int = 0
    freed_at: int = 0  # the line had been released by then. 0: it may be locked
    talked: int = 0  # 1: the two were joined
    trusted_at: int = 0  # when "connect and trust" took effect
    wants_trust: int = 0  # 1: the customer pressed "connect and trust"; takes effect only after the talk
    # Of a guarded call, in which caller and customer talk in a conference:
    customer_sid: str = ""  # the customer's leg, which REST moves into the conference
    languages: str = ""  # of the customer's prompts
    bridged_at: int = 0  # the move was refused: the two talk without a conference
    entered_at: int = 0  # when the customer's leg joined the conference
    joined_at: int = 0  # when the caller's leg joined it
    ended_by: str = ""  # "caller" or "customer": who left the talk; also "caller" if they left before anybody accepted
    moved_to: str = ""  # where the customer's leg was moved to, instead of the conference or from it
    left_at: int = 0  # when the customer's leg ended
    hung_up_at: int = 0  # when the caller's leg ended, while the customer's went on
    seconds: int = 0  # that the caller's leg lasted, stored with ``hung_up_at``
    dial_status: str = ""  # DialCallStatus of the Dial of the customer
    dial_error: str = ""  # its error code, or "none"

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return call_key(self.call_sid)

    @property
    def is_apart(self) -> bool:
        """Whether the two do not meet in a conference any more, or never did."""
        return bool(not self.customer_sid or self.bridged_at or self.ended_at or self.left_at)

    @property
    def is_in_talk(self) -> bool:
        """Whether the customer is in the conference, where the caller can join."""
        return bool(self.entered_at and not self.is_apart)

    def makes_sense(self) -> bool:  # noqa: D102
        return not self.languages or are_codes(self.languages)

    def index(self) -> Item:  # noqa: D102
        return day_index(self.call_sid, self.rang_at)
