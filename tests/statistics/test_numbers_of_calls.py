"""Calls as they are held, and the numbers, lists and pages that the desk reads of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import boto3
import pytest

from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK
from infra.local import demo
from ivr.care.call_backs import CallBack
from ivr.desk import Code, Context, DeskError, caller_history, caught, preview, ranking, statistics, today
from ivr.outbox.queue import Queue
from ivr.pseudonym import pseudonym
from ivr.reputation.disputes import KEPT, Dispute
from ivr.reputation.evidence import Clearing
from ivr.screening.desk_decision import DeskDecision
from ivr.settings import Settings
from ivr.store.forgetting import kinds
from tests.calls.conftest import STRANGER, ring
from tests.care.agent import Agent
from tests.conftest import ENVIRONMENT, NOW

__all__ = ["ring"]
OTHER = "+96898765432"
DAY = 86_400


@pytest.fixture
def context(store, environment, monkeypatch):
    monkeypatch.setattr(Context, "now", staticmethod(lambda: NOW + 3600))
    return Context(store, Settings.from_environment(environment))


@pytest.fixture
def numbers(context, settle):
    def of_today():
        settle()
        day = statistics.this_day(context)
        [only] = statistics.of_days(context, day, day)
        return only.numbers

    return of_today


def test_each_call_is_counted_by_verdict_reason_and_how_it_ended(ring, numbers):
    ring(caller=[ANNOUNCED], customer=["1"], callers_phone={"talks_for": 90})
    ring(caller=[ANNOUNCED], customer=["3"])
    ring(caller=["1", "2"])  # fails the check
    ring(from_=demo.TRUSTED, customer=["1"])
    ring(from_=demo.BLOCKED)
    found = numbers()
    assert found.calls == 5
    assert {word: many for word, many in found.by_verdict.items() if many} == {"unknown": 3, "trusted": 1, "blocked": 1}
    assert {word: many for word, many in found.by_reason.items() if many} == {
        "unknown": 3,
        "desk_trusted": 1,
        "desk_blocked": 1,
    }
    ended = {word: many for word, many in found.by_outcome.items() if many}
    assert ended == {"accepted": 2, "declined": 1, "failed_check": 1, "blocked": 1}
    hour = datetime.fromtimestamp(NOW, ZoneInfo("Asia/Muscat")).hour
    assert found.calls_by_hour[hour] == 5
    assert found.shares() == statistics.Shares(2, 1, 0, 0, 2, 0)


def test_reports_are_counted_by_category_loss_and_the_key_that_made_them(ring, numbers):
    ring(caller=[ANNOUNCED], customer=["9", "2", "1", HANG_UP])
    ring(from_=OTHER, caller=[ANNOUNCED], customer=["1", PRESS_IN_TALK("*", after=12), HANG_UP])
    found = numbers()
    assert (found.reports, found.verified, found.counted, found.losses, found.stars) == (2, 2, 2, 1, 1)
    assert (found.by_category["secrets"], found.by_category["none"]) == (1, 1)
    assert found.by_outcome["reported"] == 2
    assert found.shares().reported == 2


def test_a_stream_that_brings_nothing_new_counts_nothing_again(ring, numbers):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2", HANG_UP])
    first = numbers()
    assert numbers() == first
    assert first.reports == 1


def test_a_page_of_a_callers_calls_is_the_newest_and_the_next_goes_on(ring, context, settle):
    for _ in range(5):
        ring(caller=[ANNOUNCED], customer=["3"])
    ring(caller=["1", "2"])  # did not ring the customer
    ring(from_=OTHER, caller=[ANNOUNCED], customer=["3"])
    settle()
    pages, before = [], ""
    while not pages or before:
        page = caller_history.calls_of(context, STRANGER, size=4, before=before)
        pages.append(page.calls)
        before = page.next
    assert [len(page) for page in pages] == [4, 2]
    rows = [row for page in pages for row in page]
    assert {row.caller for row in rows} == {STRANGER}
    assert [row.rang_at for row in rows] == sorted((row.rang_at for row in rows), reverse=True)
    assert [row.outcome for row in rows] == ["failed_check", *["declined"] * 5]


def test_reports_about_a_caller_are_listed_by_time_whether_they_count_or_not(ring, context, settle):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2", HANG_UP])
    ring(from_=demo.CUSTOMER, to=demo.REPORT_LINE, caller=["2", "2", "0096891234567#", "1", "4", "2", HANG_UP])
    settle()
    page = caller_history.reports_on(context, STRANGER)
    assert [(report.verified, report.which == "screened") for report in page.reports] == [(0, False), (1, True)]
    assert page.next == ""
    this_week = caller_history.evidence_by_week(context, STRANGER, weeks=3)
    assert [week.reports for week in this_week] == [0, 0, 1]
    assert all(week.monday.weekday() == 0 for week in this_week)


def test_what_a_rule_would_have_caught_is_told_with_what_it_could_not_change(ring, store, context, settle):
    ring(caller=[ANNOUNCED], customer=["3"])
    ring(from_="+96891234000", caller=[ANNOUNCED], customer=["3"])
    store.put(DeskDecision(caller=OTHER, verdict="blocked", note="", decided_at=NOW, decided_by="Salma"))
    ring(from_=OTHER)
    settle()
    of_range = caught.by_prefix(context, "+96891234")
    assert (of_range.calls, of_range.decided, of_range.more) == (2, 2, False)
    assert {call.caller for call in of_range.sample} == {STRANGER, "+96891234000"}
    everybody = caught.by_prefix(context, "+968")
    assert (everybody.calls, everybody.decided) == (3, 2)  # the desk's decision comes before a rule
    assert everybody.by_verdict == {"unknown": 2, "blocked": 1}
    assert caught.by_prefix(context, "+971").calls == 0


def test_last_weeks_calls_are_judged_again_before_the_desk_decides(ring, store, context, settle):
    ring(caller=[ANNOUNCED], customer=["3"])
    ring(from_="+96891234000", caller=[ANNOUNCED], customer=["3"])
    store.put(DeskDecision(caller=OTHER, verdict="blocked", note="", decided_at=NOW, decided_by="Salma"))
    ring(from_=OTHER)
    settle()
    tried = preview.decision(context, STRANGER, "blocked")
    assert (tried.preview.before, tried.preview.after, tried.more) == ({"checked": 1}, {"refused": 1}, False)
    by_rule = preview.rule(context, "+968", "flagged", whole_country=True).preview
    assert by_rule.before == {"checked": 2, "refused": 1}
    assert by_rule.after == {"warned": 2, "refused": 1}  # the desk's decision comes before a rule
    assert preview.decision(context, OTHER, "trusted").preview.after == {"rung": 1}
    assert preview.rule(context, "+97150", "flagged").preview.calls == 0


def test_what_is_older_than_a_week_was_not_caught(ring, context, settle, monkeypatch):
    ring(caller=[ANNOUNCED], customer=["3"])
    settle()
    monkeypatch.setattr(Context, "now", staticmethod(lambda: NOW + 6 * DAY))
    assert caught.by_prefix(context, STRANGER).calls == 1
    monkeypatch.setattr(Context, "now", staticmethod(lambda: NOW + 7 * DAY + 3600))
    assert caught.by_prefix(context, STRANGER).calls == 0


def test_a_broad_prefix_reads_a_limited_part_and_says_that_there_is_more(ring, context, settle, monkeypatch):
    monkeypatch.setattr(caught, "MOST_READ", 1)
    for n in range(6):
        ring(from_=f"+9689123456{n}", caller=[ANNOUNCED], customer=["3"])
    settle()
    found = caught.by_prefix(context, "+968")
    assert found.more
    assert 1 <= found.calls < 6


@pytest.mark.slow
def test_the_most_reported_come_first_page_by_page_and_one_who_is_cleared_leaves(ring, store, context, settle):
    callers = [f"+9689123456{n}" for n in range(5)]
    for n, caller in enumerate(callers):
        for _ in range(2 if n == 3 else 1):
            ring(from_=caller, caller=[ANNOUNCED], customer=["9", "1", "2", HANG_UP])
    settle()
    pages, after = [], ""
    while not pages or after:
        page = ranking.most_reported(context, after, size=2)
        pages.append([one.caller for one in page.callers])
        after = page.next
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(caller for page in pages for caller in page) == callers
    first = ranking.most_reported(context).callers[0]
    assert (first.reports, first.category, first.trend, first.is_flagged) == (1, "prize", (1, 0), False)
    store.put(Clearing(caller=callers[0], cleared_at=NOW + DAY, note="a clinic", expires=NOW + 9 * DAY))
    settle()
    assert callers[0] not in {one.caller for one in ranking.most_reported(context).callers}


def test_a_span_of_days_has_every_day_and_a_sum(ring, context, settle):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2", HANG_UP])
    settle()
    last = statistics.this_day(context)
    month = statistics.of_days(context, last - timedelta(days=29), last)
    assert [one.day for one in month] == [last - timedelta(days=ago) for ago in reversed(range(30))]
    assert [one.numbers.reports for one in month] == [0] * 29 + [1]
    assert statistics.total(month) == month[-1].numbers
    assert statistics.total([month[-1], month[-1]]).by_category["prize"] == 2
    for first in (last + timedelta(days=1), last - timedelta(days=92)):
        with pytest.raises(DeskError, check=lambda error: error.code == Code.NO_DAY):
            statistics.of_days(context, first, last)


def test_who_is_forgotten_leaves_the_lists_and_no_number_changes(ring, store, context, numbers):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2", HANG_UP])
    before = numbers()
    forgetting = store.forgetting()
    found = forgetting.all_about(demo.CUSTOMER, pseudonym(demo.CUSTOMER, ENVIRONMENT["HMAC_KEY"]))
    assert kinds(found)["marks of what was counted"] == 2  # of the call and the report
    forgetting.remove(found, demo.CUSTOMER)
    assert numbers() == before
    assert caller_history.calls_of(context, STRANGER).calls == []
    assert caller_history.reports_on(context, STRANGER).reports == []


# Today.


def call_back(n, due, loss=""):
    return CallBack(
        person=f"person-{n}",
        call_sid=f"CA{n}",
        ticket=f"{n:08}",
        asked_at=NOW - 3600,
        day="2026-11-18",
        due_at=due,
        languages="ar-en",
        expires=NOW + DAY,
        loss=loss,
        number=STRANGER,
    )


def test_today_is_set_against_yesterday_up_to_the_same_time(ring, context, settle, monkeypatch):
    for n in range(4):
        ring(from_=f"+9689123456{n}", caller=[ANNOUNCED], customer=["9", "1", "2", HANG_UP])
    settle()
    began = datetime.fromtimestamp(NOW, UTC).minute * 60
    monkeypatch.setattr(Context, "now", staticmethod(lambda: NOW + DAY - began))  # the hour begins
    early = today.today(context)
    assert (early.numbers.reports, early.yesterday.reports, early.reports_by_now) == (0, 4, 0)
    monkeypatch.setattr(Context, "now", staticmethod(lambda: NOW + DAY - began + 1800))
    assert today.today(context).reports_by_now == 2
    monkeypatch.setattr(Context, "now", staticmethod(lambda: NOW + DAY - began + 3600))
    assert (today.today(context).reports_by_now, today.today(context).calls_by_now) == (4, 4)


def test_call_backs_with_a_loss_come_first_and_what_is_done_is_owed_no_more(store, context):
    now = context.now()
    for n, (due, loss) in enumerate([(now + 60, ""), (now - 60, ""), (now + 90, "yes"), (now - 90, "")]):
        store.put(call_back(n, due, loss))
    owed = today.today(context)
    assert [one.call_back.ticket for one in owed.call_backs] == ["00000002", "00000003", "00000001", "00000000"]
    assert [one.is_late for one in owed.call_backs] == [False, True, True, False]
    assert (owed.late, owed.more_call_backs) == (2, False)
    Agent(store).finish(call_back(3, now - 90), now, "reached")
    assert today.today(context).late == 1
    assert len([*store.call_backs.listed(now)]) == 4  # it is still shown with those that are done


def test_open_disputes_wait_oldest_first_and_decided_ones_do_not(store, context):
    for n, caller in enumerate((STRANGER, OTHER, "+96890000001")):
        store.put(Dispute(caller=caller, opened_at=NOW - n * 60, source="desk", expires=NOW + DAY))
    store.put(replace(store.disputes.get(OTHER), state=KEPT))
    assert [one.caller for one in today.today(context).disputes] == ["+96890000001", STRANGER]


def test_a_queue_tells_how_much_waits_and_one_that_does_not_answer_is_not_known(context):
    sqs = boto3.client("sqs", region_name="me-central-1")
    url = sqs.create_queue(QueueName="reports")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="a report")
    urls = {"reports": url, "report_dead_letters": f"{url}-that-is-not-there"}
    settings = Settings.from_environment(
        {**ENVIRONMENT, "DESK_QUEUE_URLS": "; ".join(f"{name}={one}" for name, one in urls.items())}
    )
    watched = context._replace(settings=settings, queue=lambda one: Queue(one, sqs))
    assert today.today(watched).queues == [("reports", 1), ("report_dead_letters", None)]
