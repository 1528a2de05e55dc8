"""The audit as it is read: a day's pages, one caller's entries, and what stays of a person who is forgotten."""

from __future__ import annotations

import json

from infra.local import demo
from ivr.desk import audit, decisions, forgetting, lines, reports
from ivr.desk.actor import Actor
from ivr.desk.audit import About, Action
from ivr.pseudonym import pseudonym
from ivr.records.base import day_of
from ivr.reports import Report
from tests.conftest import ENVIRONMENT
from tests.desk.subjects import CALLER, SALMA

OMAR = Actor("Omar")


def _all_pages(read, **how):
    after, pages = "", []
    while True:
        page = read(after=after, **how)
        pages.append(page.entries)
        after = page.next
        if not after:
            return pages


def test_a_day_is_read_in_pages_in_either_order(context, dynamodb):
    for nth in range(7):
        audit.looked(context, Action.SHOW_NUMBER, by=SALMA, about=About.CALLER, what=f"+9689123456{nth}")
    day = day_of(context.now())
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    newest = _all_pages(lambda **how: audit.of_day(context, day, most=3, **how))
    assert [len(page) for page in newest] == [3, 3, 1]
    assert asked == ["Query"] * 3
    oldest = _all_pages(lambda **how: audit.of_day(context, day, most=7, newest_first=False, **how))
    assert [len(page) for page in oldest] == [7]  # an empty page more is never promised
    in_order = [one.what[-1] for one in oldest[0]]
    assert in_order == [*"0123456"]
    assert [one.what[-1] for page in newest for one in page] == in_order[::-1]


def test_one_callers_entries_are_a_page_of_their_own(context):
    for verdict in ("flagged", "blocked", "trusted"):
        decisions.decide(context, CALLER, verdict, note="x", by=SALMA)
    decisions.decide(context, demo.FLAGGED, "blocked", note="x", by=SALMA)
    pages = _all_pages(lambda **how: audit.of(context, About.CALLER, CALLER, most=2, **how))
    assert [[one.after["verdict"] for one in page] for page in pages] == [["trusted", "blocked"], ["flagged"]]


def test_what_nobody_may_see_is_a_look_in_the_audit(context):
    person = pseudonym(demo.CUSTOMER, ENVIRONMENT["HMAC_KEY"])
    now = context.now()
    context.store.put(
        Report(
            call_sid="CA1", which="screened", reference="84072573", reported_at=now, reporter=person, expires=now + 9999
        )
    )
    assert [theirs for _, theirs in reports.confirm(context, "8407 2573", demo.CUSTOMER, by=OMAR)] == [True]
    assert [theirs for _, theirs in reports.confirm(context, "84072573", CALLER, by=OMAR)] == [False]
    found = audit.of(context, About.REPORT, "84072573").entries
    assert [(one.by, one.action, one.before, one.after) for one in found] == [
        ("Omar", "confirm_reporter", None, None)
    ] * 2


def test_a_forgotten_persons_entries_say_who_did_what_and_no_longer_to_whom(context, dynamodb):
    decisions.decide(context, CALLER, "flagged", note="Mr Said of the bakery", by=SALMA)
    decisions.take_back(context, CALLER, note="it was his son", by=OMAR)
    lines.register(
        context, "+12025550170", kind="protected", ring_to=CALLER, languages="", mode="standard", by=OMAR, note="Said"
    )
    audit.looked(context, Action.SHOW_NUMBER, by=SALMA, about=About.CALLER, what="+96891234568")
    forgetting.forget(context, forgetting.find(context, CALLER, unregister=True), by=SALMA)

    stored = dynamodb.scan(TableName=context.store.table.name)["Items"]
    told = json.dumps([item for item in stored if "entry_id" in item])
    assert not [word for word in (CALLER, "Said", "bakery", "his son") if word in told]
    person = pseudonym(CALLER, ENVIRONMENT["HMAC_KEY"])
    found = audit.of(context, About.CALLER, person, newest_first=False).entries
    assert [(one.by, one.action) for one in found] == [("Salma", "decide"), ("Omar", "take_back")]
    assert (found[0].after["verdict"], found[0].after["caller"]) == ("flagged", person)
    [line] = audit.of(context, About.LINE, "+12025550170").entries
    assert (line.by, line.after["ring_to"]) == ("Omar", person)
    [forgot] = audit.of(context, About.PERSON, person).entries
    assert (forgot.by, forgot.action) == ("Salma", "forget")
    assert "decisions of the desk: 1" in forgot.note
    assert len(audit.of_day(context, day_of(context.now())).entries) == 5
    assert forgetting.find(context, CALLER).removed == []


def test_forgetting_again_finds_nothing_and_says_nothing(context):
    forgetting.forget(context, forgetting.find(context, CALLER), by=SALMA)
    assert audit.of_day(context, day_of(context.now())).entries == []
