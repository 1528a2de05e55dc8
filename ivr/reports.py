"""A customer's report on a call, with its reference, and a typed number that waits for confirmation."""

from __future__ import annotations

from ivr.locales.codes import is_code
from ivr.records.base import Item, ItemKey, Record, day_of, moment_of, record

CATEGORIES = ("prize", "secrets", "money", "pretended", "missed_call", "other")  # of what a caller wanted
SCREENED = "screened"  # the name of the report on the call itself
REPORT_SHARDS = 8  # a day's reports are spread over this many index partitions of 1,000 writes a second each


def report_key(call_sid: str, which: str) -> ItemKey:
    """The key of a report: its call, and ``SCREENED`` or ``typed-`` with a word for the typed number."""
    return ItemKey(f"CALL#{call_sid}", f"REPORT#{which}")


def reporter_key(reporter: str, day: str) -> ItemKey:
    """The key of the counter of a reporter's counted reports of a day (UTC, as 2026-11-24)."""
    return ItemKey(f"REPORTER#{reporter}", f"DAY#{day}")


def draft_key(call_sid: str, which: str) -> ItemKey:
    """The key of a typed number that waits for confirmation."""
    return ItemKey(f"CALL#{call_sid}", f"DRAFT#{which}")


@record
class Report(Record):
    """A customer's report. Verified: a call record shows that this caller rang this customer's line."""

    call_sid: str
    which: str
    reference: str
    reported_at: int
    reporter: str  # pseudonym
    expires: int
    verified: int = 0
    counted: int = 0  # 1: it counts for reputation; decided when it is first written
    uncounted: str = ""  # why it does not count (``ivr.reputation.counting``); empty in reports of an earlier release
    withdrawn: int = 0
    revision: int = 0  # grows with every change, so that readers of the stream recognise an old one
    caller: str = ""  # empty: withheld
    line: str = ""
    verdict: str = ""
    reason: str = ""
    category: str = ""
    loss: str = ""
    blocks_until: int = 0  # until when it blocks its caller on its line; 0: not at all
    language: str = ""  # the reporter's choice; empty: the first language of the line
    pressed: str = ""  # the step and the key that made the report: "whisper.offer=9"

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return report_key(self.call_sid, self.which)

    def makes_sense(self) -> bool:  # noqa: D102
        return self.reference.isdecimal() and (not self.language or is_code(self.language))

    @property
    def source(self) -> str:
        """The name of this report as the source of a block."""
        return f"{self.call_sid}#{self.which}"

    def index(self) -> Item:  # noqa: D102
        shard = int(self.reference) % REPORT_SHARDS
        day = f"{day_of(self.reported_at)}#{shard}"
        return {"report_day": day, "reported_key": f"{moment_of(self.reported_at)}#{self.reference}"}


@record
class NumberDraft(Record):
    """A number that a caller typed on the report line and has not confirmed yet."""

    call_sid: str
    which: str
    number: str
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return draft_key(self.call_sid, self.which)
