"""The audit as it is read: a day's pages, one caller's entries, and what stays of a person who is forgotten."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from infra.local import demo
from ivr.desk import DeskError, audit, decisions, forgetting, lines, reports
from ivr.desk.actor import Actor
from ivr.desk.audit import About, Action
from ivr.desk.days import Days
from ivr.desk.searching import find_caller
from ivr.pseudonym import pseudonym
from ivr.reports import Report
from tests.conftest import ENVIRONMENT
from tests.desk.audited import todays
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
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    newest = _all_pages(lambda **how: todays(context, most=3, **how))
    assert [len(page) for page in newest] == [3, 3, 1]
    assert set(asked) == {"Query"}
    assert 3 <= len(asked) <= 6  # the days touch three of UTC, and a page asks no further than it must
    oldest = _all_pages(lambda **how: todays(context, most=7, newest_first=False, **how))
    assert [len(page) for page in oldest] == [7]  # an empty page more is never promised
    in_order = [one.what[-1] for one in oldest[0]]
    assert in_order == [*"0123456"]
    assert [one.what[-1] for page in newest for one in page] == in_order[::-1]


def test_a_day_is_one_of_the_deployments_zone_and_its_pages_go_on_over_midnight_of_utc(context):
    day = Days.on("2026-11-26", "Asia/Muscat")  # from 20:00 of the 25th in UTC
    assert context.settings.timezone == "Asia/Muscat"
    for at in (day.begin - 1, day.begin, day.begin + 4 * 3600 - 1, day.begin + 4 * 3600, day.end - 1, day.end):
        entry = audit.entry(context, Action.EXPORT, by=SALMA, what=str(at - day.begin))
        audit.append(context, replace(entry, at=at))
    whole = [str(at) for at in (24 * 3600 - 1, 4 * 3600, 4 * 3600 - 1, 0)]
    for most in (1, 2, 3, 4):
        pages = _all_pages(lambda most=most, **how: audit.of_days(context, day, most=most, **how))
        assert [one.what for page in pages for one in page] == whole
        assert [len(page) for page in pages] == [most] * (4 // most) + [4 % most] * bool(4 % most)
    oldest = _all_pages(lambda **how: audit.of_days(context, day, most=3, newest_first=False, **how))
    assert [one.what for page in oldest for one in page] == whole[::-1]


def test_a_search_is_in_the_audit_by_the_pseudonym_alone(context, dynamodb):
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    assert find_caller(context, "0096891234567", by=SALMA) == CALLER
    assert asked == ["GetItem", "PutItem"]
    [entry] = audit.of(context, About.PERSON, pseudonym(CALLER, ENVIRONMENT["HMAC_KEY"])).entries
    assert (entry.by, entry.action) == ("Salma", "search")
    assert CALLER[1:] not in json.dumps(dynamodb.scan(TableName=context.store.table.name)["Items"])


@pytest.mark.parametrize("text", ["anonymous", "", "12"])
def test_a_search_for_nobody_is_refused_and_leaves_no_entry(context, text):
    with pytest.raises(DeskError):
        find_caller(context, text, by=SALMA)
    assert todays(context).entries == []


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
    known = reports.by_reference(context, "8407 2573")
    assert reports.confirm(context, known, demo.CUSTOMER, by=OMAR) == [True]
    assert reports.confirm(context, known, CALLER, by=OMAR) == [False]
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
    assert len(todays(context).entries) == 5
    assert forgetting.find(context, CALLER).removed == []


def test_forgetting_again_finds_nothing_and_says_nothing(context):
    forgetting.forget(context, forgetting.find(context, CALLER), by=SALMA)
    assert todays(context).entries == []
