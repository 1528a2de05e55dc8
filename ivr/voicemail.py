"""A message that an unknown caller left for a customer, and its recording at Twilio: the records, with their keys.

A message is the customer's (their pseudonym), and names the caller in clear, like a report. The recording itself lies
at Twilio, under an Sid that tells nothing of anybody. That there is one is kept by itself, a while longer than the
message, so that its erasure at Twilio hangs on no single event (``ivr.jobs.erasure``).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr.calls.call_record import CallRecord
from ivr.flow.state import in_letters
from ivr.jobs.job import DONE, FAILED, Job
from ivr.records.base import DAY, ItemKey, Record
from ivr.records.decoding import VALUE, UnreadableError

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.reports.report import Report

RECORD_WAITS, NOT_READ = 1, 2  # the call's own record waits there too; the table did not answer
LEFT = "LEFT#"  # how the sort keys of messages begin
_OUTLASTS_SECONDS = 7 * DAY  # TTL takes an expired item within some days; later than this the message is surely gone
ROUND_SECONDS = 6 * 3600  # an erasure that failed is asked for again once TTL takes it, some time after this
MOST_ROUNDS = 60
TOLD_FROM_ROUND = 4  # a day and more after the first: that is no outage of Twilio's
_SID = re.compile(r"RE[0-9a-f]{32}", re.ASCII)


def is_recording(sid: str) -> bool:
    """Whether this is the Sid of a recording, as Twilio writes them."""
    return _SID.fullmatch(sid) is not None


def word_of(call_sid: str) -> str:
    """The word by which a call's message is known: there is one of each call, whatever is delivered twice."""
    return in_letters(hashlib.sha256(call_sid.encode()).hexdigest()[:16])


def voicemail_key(person: str, word: str) -> ItemKey:
    """Where a message to a person is kept."""
    return ItemKey(f"PERSON#{person}", f"{LEFT}{word}")


def desk_key(call_sid: str) -> ItemKey:
    """Where the message of a reported call is kept, beside the report."""
    return ItemKey(f"CALL#{call_sid}", f"{LEFT}desk")


def recording_partition(recording: str) -> str:
    """The partition that holds what is known of a recording."""
    return f"RECORDING#{recording}"


def recording_key(recording: str) -> ItemKey:
    """Where it is kept that a recording lies at Twilio."""
    return ItemKey(recording_partition(recording), "RECORDING")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail(Record):
    """A message to a customer. It is there until ``expires``, unless it was deleted before."""

    person: str  # pseudonym of the customer
    call_sid: str
    recording: str  # its Sid, never its URL
    line: str
    at: int
    seconds: int
    expires: int
    caller: str = ""  # empty: withheld
    verdict: str = ""
    reason: str = ""
    deleted_at: int = 0  # by the customer
    desk: int = 0  # 1: its call was reported, and the desk keeps it with the report; the customer is not told of it
    undecided: int = 0  # it waits in the queue, since it can't be known now whether its call was reported: one of these

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return desk_key(self.call_sid) if self.desk else voicemail_key(self.person, word_of(self.call_sid))

    def beside(self, reports: list[Report], *, expires: int = 0) -> Voicemail:
        """The message, now that the reports on its call are known: the desk's where one holds, until that expires.

        ``expires``: until when the desk keeps it, where the report waits in the queue.
        """
        until = max((report.expires for report in reports if not report.withdrawn), default=expires)
        return replace(self, desk=1, undecided=0, expires=until) if until else replace(self, undecided=0)

    @property
    def name(self) -> str:
        """By what a leg knows the message that it plays; names sort by time. It holds no number and no Sid."""
        return f"{in_letters(f'{self.at:010d}')}-{word_of(self.call_sid)}"

    def call(self, expires: int) -> CallRecord:
        """The screened call in which it was left: who rang whom is as sure as from that call's own record."""
        return CallRecord(
            call_sid=self.call_sid,
            line=self.line,
            customer=self.person,
            verdict=self.verdict,
            reason=self.reason,
            rang_at=self.at,
            expires=expires,
            caller=self.caller,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(Record):
    """A recording lies at Twilio. It says nothing of whose it is."""

    recording: str
    expires: int
    erased_at: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return recording_key(self.recording)


def recording_of(message: Voicemail) -> Recording:
    """What is kept of a message's recording."""
    return Recording(recording=message.recording, expires=message.expires + _OUTLASTS_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure(Job):
    """A recording is to be deleted at Twilio. What failed is asked for again, as another round, when this expires."""

    recording: str
    expires: int
    round: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return ItemKey(recording_partition(self.recording), f"ERASURE#{self.round:02d}")


def erasure(recording: str, now: int, *, round_: int = 0) -> Erasure:
    """Ask for a recording to be deleted at Twilio."""
    return Erasure(recording=recording, expires=now + ROUND_SECONDS, round=round_)


def _recording_in(gone: Item) -> str:
    """The recording that an item names, whatever else is wrong with it. Raises ``UnreadableError``."""
    recording = gone.get("recording")
    if not isinstance(recording, str) or not is_recording(recording):
        raise UnreadableError(Recording.__name__, VALUE)
    return recording


def erasure_after(gone: Item, now: int) -> Erasure | None:
    """What a removal from the table asks for, by TTL or by hand: nothing, unless a recording outlives what is gone."""
    kind, _, _ = str(gone["sk"]).partition("#")
    match kind:
        case "LEFT" if not gone.get("deleted_at"):  # whoever deleted it asked for the erasure too
            return erasure(_recording_in(gone), now)
        case "RECORDING" if not gone.get("erased_at"):  # the removal of the message was never heard of
            return erasure(_recording_in(gone), now)
        case "ERASURE":
            last = Erasure.from_item(gone)
            return None if last.state in {DONE, FAILED} else erasure(last.recording, now, round_=last.round + 1)
        case _:
            return None
