"""Reports, talks and clearings of a few callers: as data, and as the stream records that the table emits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

from hypothesis import strategies as st

from ivr.calls.call_record import CallRecord
from ivr.reports import CATEGORIES, Report
from ivr.reputation.evidence import Clearing, Evidence
from ivr.reputation.items import Reputation
from ivr.store.attributes import typed

START = 1_795_000_000
DAY = 86_400
# Three neighbours of ten, one of their hundred, one of nobody's, and a short code, which is in no block.
CALLERS = ("+13035550120", "+13035550121", "+13035550122", "+13035550133", "+96891234567", "1500")
PEOPLE = tuple(f"person-{letter}" for letter in "abcdef")
KEPT = 400 * DAY


@dataclass(frozen=True)
class Reported:
    """A report and, in this order, what was added to it later: a category, a loss, "withdrawn"."""

    caller: str
    person: str
    at: int
    counted: bool
    added: tuple[str, ...] = ()

    def records(self, sid):
        report = Report(
            call_sid=sid,
            which="screened",
            reference="12345674",
            reported_at=self.at,
            reporter=self.person,
            expires=self.at + KEPT,
            verified=1,
            counted=int(self.counted),
            caller=self.caller,
            line="+12025550100",
        )
        yield emitted(report, "INSERT")
        for revision, word in enumerate(self.added, start=1):
            change = (
                {"withdrawn": 1} if word == "withdrawn" else {"loss" if word in {"yes", "no"} else "category": word}
            )
            before, report = report, replace(report, revision=revision, **change)
            yield emitted(report, "MODIFY", before)


@dataclass(frozen=True)
class Talked:
    """A call that the customer took, and with ``trusted`` a trust that took effect."""

    caller: str
    person: str
    at: int
    trusted: bool

    def records(self, sid):
        call = CallRecord(
            call_sid=sid,
            line="+12025550100",
            customer=self.person,
            verdict="unknown",
            reason="unknown",
            rang_at=self.at - 90,
            expires=self.at + 90 * DAY,
            caller=self.caller,
        )
        yield emitted(call, "INSERT")
        accepted = replace(call, accepted_at=self.at - 80, wants_trust=int(self.trusted))
        yield emitted(accepted, "MODIFY", call)
        ended = replace(accepted, ended_at=self.at, talked=1)
        yield emitted(ended, "MODIFY", accepted)
        if self.trusted:
            yield emitted(replace(ended, trusted_at=self.at), "MODIFY", ended)


@dataclass(frozen=True)
class Cleared:
    """The desk cleared a caller."""

    caller: str
    at: int

    def records(self, sid):
        yield emitted(Clearing(caller=self.caller, cleared_at=self.at, note="a bank"), "INSERT")


@dataclass(frozen=True)
class Gone:
    """What TTL took away, and what the function itself wrote: the stream tells of them, and nothing follows."""

    caller: str
    person: str
    at: int

    def records(self, sid):
        report = Reported(self.caller, self.person, self.at, counted=True)
        [inserted] = report.records(sid)
        yield {**inserted, "eventName": "REMOVE", "dynamodb": _turned(inserted["dynamodb"])}
        order = f"{self.at:012d}#{sid}#000000"
        evidence = Evidence(
            caller=self.caller, person=self.person, axis="spam", at=self.at, order=order, expires=self.at
        )
        yield emitted(evidence, "INSERT")
        yield emitted(Reputation(caller=self.caller, revision=1, expires=self.at, spam=9_000_000, live=9), "MODIFY")


_SEQUENCE = count(1)


def emitted(record, name, before=None):
    """A stream record as Lambda hands it over; ``before`` is the record as it was."""
    image = _image(record)
    number = str(next(_SEQUENCE))
    change = {
        "Keys": {key: image[key] for key in ("pk", "sk")},
        "NewImage": image,
        "SequenceNumber": number,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if before:
        change["OldImage"] = _image(before)
    return {"eventID": number, "eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change}


def _image(record):
    return {key: typed(value) for key, value in record.to_item().items()}


def _turned(change):
    return {("OldImage" if key == "NewImage" else key): value for key, value in change.items()}


def stream(happened):
    """The records of all that happened, each call under an id of its own."""
    return [record for n, one in enumerate(happened) for record in one.records(f"CA{n:032d}")]


_callers = st.sampled_from(CALLERS)
_people = st.sampled_from(PEOPLE)
# Few enough moments that ties happen, far enough apart that evidence fades.
_times = st.integers(0, 12).map(lambda step: START + step * 11 * DAY)
_added = st.lists(st.sampled_from([*CATEGORIES[:3], "yes", "withdrawn"]), max_size=3, unique=True).filter(
    lambda words: sum(word in CATEGORIES for word in words) <= 1  # the first answer stays (Store.note_report)
)
_reports = st.builds(Reported, _callers, _people, _times, st.sampled_from([True, True, True, False]), _added.map(tuple))
histories = st.lists(
    st.one_of(
        _reports,
        _reports,
        _reports,
        st.builds(Talked, _callers, _people, _times, st.booleans()),
        st.builds(Cleared, _callers, _times),
        st.builds(Gone, _callers, _people, _times),
    ),
    min_size=1,
    max_size=14,
)
