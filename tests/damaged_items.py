"""A sample of every kind of item in the table, and every kind of damage to it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.local import demo
from ivr.calls.call_record import CallRecord, LineLock
from ivr.calls.outcome import CallOutcome
from ivr.care.call_backs import CallBack, CareCall
from ivr.desk.audit import AuditEntry
from ivr.desk.imports.running import ImportMark
from ivr.desk.sessions import EndedSession
from ivr.jobs.job import OptOut, RingBack, Sms
from ivr.pseudonym import pseudonym
from ivr.records.base import day_of
from ivr.reports import NumberDraft, Report, reporter_key
from ivr.reputation import items as kept
from ivr.reputation.campaigns import hour_of, hundred_of, number_name, rang_name, reported_key
from ivr.reputation.disputes import Dispute
from ivr.reputation.evidence import Clearing, Evidence, order_of
from ivr.reputation.latest import CALL, REPORT, Latest
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.failed_checks import FailedChecks
from ivr.screening.line import Line
from ivr.secrets.key_fingerprint import KeyFingerprint, fingerprint
from ivr.statistics.mark import Mark
from ivr.statistics.tally import tally_key
from ivr.store.attributes import typed
from ivr.store.counters import Once, counts_key, left_by_key
from ivr.store.forgetting import kind_of
from ivr.telephony.number_settings import ConnectedNumber
from ivr.voicemail import Erasure, Recording, Voicemail

CALLER = "+96891234567"
PERSON = pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])
_SID, _RECORDING, _DAY = "CA" + "7" * 32, "RE" + "7" * 32, 86_400


def samples(now):
    """An item of every kind, all about one caller, one line and its customer: as DynamoDB holds it."""
    line, expires = demo.PROTECTED_LINE, now + 9 * _DAY
    order = order_of(now - _DAY, _SID, 0)
    about = {"call_sid": _SID, "line": line, "expires": expires}
    found = [
        Line(number=line, kind="protected", ring_to=demo.CUSTOMER),
        LineLock(line=line, call_sid=_SID, caller="", rings_until=now - 60, until=now - 60, expires=expires),
        ListEntry(line=line, caller=CALLER, word="taken_back", at=now - 9, until=now - 9),
        DeskDecision(caller=CALLER, verdict="trusted", note="a bank"),
        PrefixRule(prefix=CALLER[:4], verdict="trusted"),
        CallRecord(**about, customer=PERSON, verdict="unknown", reason="unknown", rang_at=now - 600, caller=CALLER),
        Report(
            call_sid=_SID,
            which="screened",
            reference="84072573",
            reported_at=now - 500,
            reporter=PERSON,
            expires=expires,
            verified=1,
            caller=CALLER,
            line=line,
        ),
        CallOutcome(
            call_sid=_SID,
            line=line,
            outcome="accepted",
            rang_at=now - 600,
            expires=expires,
            caller=CALLER,
            closed_at=now,
        ),
        NumberDraft(call_sid=_SID, which="typed-a", number=CALLER, expires=expires),
        kept.Reputation(caller=CALLER, revision=now - _DAY, expires=expires, as_of=now - _DAY, spam=10**6, live=1),
        Evidence(caller=CALLER, person=PERSON, axis="spam", at=now - _DAY, order=order, expires=expires),
        Clearing(caller=CALLER, cleared_at=now - 2 * _DAY, expires=expires),
        Dispute(caller=CALLER, opened_at=now - 60, source="desk", expires=expires),
        Latest(person=PERSON, what=CALL, call_sid=_SID, line=line, at=now - 600, expires=expires),
        Latest(person=PERSON, what=REPORT, call_sid=_SID, line=line, at=now - 500, expires=expires, which="screened"),
        RingBack(
            call_sid=_SID,
            person=PERSON,
            day="2020-01-01",
            line=line,
            languages="en",
            asked_at=now,
            expires=expires,
        ),
        Sms(call_sid=_SID, which="screened", reference="84072573", line=line, person=PERSON, expires=expires),
        OptOut(person=PERSON, since=now - 60),
        Voicemail(**about, person=PERSON, recording=_RECORDING, at=now - 600, seconds=9, caller=CALLER),
        Recording(recording=_RECORDING, expires=expires),
        Erasure(recording="RE" + "8" * 32, expires=expires),
        CallBack(
            person=PERSON,
            call_sid=_SID,
            ticket="84072573",
            asked_at=now,
            day="2020-01-01",
            due_at=now,
            languages="en",
            expires=expires,
            number=demo.CUSTOMER,
        ),
        CareCall(call_sid=_SID, expires=expires),
        FailedChecks(caller=CALLER, failures=f"{now - 60}-777777", flagged_until=now - 9, revision=1, expires=expires),
        Once(call_sid=_SID, what="messages", expires=expires),
        Mark(owner=f"CALL#{_SID}", what="CALL", stage=2, counted="2026-01-01:calls", expires=expires, caller=CALLER),
        AuditEntry(
            at=now - 60,
            entry_id="000001-a1",
            by="Salma",
            action="decide",
            about="caller",
            what=CALLER,
            after={"caller": CALLER, "verdict": "trusted"},
            expires=expires,
        ),
        EndedSession(session_id="a-session", expires=expires),
        ImportMark(word="a" * 24, part=0, changed=1, same=0, at=now - 60, by="Salma", expires=expires),
        KeyFingerprint(fingerprint=fingerprint(demo.SETTINGS["HMAC_KEY"]), kept_at=now),
        ConnectedNumber(number=line, connected_at=now, voice_url="https://old.example.com/voice"),
    ]
    tallies = [
        (kept.familiar_key(line, CALLER), {"talk_days": {"2026-01-01"}, "held": 1, "reported": now - _DAY}),
        (kept.aftermath_key(line), {"shaken_at": now - 600}),
        *((key, {"lines": {line}, "held": 1}) for key in kept.campaign_keys(CALLER, now)),
        *(
            (key(block), {kept.member_name(block, CALLER): _member(now), "bad_until": now - 9, "changes": 1})
            for block in kept.blocks_of(CALLER)
            for key in (kept.block_key, kept.members_key)
        ),
        (reported_key(hundred_of(CALLER)), {number_name(CALLER): _reported(now), rang_name(CALLER): hour_of(now)}),
        (counts_key(PERSON, day_of(now)), {"ring_backs": 1, "sms": 1, "call_backs": 1}),
        (left_by_key(line, CALLER, day_of(now)), {"messages": 1}),
        (reporter_key(PERSON, day_of(now)), {"reports": 3}),
        (tally_key("2026-01-01", 0), {"calls": 1}),
    ]
    plain = [one.to_item() for one in found] + [{"pk": k.pk, "sk": k.sk, "expires": expires, **v} for k, v in tallies]
    return [{name: typed(value) for name, value in item.items()} for item in plain]


def _member(now):
    return {"as_of": now - _DAY, "spam": 10**6, "legit": 0, "revision": 1}


def _reported(now):
    return {"revision": now - _DAY, "live": 1, "first": now - _DAY, "last": now - _DAY, "category": "prize"}


def kind(item):
    """The word of an item's kind."""
    return kind_of({name: item[name]["S"] for name in ("pk", "sk")})


