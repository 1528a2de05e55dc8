"""The record of a screened call, and the lock of the line that it rings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zlib import crc32

from ivr.locales.codes import are_codes
from ivr.records.base import Item, ItemKey, Record, day_of

CALL_SHARDS = 8  # and a day's calls likewise


def line_lock_key(line: str) -> ItemKey:
    """Where a line's open ring or call is kept."""
    return ItemKey(f"LINE#{line}", "RING")


def call_key(call_sid: str) -> ItemKey:
    """Where a screened call is recorded, by the CallSid of the caller's leg."""
    return ItemKey(f"CALL#{call_sid}", "CALL")


def day_index(call_sid: str, at: int) -> Item:
    """What lists a call among those of its day, in the order of their times. None of it ever changes."""
    shard = crc32(call_sid.encode()) % CALL_SHARDS
    moment = datetime.fromtimestamp(at, UTC)
    return {"call_day": f"{day_of(at)}#{shard}", "called_key": f"{moment:%Y-%m-%dT%H:%M:%SZ}#{call_sid}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLock(Record):
    """The line's customer is being rung or is talking: a second caller gets the no-answer path until ``until``."""

    line: str
    call_sid: str
    caller: str
    rings_until: int  # until when the same caller on the same line is our own ring, come back to us
    until: int
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return line_lock_key(self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord(Record):
    """A call for which the customer was rung. ``accepted_at`` is set by the customer's key alone."""

    call_sid: str
    line: str
    customer: str  # pseudonym of the line's ring_to
    verdict: str
    reason: str
    rang_at: int
    expires: int
    caller: str = ""  # empty: withheld
    accepted_at: int = 0
    declined_at: int = 0  # by a key; neither: nobody took it
    reported_at: int = 0  # where the report waits in the queue, and so is not beside this record yet
    ended_at: int = 0
    talked: int = 0  # 1: the two were joined
    trusted_at: int = 0  # when "connect and trust" took effect
    wants_trust: int = 0  # 1: the customer pressed "connect and trust"; takes effect only after the talk
    # Of a guarded call (DESIGN 4):
    customer_sid: str = ""  # the customer's leg, which is to be moved into a room
    languages: str = ""  # that the customer is spoken to in
    bridged_at: int = 0  # the move was refused: the two are joined without a room
    entered_at: int = 0  # when the customer's leg came to the room
    joined_at: int = 0  # and when the caller's did
    ended_by: str = ""  # "caller" or "customer": who left the talk; "caller" too: before anybody took the call
    moved_to: str = ""  # where the customer's leg was moved to instead of the room, or out of it
    left_at: int = 0  # when the customer's leg ended
    dial_status: str = ""  # how Twilio said that the Dial of the customer ended
    dial_error: str = ""  # and its error code, or "none"

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return call_key(self.call_sid)

    def makes_sense(self) -> bool:  # noqa: D102
        return not self.languages or are_codes(self.languages)

    def index(self) -> Item:  # noqa: D102
        return day_index(self.call_sid, self.rang_at)
