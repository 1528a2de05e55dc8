"""Voicemail: the records of a caller's message and of its recording at Twilio, with their keys.

A message belongs to the customer (a pseudonym) and holds the caller's number in clear, like a report. The recording is
at Twilio, under a Sid that reveals nothing. An item of its own says that the recording exists, and is kept longer than
the message, so that the erasure at Twilio does not depend on one stream record (``ivr.job_runner.erasure``).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.calls.call_record import CallRecord
from ivr.flow.state import in_letters
from ivr.jobs.job import DONE, FAILED, Job
from ivr.records.base import DAY, ItemKey, Record, record
from ivr.records.decoding import VALUE, UnreadableError

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.reports import Report

RECORD_WAITS, NOT_READ = 1, 2  # the call's record waits in the queue too; the table did not answer
LEFT = "LEFT#"  # the beginning of a message's sort key
_OUTLASTS_SECONDS = 7 * DAY  # TTL removes an expired item within some days, so the message is gone by then
ROUND_SECONDS = 6 * 3600  # after this TTL removes a failed erasure, and that starts the next round
MOST_ROUNDS = 60
ALARM_FROM_ROUND = 4  # more than a day after the first: longer than an outage of Twilio
_RECORDING = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)  # it stands in a URL of ours, and in one of the provider's


def is_recording(name: str) -> bool:
    """Whether this may be a provider's name for a recording."""
    return _RECORDING.fullmatch(name) is not None


def word_of(call_sid: str) -> str:
    """The name of a call's message. A call has at most one message, since the name depends on the call alone."""
    return in_letters(hashlib.sha256(call_sid.encode()).hexdigest()[:16])


def voicemail_key(person: str, word: str) -> ItemKey:
    """The key of a message to a person."""
    return ItemKey(f"PERSON#{person}", f"{LEFT}{word}")


def desk_key(call_sid: str) -> ItemKey:
    """The key of a reported call's message: beside the report."""
    return ItemKey(f"CALL#{call_sid}", f"{LEFT}desk")


def recording_partition(recording: str) -> str:
    """The partition of a recording and its erasures."""
    return f"RECORDING#{recording}"


def recording_key(recording: str) -> ItemKey:
    """The key of the item that says that a recording exists at Twilio."""
    return ItemKey(recording_partition(recording), "RECORDING")


@record
class Voicemail(Record):
    """A message to a customer. It is kept until ``expires``, unless the customer deletes it before."""

    person: str  # pseudonym of the customer
    call_sid: str
    recording: str  # the provider's name for it, never its URL
    line: str
    at: int
    seconds: int
    expires: int
    caller: str = ""  # empty: withheld
    verdict: str = ""
    reason: str = ""
    deleted_at: int = 0  # by the customer
    desk: int = (
        0  # 1: the call was reported: the desk keeps the message with the report, and the customer does not hear it
    )
    undecided: int = (
        0  # not 0: it waits in the queue until it is known whether the call was reported (RECORD_WAITS, NOT_READ)
    )

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return desk_key(self.call_sid) if self.desk else voicemail_key(self.person, word_of(self.call_sid))

    def beside(self, reports: list[Report], *, expires: int = 0) -> Voicemail:
        """The message once the reports on its call are known: with a valid report the desk keeps it as long.

        ``expires``: until when the desk keeps it if the report still waits in the queue.
        """
        until = max((report.expires for report in reports if not report.withdrawn), default=expires)
        return replace(self, desk=1, undecided=0, expires=until) if until else replace(self, undecided=0)

    @property
    def name(self) -> str:
        """The message's name in the URL of a leg that plays it. Names sort by time and hold no number and no Sid."""
        return f"{in_letters(f'{self.at:010d}')}-{word_of(self.call_sid)}"

    def call(self, expires: int) -> CallRecord:
        """The record of the call in which the message was left; the message holds all that it needs."""
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


@record
class Recording(Record):
    """A recording exists at Twilio. The item does not say whose it is."""

    recording: str
    expires: int
    erased_at: int = 0

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return recording_key(self.recording)


def recording_of(message: Voicemail) -> Recording:
    """The item that says that a message's recording exists."""
    return Recording(recording=message.recording, expires=message.expires + _OUTLASTS_SECONDS)


@record
class Erasure(Job):
    """A recording must be deleted at Twilio. If that fails, the removal of this item by TTL starts another round."""

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
    """The recording's Sid in an item whose other attributes may be wrong. Raises ``UnreadableError``."""
    recording = gone.get("recording")
    if not isinstance(recording, str) or not is_recording(recording):
        raise UnreadableError(Recording.__name__, VALUE)
    return recording


def erasure_after(gone: Item, now: int) -> Erasure | None:
    """The erasure that a removal from the table asks for, by TTL or by hand. None: no recording is left at Twilio."""
    kind, _, _ = str(gone["sk"]).partition("#")
    match kind:
        case "LEFT" if not gone.get("deleted_at"):  # the deletion has stored the erasure already
            return erasure(_recording_in(gone), now)
        case "RECORDING" if not gone.get("erased_at"):  # the removal of the message was never processed
            return erasure(_recording_in(gone), now)
        case "ERASURE":
            last = Erasure.from_item(gone)
            return None if last.state in {DONE, FAILED} else erasure(last.recording, now, round_=last.round + 1)
        case _:
            return None
