"""What happens of a day, as the images that the stream brings and as the numbers that they come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ivr.calls.call_record import CallRecord
from ivr.calls.outcome import CallOutcome, Outcome
from ivr.care.call_backs import DONE as CALLED_BACK
from ivr.care.call_backs import CallBack
from ivr.jobs.job import CLAIMED, FAILED, UNKNOWN, Sms
from ivr.jobs.job import DONE as SENT
from ivr.reports import CATEGORIES, Report
from ivr.reputation.disputes import CLEARED, KEPT, Dispute
from ivr.voicemail import Voicemail
from tests.reputation.events import DAY, START, emitted

UTC = ZoneInfo("UTC")
CALLER, LINE, PERSON, LASTING = "+13035550120", "+12025550100", "person-a", 90 * DAY


@dataclass(frozen=True)
class Called:
    """A call: its record, if the customer was rung, its outcome, and once closed what the last callback tells."""

    at: int
    verdict: str = "unknown"
    reason: str = "unknown"
    outcome: str = "accepted"
    rung: bool = True
    closed: bool = True

    def images(self, sid):
        about = {"call_sid": sid, "line": LINE, "caller": CALLER, "expires": self.at + LASTING}
        about |= {"verdict": self.verdict, "reason": self.reason, "rang_at": self.at}
        if self.rung:
            call = CallRecord(**about, customer=PERSON)
            yield call, "INSERT"
            yield replace(call, accepted_at=self.at + 9), "MODIFY"
        ending = CallOutcome(**about, outcome=self.outcome)
        if not self.rung:
            yield ending, "INSERT"
        if self.closed:
            yield replace(ending, closed_at=self.at + 60), "MODIFY"

    def numbers(self):
        day, hour = moment(self.at)
        names = ["calls", f"ch_{hour}", f"v_{self.verdict}", f"r_{self.reason}"]
        return [(day, names + ([f"o_{self.outcome}"] if self.closed else []))]


@dataclass(frozen=True)
class Said:
    """A report, and what was added to it later, one revision each."""

    at: int
    counted: bool = True
    added: tuple[str, ...] = ()
    pressed: str = "whisper.offer=9"

    def images(self, sid):
        report = Report(
            call_sid=sid,
            which="screened",
            reference="12345674",
            reported_at=self.at,
            reporter=PERSON,
            expires=self.at + LASTING,
            verified=1,
            counted=int(self.counted),
            caller=CALLER,
            line=LINE,
            pressed=self.pressed,
        )
        yield report, "INSERT"
        for revision, word in enumerate(self.added, start=1):
            name = "withdrawn" if word == "withdrawn" else "loss" if word in {"yes", "no"} else "category"
            report = replace(report, revision=revision, **{name: 1 if name == "withdrawn" else word})
            yield report, "MODIFY"

    def numbers(self):
        day, hour = moment(self.at)
        category = next((word for word in self.added if word in CATEGORIES), "none")
        names = ["reports", "verified", f"rh_{hour}", f"k_{category}"]
        held = {"counted": self.counted, "losses": "yes" in self.added, "withdrawn": "withdrawn" in self.added}
        held["stars"] = self.pressed.endswith("=star")
        return [(day, names + [name for name, holds in held.items() if holds])]


@dataclass(frozen=True)
class AskedBack:
    """A call-back; with ``after`` it was done so many seconds later, due after an hour."""

    at: int
    after: int = 0

    def images(self, sid):
        one = CallBack(
            person=f"person-{sid}",
            call_sid=sid,
            ticket="84072573",
            asked_at=self.at,
            day="2026-11-24",
            due_at=self.at + 3600,
            languages="en",
            expires=self.at + LASTING,
        )
        yield one, "INSERT"
        if self.after:
            yield replace(one, state=CALLED_BACK, done_at=self.at + self.after), "MODIFY"

    def numbers(self):
        found = [(moment(self.at)[0], ["cb_asked"])]
        if self.after:
            late = ["cb_late"] if self.after > 3600 else []
            found.append((moment(self.at + self.after)[0], ["cb_done", *late]))
        return found


@dataclass(frozen=True)
class Texted:
    """An SMS and how it went, at last."""

    at: int
    states: tuple[str, ...]

    def images(self, sid):
        sms = Sms(call_sid=sid, which="screened", reference="84072573", line=LINE, person=PERSON, expires=self.at + 9)
        yield sms, "INSERT"
        for state in (CLAIMED, *self.states):
            yield replace(sms, state=state, tried_since=self.at, claimed_at=self.at), "MODIFY"

    def numbers(self):
        name = {SENT: "sms_sent", FAILED: "sms_failed", UNKNOWN: "sms_unknown"}
        return [(moment(self.at)[0], [name[self.states[-1]]] if self.states else [])]


@dataclass(frozen=True)
class Disputed:
    """A dispute, and the decisions on it."""

    at: int
    decided: tuple[str, ...] = ()

    def images(self, sid):
        dispute = Dispute(caller=f"{CALLER}{sid[-3:]}", opened_at=self.at, source=sid, expires=self.at + LASTING)
        yield dispute, "INSERT"
        for n, state in enumerate(self.decided, start=1):
            yield replace(dispute, state=state, resolved_at=self.at + n * DAY), "MODIFY"

    def numbers(self):
        found = [(moment(self.at)[0], ["d_opened"])]
        if self.decided:
            name = "d_cleared" if self.decided[-1] == CLEARED else "d_kept"
            found.append((moment(self.at + len(self.decided) * DAY)[0], [name]))
        return found


@dataclass(frozen=True)
class LeftAMessage:
    """A message for the customer, which the desk keeps once the call is reported."""

    at: int
    for_the_desk: bool

    def images(self, sid):
        about = {"call_sid": sid, "line": LINE, "expires": self.at + DAY, "person": PERSON}
        message = Voicemail(**about, recording="RE" + "7" * 32, at=self.at, seconds=9)
        yield message, "INSERT"
        if self.for_the_desk:
            yield replace(message, desk=1), "INSERT"

    def numbers(self):
        return [(moment(self.at)[0], ["messages"])]


def moment(at):
    return tuple(datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H").split())


_times = st.integers(0, 40).map(lambda step: START + step * 7919)
_added = st.sampled_from(
    [(), ("prize",), ("money", "yes"), ("prize", "no", "withdrawn"), ("withdrawn",), ("yes", "withdrawn")]
)
histories = st.lists(
    st.one_of(
        st.builds(
            Called,
            _times,
            st.sampled_from(["unknown", "flagged", "trusted"]),
            st.sampled_from(["unknown", "reported", "own_allow"]),
            st.sampled_from(list(Outcome)).map(str),
            st.booleans(),
            st.booleans(),
        ),
        st.builds(Said, _times, st.booleans(), _added, st.sampled_from(["whisper.offer=9", "talk.room=star"])),
        st.builds(AskedBack, _times, st.sampled_from([0, 60, 3 * DAY])),
        st.builds(Texted, _times, st.sampled_from([(), (SENT,), (FAILED,), (UNKNOWN,), (UNKNOWN, SENT)])),
        st.builds(Disputed, _times, st.sampled_from([(), (KEPT,), (CLEARED,), (KEPT, CLEARED)])),
        st.builds(LeftAMessage, _times, st.booleans()),
    ),
    min_size=1,
    max_size=12,
)


def records_of(happened):
    records, before = [], {}
    for n, one in enumerate(happened):
        for record, name in one.images(f"CA{n:032d}"):
            records.append(emitted(record, name, before.get(record.key) if name == "MODIFY" else None))
            before[record.key] = record
    return records


def expected(happened):
    days = {}
    for one in happened:
        for day, names in one.numbers():
            days.setdefault(day, Counter()).update(names)
    return {day: +numbers for day, numbers in days.items() if numbers}
