"""What is done after a call, off the caller's path: ring somebody back, send a message. Each with its keys beside it.

A job is asked for by a record, claimed by one function, and acted on once. It holds no number: that is read from
the line when it is done, so that an outcome may be shown for as long as it is of interest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.locales.codes import are_codes, is_code
from ivr.records.base import ItemKey, Record

ASKED, CLAIMED, DONE, FAILED, UNKNOWN = "asked", "claimed", "done", "failed", "unknown"
STATES = ASKED, CLAIMED, DONE, FAILED, UNKNOWN
CLAIM_SECONDS = 90  # longer than the function may run: whoever claimed a job before that is gone
UNREGISTERED = "unregistered"  # an outcome: no line rings this person (any more)
TOO_MANY = "too_many_today"  # an outcome: as many messages as a person gets in a day were sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Record):
    """What all jobs share. Times are of the follow-up function's own clock."""

    state: str = ASKED
    claimed_at: int = 0
    claimed_by: str = ""  # the claim's own word: a retried write that meets its own first one is recognised by it
    tried_since: int = 0  # when it was claimed for the first time
    outcome: str = ""  # Twilio's Sid; its error code or our word for why it failed, or why nobody knows

    def state_at(self, now: int) -> str:
        """The state to show: a claim that nobody came back from is an unknown outcome."""
        return UNKNOWN if self.state == CLAIMED and now - self.claimed_at > CLAIM_SECONDS else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBack(Job):
    """Somebody asked on the report line to be rung back at their registered number."""

    call_sid: str  # of the leg that asked
    person: str  # pseudonym of the number that this leg showed
    day: str  # on which it was asked for, in the deployment's time zone, as 2026-11-24
    line: str  # the line that the number is registered for, and that rings; empty: none
    languages: str
    asked_at: int
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return ItemKey(f"CALL#{self.call_sid}", "RING_BACK")

    def makes_sense(self) -> bool:  # noqa: D102
        return are_codes(self.languages)


def sms_key(call_sid: str, which: str) -> ItemKey:
    """Where the message about a report is kept: beside the report, so that there is one at the most."""
    return ItemKey(f"CALL#{call_sid}", f"MESSAGE#{which}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms(Job):
    """The SMS about a report: its reference, and the advice that fits. One a report, whatever becomes of it."""

    call_sid: str
    which: str
    reference: str
    line: str  # whose customer made the report
    person: str  # pseudonym of the reporter: the line's customer must still be the same
    expires: int  # with the report
    category: str = ""
    loss: str = ""
    language: str = ""  # that the customer had chosen; empty: the line's first one
    segments: int = 0  # as many as Twilio bills, once it was tried (``ivr.jobs.segments``)

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return sms_key(self.call_sid, self.which)

    def makes_sense(self) -> bool:  # noqa: D102
        return not self.language or is_code(self.language)


def opt_out_key(person: str) -> ItemKey:
    """Where a person's wish to get no messages is kept."""
    return ItemKey(f"PERSON#{person}", "OPT_OUT")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut(Record):
    """A person wants no messages. It holds, and is kept, until they want them again: then ``ended_at`` says when."""

    person: str  # pseudonym
    since: int
    ended_at: int = 0
    # The word of the write that said it last: sent again, it knows itself.
    said_by: str = field(default="", compare=False)
    expires: int = 0  # some time after ``ended_at``

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return opt_out_key(self.person)
