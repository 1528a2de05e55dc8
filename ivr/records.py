"""The records of the one table, each with its keys beside it.

Phone numbers stand in clear only where DESIGN 5 says so (callers, a line's ring_to); customers and reporters are
pseudonyms (``ivr.pseudonym``). Times are epoch seconds, and 0 in an "until" means that it never ends.
``expires`` is the table's TTL attribute; expired items stay readable for days, so readers compare ``until`` themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple, Self
from zlib import crc32

from ivr import reading

Item = dict[str, Any]

DAY = 24 * 3600
VERDICTS = ("trusted", "flagged", "blocked")  # that the fraud desk may give
LANGUAGES = ("ar", "en")  # that prompts are spoken in
CATEGORIES = ("prize", "secrets", "money", "pretended", "missed_call", "other")  # what a caller wanted (DESIGN 4)
SCREENED = "screened"  # which report of a call is the one on the call itself
REPORT_SHARDS = 8  # a day's reports are spread over this many index partitions of 1,000 writes a second each
CALL_SHARDS = 8  # and a day's calls likewise


class ItemKey(NamedTuple):
    """The primary key of an item."""

    pk: str
    sk: str


def line_key(number: str) -> ItemKey:
    """Where a line is registered."""
    return ItemKey(f"LINE#{number}", "LINE")


def ring_key(line: str) -> ItemKey:
    """Where a line's open ring or call is kept."""
    return ItemKey(f"LINE#{line}", "RING")


def listed_key(line: str, caller: str) -> ItemKey:
    """Where a customer's own word on a caller is kept."""
    return ItemKey(f"LINE#{line}", f"CALLER#{caller}")


def decision_key(caller: str) -> ItemKey:
    """Where the fraud desk's decision on a number is kept."""
    return ItemKey(f"CALLER#{caller}", "DECISION")


def rule_key(prefix: str) -> ItemKey:
    """Where the fraud desk's rule for a prefix is kept."""
    return ItemKey(f"PREFIX#{prefix}", "RULE")


def call_key(call_sid: str) -> ItemKey:
    """Where a screened call is recorded, by the CallSid of the caller's leg."""
    return ItemKey(f"CALL#{call_sid}", "CALL")


def report_key(call_sid: str, which: str) -> ItemKey:
    """Where a report is kept: by its call, and ``SCREENED`` or ``typed-`` and a word for the number that was typed."""
    return ItemKey(f"CALL#{call_sid}", f"REPORT#{which}")


def reporter_key(reporter: str, day: str) -> ItemKey:
    """Where a reporter's counted reports of a day (UTC, as 2026-11-24) are numbered."""
    return ItemKey(f"REPORTER#{reporter}", f"DAY#{day}")


def draft_key(call_sid: str, which: str) -> ItemKey:
    """Where a typed number waits to be confirmed."""
    return ItemKey(f"CALL#{call_sid}", f"DRAFT#{which}")


def day_index(call_sid: str, at: int) -> Item:
    """What lists a call among those of its day, in the order of their times. None of it ever changes."""
    shard = crc32(call_sid.encode()) % CALL_SHARDS
    moment = datetime.fromtimestamp(at, UTC)
    return {"call_day": f"{day_of(at)}#{shard}", "called_key": f"{moment:%Y-%m-%dT%H:%M:%SZ}#{call_sid}"}


def expiry(until: int, days: int) -> int:
    """The ``expires`` of what holds until then: so many days after it ended, and never (0) where it never ends."""
    return until + days * DAY if until else 0


def spoken(languages: str) -> bool:
    """Whether these are languages that we speak, in the order in which they are heard: ar-en."""
    return all(language in LANGUAGES for language in languages.split("-"))


