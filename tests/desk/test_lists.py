"""The desk's lists of lines, decisions and disputes: a page is one request, and no row is lost between pages."""

from __future__ import annotations

import pytest

from ivr.desk import decisions, disputes, lines
from ivr.screening.desk_decision import DeskDecision
from ivr.screening.line import Line


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


def test_decided_disputes_are_a_list_of_their_own(context):
    now = context.now()
    context.store.put(_dispute(1, now))
    kept = disputes.Dispute(caller="+96891230002", opened_at=now, source="desk", state="kept", expires=now + 9999)
    context.store.put(kept)
    assert disputes.page(context, disputes.KEPT).records == [kept]
    assert disputes.page(context, disputes.CLEARED) == ([], "")
