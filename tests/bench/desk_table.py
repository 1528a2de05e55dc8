"""A table as weeks of calls and reports leave it for the desk, put there directly, with what the stream would keep."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from zoneinfo import ZoneInfo

from ivr.calls.call_record import CallRecord
from ivr.calls.outcome import CallOutcome, Outcome
from ivr.care.call_backs import CallBack
from ivr.records.base import DAY
from ivr.reports import CATEGORIES, Report
from ivr.reputation import campaigns
from ivr.reputation.disputes import Dispute
from ivr.reputation.evidence import Evidence, order_of
from ivr.reputation.items import Reputation
from ivr.reputation.scoring import compute_score
from ivr.statistics.counting import counted
from ivr.statistics.mark import difference
from ivr.statistics.tally import SHARDS, tally_key
from tests.bench import stored

DAYS = 60  # over which they are spread
FAMOUS = stored.caller(0)  # a hundredth of all reports is about this one
_REPORTS_A_CALLER = 5
_LINE = "+12025550100"
_VERDICTS = [("unknown", "unknown"), ("flagged", "reported"), ("trusted", "own_allow"), ("unknown", "withheld")]


class _Plain:
    """An item that is no record, for ``stored.put_all``."""

    def __init__(self, item):
        self._item = item

    def to_item(self):
        return self._item


def fill(client, table, reports, now, timezone="Asia/Muscat"):
    """Store so many reports, each with its call, and a twentieth as many call-backs and disputes that are open."""
    zone, days, evidence = ZoneInfo(timezone), defaultdict(Counter), defaultdict(list)

    def with_mark(record):
        mark = counted(record.to_item(), zone, is_new=True)
        for day, numbers in difference(mark, None).items():
            days[day].update(numbers)
        return [record, mark]

    def happened():
        for n in range(reports):
            at = now - 60 - n * (DAYS * DAY) // reports
            caller = FAMOUS if n % 100 == 0 else stored.caller(1 + n // _REPORTS_A_CALLER)
            call, ending, report = _call(n, at, caller)
            evidence[caller].append(_evidence(report))
            yield call  # its outcome is what was counted of it, at last
            yield from chain(with_mark(ending), with_mark(report))
            if n % 20 == 0:
                yield from chain(with_mark(_call_back(n, now)), with_mark(_dispute(caller, n, now)))

    stored.put_all(client, table, happened())
    shards = (
        _Plain({**tally_key(day, shard)._asdict(), **numbers})
        for day, all_of_it in days.items()
        for shard, numbers in enumerate(_split(all_of_it))
    )
    stored.put_all(client, table, shards)
    stored.put_all(client, table, (one for some in evidence.values() for one in some))
    reputations = [_reputation(caller, some, now) for caller, some in evidence.items()]
    stored.put_all(client, table, reputations)
    stored.put_all(client, table, _campaigns(reputations, now))


def _call(n, at, caller):
    verdict, reason = _VERDICTS[n % len(_VERDICTS)]
    sid, outcome = f"CA{n:032x}", list(Outcome)[n % len(Outcome)].value
    about = {"call_sid": sid, "line": _LINE, "caller": caller, "verdict": verdict, "reason": reason}
    about |= {"rang_at": at - 30, "expires": at + 90 * DAY}
    report = Report(
        call_sid=sid,
        which="screened",
        reference=f"{n:08}",
        reported_at=at,
        reporter=stored.person(n),
        expires=at + stored.KEPT,
        verified=1,
        counted=1,
        caller=caller,
        line=_LINE,
        category=CATEGORIES[n % len(CATEGORIES)],
        loss="yes" if n % 10 == 0 else "no",
        revision=2,
    )
    call = CallRecord(**about, customer=stored.person(n))
    return call, CallOutcome(**about, outcome=outcome, closed_at=at), report


def _evidence(report):
    return Evidence(
        caller=report.caller,
        person=report.reporter,
        axis="spam",
        at=report.reported_at,
        order=order_of(report.reported_at, report.call_sid, 2),
        expires=report.expires,
        category=report.category,
    )


def _call_back(n, now):
    return CallBack(
        person=stored.person(n),
        call_sid=f"CA{n:032x}",
        ticket=f"{n:08}",
        asked_at=now - 3600,
        day="2026-11-24",
        due_at=now + n % 7200 - 3600,
        languages="ar-en",
        expires=now + 30 * DAY,
        number="+96891234567",
        loss="yes" if n % 40 == 0 else "",
    )


def _dispute(caller, n, now):
    return Dispute(caller=caller, opened_at=now - n % DAY, source="desk", expires=now + DAY)


def _reputation(caller, evidence, now):
    score = compute_score(sorted(evidence, key=lambda one: one.person)[:401])
    return Reputation(caller=caller, revision=score.as_of, expires=now + stored.KEPT, **score._asdict())


def _campaigns(reputations, now):
    """Of each block of a hundred: its reported numbers, and its place in the list if they are two or more."""
    blocks = defaultdict(dict)
    for one in reputations:
        reports = {"revision": one.revision, "live": one.live, "first": one.first, "last": one.last}
        blocks[campaigns.hundred_of(one.caller)][campaigns.number_name(one.caller)] = reports
    for block, numbers in blocks.items():
        item = {**campaigns.reported_key(block)._asdict(), **numbers, "changes": 1, "expires": now + stored.KEPT}
        found = campaigns.Campaign.from_item(item)
        listed = {"list_kind": campaigns.LISTED, "list_key": found.place()} if found.is_campaign else {}
        yield _Plain(item | listed)


def _split(numbers):
    shards = [{} for _ in range(SHARDS)]
    for n, (name, many) in enumerate(sorted(numbers.items())):
        shards[n % SHARDS][name] = many
    return shards