def day_of(at: int) -> str:
    """The day of a moment, as keys name it: in UTC, as 2026-11-24."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


class Record:
    """What all records share: they become items and come back from them.

    Only what differs from a default is stored, beside the keys and what an index needs; unknown attributes of an item
    are ignored, so that an older function reads what a newer one wrote.
    """

    __slots__ = ()

    @property
    def key(self) -> ItemKey:
        """The record's primary key."""
        raise AttributeError

    def index(self) -> Item:
        """Further attributes, for the indexes that list this record."""
        return {}

    def to_item(self) -> Item:
        """The record as an item's plain attributes."""
        pk, sk = self.key
        values = {f.name: (getattr(self, f.name), f.default) for f in fields(self)}  # type: ignore[arg-type]
        stored = {name: value for name, (value, default) in values.items() if value != default}
        return {"pk": pk, "sk": sk, **stored, **self.index()}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read what ``to_item`` wrote. Raises ``ivr.reading.UnreadableError`` for anything else."""
        record = cls(**reading.values_of(cls, item))
        if not record.makes_sense():
            raise reading.UnreadableError(cls.__name__, reading.VALUE)
        if not record.belongs_at(ItemKey(str(item["pk"]), str(item["sk"]))):
            raise reading.UnreadableError(cls.__name__, reading.PLACE)
        return record

    def makes_sense(self) -> bool:
        """Whether every value is one that the product knows what to do with."""
        return True

    def belongs_at(self, key: ItemKey) -> bool:
        """Whether this is where such a record is kept."""
        return key == self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Record):
    """A number that is pointed at this service. An unregistered number has none of these and is a report line."""

    number: str
    kind: str  # "protected" or "report"
    ring_to: str = ""  # the customer's telephone, E.164
    languages: str = "ar-en"  # in the order in which the customer hears them
    mode: str = "standard"  # "standard", "strict" or "off"

    KINDS: ClassVar = ("protected", "report")
    MODES: ClassVar = ("standard", "strict", "off")

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return line_key(self.number)

    def makes_sense(self) -> bool:  # noqa: D102
        rings = bool(self.ring_to) or self.kind != "protected"
        return self.kind in self.KINDS and self.mode in self.MODES and spoken(self.languages) and rings

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "lines", "list_key": self.number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Record):
    """The line's customer is being rung or is talking: a second caller gets the no-answer path until ``until``."""

    line: str
    call_sid: str
    caller: str
    rings_until: int  # until when the same caller on the same line is our own ring, come back to us
    until: int
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return ring_key(self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Record):
    """A customer's own word on a caller: ``allow`` or ``block``; any other is one that was taken back.

    ``source`` is the call that a trust was earned in, or the report that a block was made by. What a report's block
    replaced is kept with it, so that taking the report back brings that back.
    """

    line: str
    caller: str
    word: str
    until: int = 0
    expires: int = 0
    at: int = 0  # when it was said
    source: str = ""
    # When the word on this caller was said that was taken back last; and the word that this one replaced. A report's
    # block copies what stood there without reading it, and holds whatever that was.
    undone_at: int = field(default=0, metadata=reading.DISPENSABLE)
    before: str = field(default="", metadata=reading.DISPENSABLE)
    before_until: int = field(default=0, metadata=reading.DISPENSABLE)
    before_source: str = field(default="", metadata=reading.DISPENSABLE)

    @property
    def by_report(self) -> bool:
        """Whether a report said this word by itself, rather than the customer about the caller."""
        return "#" in self.source

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return listed_key(self.line, self.caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskDecision(Record):
    """The fraud desk's decision on one number."""

    caller: str
    verdict: str  # "trusted", "flagged" or "blocked"
    note: str = ""
    decided_at: int = 0  # 0: by a release that did not keep it
    decided_by: str = ""
    ended_by: str = ""  # who took it back, at ``until``
    ended_because: str = ""
    until: int = 0
    expires: int = 0  # with an ``until``, some time after it (``expiry``)

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return decision_key(self.caller)

    def makes_sense(self) -> bool:  # noqa: D102
        return self.verdict in VERDICTS

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "callers", "list_key": self.caller}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixRule(Record):
    """The fraud desk's rule for every number that begins with ``prefix`` (E.164 with its plus)."""

    prefix: str
    verdict: str
    note: str = ""
    until: int = 0
    expires: int = 0  # with an ``until``, some time after it (``expiry``)

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return rule_key(self.prefix)

    def makes_sense(self) -> bool:  # noqa: D102
        return self.verdict in VERDICTS

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "prefixes", "list_key": self.prefix}


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
        return not self.languages or spoken(self.languages)

    def index(self) -> Item:  # noqa: D102
        return day_index(self.call_sid, self.rang_at)


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
        return self.reference.isdecimal() and (not self.language or self.language in LANGUAGES)

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
