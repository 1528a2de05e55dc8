"""The table as the follow-up function uses it: jobs and their claims, and who wants no messages.

A job goes from asked to claimed by a conditional write, and from claimed to what became of it. Only what never
reached Twilio goes back to asked.

The SDK sends a write again whose answer was lost, and the second one then meets what the first one did. So a claim
carries a word of its own, and what stands there under that word is not somebody else's.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from ivr.calls.call_record import CallRecord, call_key
from ivr.jobs import job as asked
from ivr.observability.failures import Why
from ivr.records.base import day_of, expiry
from ivr.reports.report import Report, report_key
from ivr.screening.line import Line, line_key
from ivr.store.counting import SMS, Counting, counts_key
from ivr.store.table import StoreUnavailableError, StoreWriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.store.table import Value

E = TypeVar("E", bound=asked.Job)

_BECOMES = "SET #state = :state, outcome = :outcome"
_NOT_CLAIMED = "attribute_exists(pk) AND (attribute_not_exists(#state) OR #state = :asked OR claimed_by = :mine)"
_MOST_IN_A_BATCH = 100  # DynamoDB's limit
_MINE = "#state = :claimed AND claimed_by = :mine"
# Whoever acted knows better than whoever gave the claim up for lost meanwhile.
_MINE_OR_GIVEN_UP = (
    "claimed_by = :mine AND (#state = :claimed OR #state = :unknown OR (#state = :state AND outcome = :outcome))"
)


class Jobs(Counting):
    """The table, for the follow-up function. Every method may raise ``StoreUnavailableError``."""

    def ask(self, message: asked.Sms, now: int, *, most: int) -> None:
        """Ask for the message about a report, once; over ``most`` to this person today it is kept as one not sent."""
        if self._get(message.key):  # as it mostly is the second time, and a transaction that fails costs as much as any
            return
        day = counts_key(message.person, day_of(now))
        refused = self._all_or_none(
            {"Put": self._putting_once(message)}, {"Update": self._one_more(day, SMS, now, most=most)}
        )
        if refused and not refused[0]:
            self.put_once(replace(message, state=asked.FAILED, outcome=asked.TOO_MANY))

    def current(self, job: E) -> E | None:
        """A job as it stands now, or None where it has expired."""
        return self._read(type(job), self._get(job.key))

    def message(self, call_sid: str, which: str) -> asked.Sms | None:
        """The message about a report, if one was asked for."""
        return self._read(asked.Sms, self._get(asked.sms_key(call_sid, which)))

    def messages_about(self, reports: Iterable[Report]) -> Iterator[tuple[Report, asked.Sms]]:
        """Each report with the message about it, in their order; those with none are left out."""
        coming = iter(reports)
        while batch := list(islice(coming, _MOST_IN_A_BATCH)):
            keys = [asked.sms_key(report.call_sid, report.which) for report in batch]
            items, missing = self._batch_get(keys)
            if missing:
                raise StoreUnavailableError(Why.UNPROCESSED)
            messages = (self._read(asked.Sms, items.get(key)) for key in keys)
            yield from ((report, message) for report, message in zip(batch, messages, strict=True) if message)

    def claim(self, job: E, now: int, *, segments: int = 0) -> E | None:
        """Claim a job, so that nobody else acts on it. None: somebody has it, or has had it.

        ``segments`` are those of the message that will be sent, so that they are known whatever becomes of it.
        """
        sets = (
            "SET #state = :claimed, claimed_at = :now, claimed_by = :mine, "
            "tried_since = if_not_exists(tried_since, :now)"
        )
        values: dict[str, Value] = {"claimed": asked.CLAIMED, "asked": asked.ASKED, "now": now, "mine": uuid4().hex}
        if segments:
            sets, values["segments"] = f"{sets}, #segments = :segments", segments
        try:
            return self._read(type(job), self._change(job.key, sets, _NOT_CLAIMED, **values))
        except StoreWriteError:  # perhaps it was done all the same, and no answer came
            current = self.current(job)
            if current and current.claimed_by == values["mine"]:
                return current
            raise

    def put_off(self, job: asked.Job) -> None:
        """Give a job back that never reached Twilio: it may be claimed again."""
        states = {"asked": asked.ASKED, "claimed": asked.CLAIMED}
        self._update_if(job.key, "SET #state = :asked", _MINE, mine=job.claimed_by, **states)

    def finish(self, job: asked.Job, state: str, outcome: str) -> bool:
        """Store what became of a claimed job, for good. False: it is not ours to say."""
        return self._update_if(
            job.key,
            _BECOMES,
            _MINE_OR_GIVEN_UP,
            state=state,
            outcome=outcome,
            claimed=asked.CLAIMED,
            unknown=asked.UNKNOWN,
            mine=job.claimed_by,
        )

    def refuse(self, job: asked.Job, why: str) -> bool:
        """Store that a job which nobody claimed will not be done. False: somebody has it."""
        states = {"state": asked.FAILED, "asked": asked.ASKED, "mine": uuid4().hex}
        return self._update_if(job.key, f"{_BECOMES}, claimed_by = :mine", _NOT_CLAIMED, outcome=why, **states)

    def line(self, number: str) -> Line | None:
        """A line as it is registered now."""
        return self._read(Line, self._get(line_key(number)))

    def left_at(self, call_sid: str) -> int:
        """When the customer's leg of a call ended, or 0."""
        call = self._read(CallRecord, self._get(call_key(call_sid)))
        return call.left_at if call else 0

    def reports_of(self, call_sid: str) -> list[Report]:
        """What was reported in a call."""
        return [*self._read_all(Report, self._partition(*report_key(call_sid, "")))]

    def opted_out(self, person: str) -> bool:
        """Whether a person (a pseudonym) wants no messages. A wish that can't be read is respected."""
        item = self._get(asked.opt_out_key(person))
        found = self._read(asked.OptOut, item)
        return item is not None and not (found and found.ended_at)

    def opt_out(self, person: str, now: int) -> bool:
        """Send this person no messages from now on. False: they had opted out before, and that stays as it is."""
        opt_out = asked.OptOut(person=person, since=now, said_by=uuid4().hex)
        none_holds = "attribute_not_exists(pk) OR attribute_exists(ended_at) OR said_by = :mine"
        return self._put_if(opt_out, none_holds, mine=opt_out.said_by)

    def opt_in(self, person: str, now: int, *, kept_days: int) -> bool:
        """Send this person messages again, and keep for so many days that they had opted out. False: they had not."""
        return self._update_if(
            asked.opt_out_key(person),
            "SET ended_at = :now, expires = :expires, said_by = :mine",
            "attribute_exists(pk) AND (attribute_not_exists(ended_at) OR said_by = :mine)",
            now=now,
            mine=uuid4().hex,
            expires=expiry(now, kept_days),
        )
