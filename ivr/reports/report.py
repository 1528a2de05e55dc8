"""A report: what a customer says of a call, by which reference, and the number that waits to be confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.locales.codes import is_code
from ivr.records.base import Item, ItemKey, Record, day_of

CATEGORIES = ("prize", "secrets", "money", "pretended", "missed_call", "other")  # what a caller wanted
SCREENED = "screened"  # which report of a call is the one on the call itself
REPORT_SHARDS = 8  # a day's reports are spread over this many index partitions of 1,000 writes a second each


def report_key(call_sid: str, which: str) -> ItemKey:
    """Where a report is kept: by its call, and ``SCREENED`` or ``typed-`` and a word for the number that was typed."""
    return ItemKey(f"CALL#{call_sid}", f"REPORT#{which}")


def reporter_key(reporter: str, day: str) -> ItemKey:
    """Where a reporter's counted reports of a day (UTC, as 2026-11-24) are numbered."""
    return ItemKey(f"REPORTER#{reporter}", f"DAY#{day}")


def draft_key(call_sid: str, which: str) -> ItemKey:
    """Where a typed number waits to be confirmed."""
    return ItemKey(f"CALL#{call_sid}", f"DRAFT#{which}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Record):
    """A customer's report. Verified: a call record shows that this caller rang this customer's line."""

    call_sid: str
    which: str
    reference: str
    reported_at: int
    reporter: str  # pseudonym
    expires: int
    verified: int = 0
    counted: int = 0  # 1: reputation counts it; decided once, when it is written
    uncounted: str = ""  # why it does not count (``ivr.reputation.counting``); an earlier release did not say
    withdrawn: int = 0
    revision: int = 0  # grows with every change, so that the stream can tell old from new
    caller: str = ""  # empty: withheld
    line: str = ""
    verdict: str = ""
    reason: str = ""
    category: str = ""
    loss: str = ""
    blocks_until: int = 0  # until when it blocks its caller on its line; 0: not at all
    language: str = ""  # that the reporter had chosen; empty: the line's first one
    pressed: str = ""  # the step and the key that made it, as "whisper.offer=9"

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return report_key(self.call_sid, self.which)

    def makes_sense(self) -> bool:  # noqa: D102
        return self.reference.isdecimal() and (not self.language or is_code(self.language))

    @property
    def source(self) -> str:
        """What a block that this report makes names as its source."""
        return f"{self.call_sid}#{self.which}"

    def index(self) -> Item:  # noqa: D102
        at = datetime.fromtimestamp(self.reported_at, UTC)
        shard = int(self.reference) % REPORT_SHARDS
        day = f"{day_of(self.reported_at)}#{shard}"
        return {"report_day": day, "reported_key": f"{at:%Y-%m-%dT%H:%M:%SZ}#{self.reference}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberDraft(Record):
    """A number that somebody typed on the report line and has yet to confirm."""

    call_sid: str
    which: str
    number: str
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return draft_key(self.call_sid, self.which)
