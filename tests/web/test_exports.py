"""Files to save: every record once, numbers masked but to who decides and asks, and each file in the audit."""

import csv
import html
import io
import json
import re

import pytest

from ivr.desk import decisions, exports
from ivr.desk.actor import Actor
from ivr.desk.ranking import by_number
from ivr.desk.statistics import this_day
from ivr.desk.whole_lists import read_all
from ivr.reputation.items import Reputation
from ivr.screening.desk_decision import DeskDecision
from ivr.web.rendering import masked
from tests.desk.audited import todays
from tests.desk.test_requests import Counting

SALMA, MANY = Actor("Salma"), 12
PAGES = {"/desk/callers": "callers/reported", "/desk/callers/decided": "callers/decided", "/desk/audit": "audit"}


def number(nth):
    return f"+9689{nth:07}"


def reputation(context, nth, live=1):
    now = context.now()
    context.store.put(
        Reputation(caller=number(nth), revision=now, expires=now + 9999, as_of=now, spam=1_000_000, live=live)
    )


@pytest.fixture
def desk(context, monkeypatch):
    """Something in each list: more callers and decisions than two pages of a file."""
    monkeypatch.setattr("ivr.web.views.exports.PAGE", 5)
    for nth in range(MANY):
        reputation(context, nth, live=1 + nth % 3)
        context.store.put(DeskDecision(caller=number(nth), verdict="flagged", note=f"letter {nth}"))
    decisions.decide(context, number(0), "blocked", note="a thief", by=SALMA)


def rows(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_file_of_callers_has_each_once_in_both_forms(desk, visitor):
    reader = visitor("reader")
    answer = reader.get("/desk/callers/reported.csv")
    found = rows(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="callers.csv"'
    assert [row["caller"] for row in found] == [masked(number(nth)) for nth in range(MANY)]
    assert list(found[0]) == list(exports.RANKED_COLUMNS)
    lines = [json.loads(line) for line in reader.get("/desk/callers/reported.ndjson").text.splitlines()]
    assert [{name: str(value) for name, value in line.items()} for line in lines] == found


def test_a_file_of_decisions_has_each_once_with_its_note(desk, visitor):
    found = [row for row in rows(visitor("reader").get("/desk/callers/decided.csv")) if "demo" not in row["note"]]
    assert [row["note"] for row in found] == ["a thief", *(f"letter {nth}" for nth in range(1, MANY))]
    assert list(found[0]) == list(exports.CALLER_COLUMNS)


def test_a_file_of_the_audit_tells_what_changed_and_that_it_was_taken(desk, visitor, context):
    day = this_day(context).isoformat()
    taken, decided = rows(visitor("reader").get(f"/desk/audit.csv?day={day}"))
    assert (taken["action"], taken["what"], taken["by"]) == ("export", f"audit {day}", "Dana")
    assert (decided["action"], decided["what"], decided["by"]) == ("decide", masked(number(0)), "Salma")
    assert json.loads(decided["after"])["verdict"] == "blocked"
    assert json.loads(decided["after"])["caller"] == masked(number(0))


@pytest.mark.parametrize("page", PAGES)
def test_whole_numbers_are_for_who_decides_asks_and_is_kept_in_the_audit(desk, visitor, context, page):
    decider = visitor("decider")
    answer = decider.submit(decider.get(page), f"/desk/{PAGES[page]}.csv")
    assert number(0) in answer.text
    [entry] = [one for one in todays(context).entries if one.action == "export"]
    assert entry.what.endswith(" whole")
    assert "with whole numbers</bdi>" in decider.get("/desk/audit").text


@pytest.mark.parametrize("role", ["reader", "agent"])
@pytest.mark.parametrize("page", PAGES)
def test_others_get_no_number_and_no_form(desk, visitor, page, role):
    person = visitor(role)
    shown = person.get(page).text
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+\.(?:csv|ndjson)[^"]*)"', shown)]
    assert len(links) == 2
    assert not [link for link in links if number(0)[1:] in person.get(link).text]
    assert "with whole numbers" not in shown.lower()
    assert person.post(f"/desk/{PAGES[page]}.csv").status_code == 403


def test_a_caller_who_is_reported_during_a_file_is_in_it_once(context):
    """As the list by reports would not have it: there a caller moves up, into what is written already."""
    for nth in range(10):
        reputation(context, nth)
    listed = read_all(lambda after: by_number(context, after, 3), 100)
    first = [next(listed) for _ in range(5)]
    for nth in (1, 8):
        reputation(context, nth, live=9)
    assert [one.caller for one in (*first, *listed)] == [number(nth) for nth in range(10)]


def test_a_page_of_a_file_is_one_request_and_a_file_has_an_end(context, dynamodb):
    for nth in range(10):
        reputation(context, nth)
    counting = Counting(dynamodb)
    assert len([*read_all(lambda after: by_number(context, after, 4), 100)]) == 10
    assert counting.asked == {"Query": 3}
    assert len([*read_all(lambda after: by_number(context, after, 4), 7)]) == 7
    assert counting.asked == {"Query": 5}