_INDEXED = {"pk", "sk", "list_kind", "list_key", "report_day", "reported_key", "reference"}
_STRANGE = [
    {"N": "0.5"},
    {"N": "-1"},
    {"N": "9" * 30},
    {"NULL": True},
    {"BOOL": True},
    {"L": [{"S": "x"}]},
    {"B": b"x"},
    {"NS": ["1.5"]},
    {"M": {"x": {"N": "0.5"}}},
]


@dataclass(frozen=True)
class Damage:
    """One way in which an item may be damaged; ``nth`` says which of its attributes is."""

    how: str
    nth: int = 0

    def to(self, item, others):
        """The damaged item; ``others`` are items of other kinds."""
        names = sorted(set(item) - _INDEXED)
        name = names[self.nth % len(names)] if names else ""
        keys = {key: value for key, value in item.items() if key in _INDEXED}
        match self.how:
            case "keys alone":
                return keys
            case "half":
                return {key: value for key, value in item.items() if key != name}
            case "strange":
                return {**item, name: _STRANGE[self.nth % len(_STRANGE)]}
            case "word for number":
                return {key: value if key in _INDEXED else {"S": "x"} for key, value in item.items()}
            case "number for word":
                return {key: value if key in _INDEXED else {"N": "7"} for key, value in item.items()}
            case "unknown words":
                return {key: {"S": "\x00later"} if "S" in v and key not in _INDEXED else v for key, v in item.items()}
            case "all strange":
                return {k: v if k in _INDEXED else _STRANGE[self.nth % len(_STRANGE)] for k, v in item.items()}
            case "another kind":
                other = others[self.nth % len(others)]
                return {**other, **keys}
            case "more":  # what a legacy global table adds, and a newer release
                return {**item, "aws:rep:updatetime": {"N": "1795000000.5"}, "later": _STRANGE[self.nth % 9]}
        raise AssertionError(self.how)


HOW = (
    "keys alone",
    "half",
    "strange",
    "word for number",
    "number for word",
    "unknown words",
    "all strange",
    "another kind",
    "more",
)
