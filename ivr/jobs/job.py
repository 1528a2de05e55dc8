"""The jobs after a call, with their keys: ring a customer back, send an SMS. No caller waits for them.

A record asks for a job, one function claims it and does it once. A job holds no telephone number: the function reads
it from the line. So the outcome of a job may be kept and shown without a number in it.
"""

from __future__ import annotations

from dataclasses import field

from ivr.locales.codes import are_codes, is_code
from ivr.records.base import ItemKey, Record, record

ASKED, CLAIMED, DONE, FAILED, UNKNOWN = "asked", "claimed", "done", "failed", "unknown"
STATES = ASKED, CLAIMED, DONE, FAILED, UNKNOWN
CLAIM_SECONDS = 90  # longer than the function may run, so an older claim is of a function that has ended
UNREGISTERED = "unregistered"  # an outcome: no line rings this customer, or no longer
TOO_MANY = "too_many_today"  # an outcome: this person has got the most messages of a day


@record
class Job(Record):
    """What all jobs share. Times are epoch seconds by the clock of the follow-up function."""

    state: str = ASKED
    claimed_at: int = 0
    claimed_by: str = ""  # the claim's own word: a retried write recognises by it that its first try was stored
    tried_since: int = 0  # time of the first claim
    outcome: str = (
        ""  # Twilio's Sid; after a failure or an unknown outcome Twilio's error code or a word of this module
    )

    def state_at(self, now: int) -> str:
        """The state to show: a claim whose function has ended without a result is an unknown outcome."""
        return UNKNOWN if self.state == CLAIMED and now - self.claimed_at > CLAIM_SECONDS else self.state


@record
class RingBack(Job):
    """A caller of the report line asked to be rung back at their registered number."""

    call_sid: str  # of the leg that asked
    person: str  # pseudonym of the number that this leg showed
    day: str  # of the request, in the deployment's time zone: 2026-11-24
    line: str  # the line with this registered number; it places the call. Empty: none
    languages: str
    asked_at: int
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return ItemKey(f"CALL#{self.call_sid}", "RING_BACK")

    def makes_sense(self) -> bool:  # noqa: D102
        return are_codes(self.languages)


def sms_key(call_sid: str, which: str) -> ItemKey:
    """The key of the message about a report: beside the report, so that there is at most one."""
    return ItemKey(f"CALL#{call_sid}", f"MESSAGE#{which}")


@record
class Sms(Job):
    """The SMS about a report, with its reference and the advice for its category. A report has at most one."""

    call_sid: str
    which: str
    reference: str
    line: str  # whose customer made the report
    person: str  # pseudonym of the reporter, who must still be the customer of the line
    expires: int  # with the report
    category: str = ""
    loss: str = ""
    language: str = ""  # the customer's choice; empty: the first language of the line
    segments: int = 0  # that Twilio bills; known from the first try (``ivr.jobs.segments``)

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return sms_key(self.call_sid, self.which)

    def makes_sense(self) -> bool:  # noqa: D102
        return not self.language or is_code(self.language)


def opt_out_key(person: str) -> ItemKey:
    """The key of a person's opt-out from SMS."""
    return ItemKey(f"PERSON#{person}", "OPT_OUT")


@record
class OptOut(Record):
    """A person's opt-out from SMS. It is in force until ``ended_at`` (0: no end)."""

    person: str  # pseudonym
    since: int
    ended_at: int = 0
    # The word of the last write: a retry recognises by it that its first try was stored.
    said_by: str = field(default="", compare=False)
    expires: int = 0  # some time after ``ended_at``

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return opt_out_key(self.person)
