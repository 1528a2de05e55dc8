"""The desk's lists of lines, decisions and disputes: a page is one request, and no row is lost between pages."""

from __future__ import annotations

from itertools import count, islice

import pytest

from ivr.calls.call_record import CallRecord
from ivr.desk import caller_history, decisions, disputes, lines, report_pages
from ivr.desk.days import Days
from ivr.reports import Report
from ivr.screening.desk_decision import DeskDecision
from ivr.screening.line import Line
from ivr.statistics.mark import CALL, Mark
from ivr.store import StoreUnavailableError
from tests.desk.subjects import CALLER


def _line(nth, _):
    return Line(number=f"+1202555{nth:04}", kind="report")


def _decision(nth, _):
    return DeskDecision(caller=f"+9689123{nth:04}", verdict="flagged")


def _dispute(nth, now):
    return disputes.Dispute(caller=f"+9689123{nth:04}", opened_at=now - nth, source="desk", expires=now + 9999)


@pytest.mark.parametrize(
    ("record", "read"),
    [
        (_line, lines.page),
        (_decision, decisions.page),
        (_dispute, lambda context, **how: disputes.page(context, disputes.OPEN, **how)),
    ],
    ids=["lines", "decisions", "disputes"],
)
def test_pages_follow_each_other_at_one_request_each(context, dynamodb, record, read):
    there = read(context, most=100).records  # the demo's
    made = [record(nth, context.now()) for nth in range(9)]
    for one in made:
        context.store.put(one)
    asked, found, after = [], [], ""
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    while True:
        page = read(context, after=after, most=4)
        found += page.records
        after = page.next
        if not after:
            break
    assert [one for one in found if one not in there] == made
    assert len(found) == len(made) + len(there)
    assert asked == ["Query"] * -(-len(found) // 4)


def test_a_page_that_dynamodb_cuts_short_leads_on(context, monkeypatch):
    """A request brings 1 MB at most, whatever was asked for."""
    for nth in range(7):
        context.store.put(_dispute(nth, context.now()))
    whole = context.store.table.query
    monkeypatch.setattr(context.store.table, "query", lambda asked: whole({**asked, "Limit": 2}))
    found, after = [], ""
    while True:
        page = disputes.page(context, disputes.OPEN, after=after, most=4)
        found += page.records
        after = page.next
        if not after:
            break
    assert len(found) == len({one.caller for one in found}) == 7


@pytest.fixture
def calls_of_one_shard(context):
    """Nine calls of one caller, newest first, which chance has put into one shard of their list."""
    now, kept = context.now(), {"what": CALL, "stage": 1, "counted": "2026-11-26:calls", "expires": 0}
    marks = (Mark(owner=f"CALL#CA{nth:032}", at=now - nth, caller=CALLER, line="", **kept) for nth in count())
    alike = list(islice((mark for mark in marks if mark.index()["number_list"].endswith("#0")), 9))
    for mark in alike:
        context.store.put(mark)
        judged = {"verdict": "unknown", "reason": "unknown", "line": "+12025550100", "customer": "x", "caller": CALLER}
        context.store.put(CallRecord(call_sid=mark.call_sid, rang_at=mark.at, expires=now + 9999, **judged))
    return [mark.call_sid for mark in alike]


def test_a_list_that_is_all_in_one_shard_is_read_to_its_end(context, calls_of_one_shard):
    found, before = [], ""
    while True:
        page = caller_history.calls_of(context, CALLER, size=4, before=before)
        found += [one.call_sid for one in page.calls]
        before = page.next
        if not before:
            break
    assert found == calls_of_one_shard


def test_a_list_that_is_not_read_whole_is_none(context, calls_of_one_shard, monkeypatch):
    monkeypatch.setattr(context.store.table, "batch_get", lambda keys: ({}, set(keys[:1])))
    with pytest.raises(StoreUnavailableError):
        caller_history.calls_of(context, CALLER)


def test_an_export_of_a_day_ends_where_an_answer_may_be_no_longer(context, monkeypatch):
    now, day = context.now(), Days.last(1, context.settings.timezone)
    for nth in range(7):
        about = {"call_sid": f"CA{nth}", "which": "screened", "reference": f"{nth:08}", "reporter": "a" * 32}
        context.store.put(Report(**about, reported_at=now - nth, expires=now + 9999))
    assert len([*report_pages.all_of(context, day)]) == 7
    monkeypatch.setattr(report_pages, "SIZE", 2)
    monkeypatch.setattr(report_pages, "MOST_OF_A_DAY", 3)
    assert [one.call_sid for one in report_pages.all_of(context, day)] == ["CA0", "CA1", "CA2", "CA3"]


def test_decided_disputes_are_a_list_of_their_own(context):
    now = context.now()
    context.store.put(_dispute(1, now))
    kept = disputes.Dispute(caller="+96891230002", opened_at=now, source="desk", state="kept", expires=now + 9999)
    context.store.put(kept)
    assert disputes.page(context, disputes.KEPT).records == [kept]
    assert disputes.page(context, disputes.CLEARED) == ([], "")
