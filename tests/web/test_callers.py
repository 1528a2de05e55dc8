"""Callers: found by number, shown with the reasons of their verdict, and decided about after a preview."""

import html
import re
import time

import pytest

from infra.carrier import ANNOUNCED, Phone
from infra.local import demo
from ivr.desk import audit, decisions, disputes
from ivr.desk.actor import Actor
from ivr.desk.audit import About
from ivr.pseudonym import pseudonym, shortened
from ivr.records.base import is_in_force
from ivr.screening.desk_decision import DeskDecision
from tests.bench import desk_table
from tests.conftest import ENVIRONMENT
from tests.desk.audited import todays
from tests.desk.test_requests import Counting

CALLER = "+96891234567"
DIGITS = CALLER[1:]
SALMA = Actor("Salma", "sub-salma")


@pytest.fixture
def network():
    """Calls are of the last hour: a preview is of the days up to now."""
    return {"clock_start": time.time() - 3600}


@pytest.fixture
def decider(visitor):
    return visitor("decider")


def page_of(person, number=CALLER):
    """Search for a caller, as people do."""
    return person.submit(person.get("/desk/callers"), "/search", number=number)


def entries(context, number=CALLER):
    found = audit.of(context, About.CALLER, number, newest_first=False).entries
    return [(one.action, one.by, one.note) for one in found]


def test_the_most_reported_lead_to_their_pages(reported_call, visitor):
    person = visitor("reader")
    page = person.get("/desk/callers")
    row = re.search(r'<th scope="row"><a class="number" href="([^"]+)"><bdi>•••567</bdi></a></th>', page.text)
    assert "a prize" in page.text
    assert "•••567" in person.get(row[1]).text


@pytest.mark.parametrize("written", ["+968 9123 4567", "0096891234567", "+٩٦٨٩١٢٣٤٥٦٧"])
def test_a_caller_is_found_in_any_spelling(visitor, written):
    person = visitor("reader")
    answer = person.post("/desk/callers/search", number=written)
    assert answer.status_code == 303
    assert answer.location == person.post("/desk/callers/search", number=CALLER).location


def test_a_search_is_in_the_audit_and_the_number_is_not(visitor, context):
    person = visitor("reader")
    person.post("/desk/callers/search", number=CALLER)
    [entry] = todays(context).entries
    assert (entry.action, entry.by, entry.about) == ("search", "Dana", "person")
    page = person.get("/desk/audit").text
    assert "searched for a number" in page
    assert f'<bdi class="number">{shortened(pseudonym(CALLER, ENVIRONMENT["HMAC_KEY"]))}</bdi>' in page
    assert DIGITS not in page + str(entry)


@pytest.mark.parametrize("written", ["anonymous", "", "abc"])
def test_what_is_no_caller_is_refused_with_the_reason(visitor, written):
    answer = visitor("reader").post("/desk/callers/search", number=written)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_a_callers_page_tells_why_with_the_arithmetic_reports_and_calls(reported_call, decider):
    page = page_of(decider).text
    assert '<span class="verdict unknown">unknown</span> nothing is known' in page
    assert 'class="chart scales"' in page
    assert "under the threshold" in page
    assert page.count("a prize") == 1
    assert "reported</td>" in page  # the outcome of the call


def test_a_number_of_which_nothing_is_known_says_so(decider):
    page = page_of(decider).text
    assert "No customer has reported this number." in page
    assert "has rung no protected line" in page
    assert "nothing to weigh" in page


def test_the_number_is_shown_once_and_the_look_is_audited(decider, context):
    page = page_of(decider)
    assert DIGITS not in page.text
    shown = decider.submit(page, "/number")
    assert CALLER in shown.text
    assert DIGITS not in page_of(decider).text
    assert entries(context) == [("show_number", "Dana", "")]


def decide(person, **fields):
    typed = {"verdict": "blocked", "note": "two letters", "until": "", **fields}
    preview = person.submit(page_of(person), "/decide", **typed, step="preview")
    return preview, person.submit(preview, "/decide", **typed, step="make")


def test_a_decision_is_made_after_its_preview(reported_call, decider, context):
    preview, page = decide(decider, until="2099-12-31")
    assert "What it would have done last week" in preview.text
    assert "Decided." in page.text
    decision = decisions.of(context, CALLER)
    assert (decision.verdict, decision.note, decision.decided_by) == ("blocked", "two letters", "Dana")
    assert entries(context) == [("decide", "Dana", "two letters")]
    assert '<span class="verdict blocked">' in page.text


def test_the_preview_tells_what_becomes_of_last_weeks_calls(reported_call, decider):
    preview = decider.submit(page_of(decider), "/decide", verdict="blocked", note="x", step="preview").text
    assert "Calls it would have been about: 1. Of them would have gone otherwise: 1." in preview
    assert re.search(r">checked, then rung</th><td class=\"count\">1</td><td class=\"count\">0</td>", preview)
    assert re.search(r">refused</th><td class=\"count\">0</td><td class=\"count\">1</td>", preview)


def test_a_decision_in_force_is_replaced(decider, context):
    decisions.decide(context, CALLER, "trusted", note="a bank", by=SALMA)
    _, page = decide(decider)
    assert "Decided." in page.text
    assert decisions.of(context, CALLER).verdict == "blocked"


def test_what_changes_between_preview_and_decision_is_noticed(decider, context):
    preview = decider.submit(page_of(decider), "/decide", verdict="blocked", note="x", step="preview")
    decisions.decide(context, CALLER, "trusted", note="a bank", by=SALMA)
    page = decider.submit(preview, "/decide", verdict="blocked", note="x", until="", step="make")
    assert page.status_code == 409
    assert decisions.of(context, CALLER).verdict == "trusted"


def test_a_preview_alone_changes_nothing(decider, context):
    decider.submit(page_of(decider), "/decide", verdict="blocked", note="x", step="preview")
    assert decisions.of(context, CALLER) is None
    assert entries(context) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"note": " "}, "Write a note"),
        ({"until": "2001-01-01"}, "That day is over"),
        ({"until": "soon"}, "That is no day"),
        ({"verdict": "loved"}, "Choose a verdict"),
    ],
)
def test_a_decision_that_can_not_be_is_refused_and_what_was_typed_stays(decider, context, fields, why):
    typed = {"verdict": "blocked", "note": "two letters", "until": "", **fields}
    page = decider.submit(page_of(decider), "/decide", **typed, step="make")
    assert page.status_code == 409
    assert why in page.text
    assert f'value="{typed["note"].strip()}"' in page.text
    assert decisions.of(context, CALLER) is None


def test_a_decision_of_somebody_else_meanwhile_is_noticed_and_named(decider, context):
    before = page_of(decider)
    decisions.decide(context, CALLER, "trusted", note="a bank", by=SALMA)
    page = decider.submit(before, "/decide", verdict="blocked", note="late", until="", step="make")
    assert page.status_code == 409
    assert "Changed by <bdi>Salma</bdi> · decided" in page.text
    assert "Look at it again" in page.text
    assert decisions.of(context, CALLER).verdict == "trusted"
    assert entries(context) == [("decide", "Salma", "a bank")]


def test_a_decision_that_is_sent_twice_is_made_once(decider, context):
    preview = decider.submit(page_of(decider), "/decide", verdict="blocked", note="x", until="", step="preview")
    for _ in range(2):
        page = decider.submit(preview, "/decide", verdict="blocked", note="x", until="", step="make")
        assert page.status_code == 200
    assert entries(context) == [("decide", "Dana", "x")]


def change(person, action, **fields):
    preview = person.submit(page_of(person), action, **fields, step="preview")
    return preview, person.submit(preview, action, **fields, step="make")


@pytest.mark.parametrize("action", ["/take-back", "/clear", "/keep"])
def test_a_preview_of_any_change_changes_nothing_and_keeps_the_note(decider, context, action):
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)
    disputes.open_dispute(context, CALLER, "a bakery", by=SALMA)
    before = entries(context)
    preview = decider.submit(page_of(decider), action, note="a clinic", step="preview")
    assert 'value="a clinic"' in preview.text
    assert 'value="make"' in preview.text
    assert entries(context) == before


@pytest.mark.parametrize("action", ["/take-back", "/clear", "/keep"])
def test_what_changes_between_the_preview_of_any_change_and_the_change_is_noticed(decider, context, action):
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)
    disputes.open_dispute(context, CALLER, "a bakery", by=SALMA)
    preview = decider.submit(page_of(decider), action, note="x", step="preview")
    decisions.decide(context, CALLER, "trusted", note="a bank", by=SALMA)
    disputes.open_dispute(context, CALLER, "a letter too", by=SALMA)
    assert decider.submit(preview, action, note="x", step="make").status_code == 409


def test_the_preview_of_taking_back_tells_what_becomes_of_last_weeks_calls(carrier, settle, decider, context):
    decisions.decide(context, CALLER, "blocked", note="a letter", by=SALMA)
    carrier.place(from_=CALLER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    settle()
    preview = decider.submit(page_of(decider), "/take-back", note="x", step="preview").text
    assert "Calls it would have been about: 1. Of them would have gone otherwise: 1." in preview
    assert re.search(r">refused</th><td class=\"count\">1</td><td class=\"count\">0</td>", preview)
    assert re.search(r">checked, then rung</th><td class=\"count\">0</td><td class=\"count\">1</td>", preview)


def test_a_decision_is_taken_back(decider, context):
    decide(decider)
    preview, page = change(decider, "/take-back", note="another number")
    assert "What it would have done last week" in preview.text
    assert "taken back" in page.text
    decision = decisions.of(context, CALLER)
    assert not is_in_force(decision.until, context.now())
    assert (decision.ended_by, decision.ended_because) == ("Dana", "another number")
    assert [action for action, *_ in entries(context)] == ["decide", "take_back"]


def test_a_caller_is_cleared_and_the_reports_count_no_longer(reported_call, decider, context, settle):
    _, page = change(decider, "/clear", note="a clinic")
    assert "Cleared." in page.text
    assert disputes.of(context, CALLER).state == disputes.CLEARED
    settle()
    assert "nothing to weigh" in page_of(decider).text or "Cleared: older reports" in page_of(decider).text
    assert entries(context) == [("clear", "Dana", "a clinic")]


def test_a_dispute_is_opened_and_kept(decider, context):
    assert "The dispute is open." in decider.submit(page_of(decider), "/dispute", note="a letter").text
    assert "Kept." in change(decider, "/keep", note="no answer")[1].text
    assert disputes.of(context, CALLER).state == disputes.KEPT
    assert [action for action, *_ in entries(context)] == ["open_dispute", "keep"]


def test_disputes_are_listed_the_oldest_open_one_first(context, visitor):
    now = context.now()
    for nth in range(60):
        caller = f"+968912345{nth:02d}"
        context.store.put(disputes.Dispute(caller=caller, opened_at=now + nth, source="CA1", expires=now + 9999))
    disputes.open_dispute(context, CALLER, "a bakery", by=SALMA)
    disputes.keep(context, CALLER, note="no answer", by=SALMA)
    person = visitor("reader")
    assert 'href="/desk/callers/disputes"' in person.get("/desk").text
    first = person.get("/desk/callers/disputes").text
    second = person.get(html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])).text
    assert re.findall(r"<bdi>•••(\d+)</bdi>", first + second) == [f"5{nth:02d}" for nth in range(60)]
    kept = person.get("/desk/callers/disputes?state=kept").text
    assert ("a bakery" in kept, "no answer" in kept, "Salma" in kept) == (True, True, True)
    assert person.get("/desk/callers/disputes?state=lost").status_code == 404


def test_a_long_list_of_decisions_comes_in_pages(context, visitor):
    callers = [f"+968912345{nth:02d}" for nth in range(60)]
    for caller in callers:
        context.store.put(DeskDecision(caller=caller, verdict="flagged", note=f"letter {caller[-2:]}"))
    person = visitor("reader")
    first = person.get("/desk/callers/decided").text
    second = person.get(html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])).text
    assert sorted(re.findall(r"letter \d\d", first + second)) == [f"letter {nth:02d}" for nth in range(60)]
    assert 'rel="next"' not in second


@pytest.mark.parametrize("role", ["reader", "agent"])
def test_who_may_not_decide_sees_no_form_and_is_refused(visitor, context, role):
    person = visitor(role)
    page = page_of(person)
    assert "/decide" not in page.text
    address = re.search(r'action="([^"]+)/number"', page.text)[1]
    for change in ("decide", "take-back", "clear", "keep", "dispute"):
        assert person.post(f"{address}/{change}", note="x").status_code == 403
    assert decisions.of(context, CALLER) is None


@pytest.mark.parametrize("address", ["made-up", "AAAA", "+96891234567"])
def test_an_address_that_is_made_up_is_no_page(decider, address):
    assert decider.get(f"/desk/callers/{address}").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_whole_in_each_language(reported_call, visitor, language):
    person = visitor("decider", language=language)
    page = page_of(person)
    for address in ["/desk/callers", *re.findall(r'href="(/desk/callers/[^"]+/(?:calls|reports))"', page.text)]:
        assert person.get(address).status_code == 200
    assert f'lang="{language}"' in page.text


@pytest.mark.parametrize("reports", [10, pytest.param(2_000, marks=pytest.mark.slow)])
def test_a_page_asks_the_same_number_of_requests_whatever_is_stored(store, context, visitor, reports):
    desk_table.fill(store.table.client, store.table.name, reports, context.now())
    person, counting = visitor("reader"), Counting(store.table.client)
    page = page_of(person, desk_table.FAMOUS)
    address = re.search(r'action="([^"]+)/number"', page.text)[1]
    asked = {}
    for name, path in (("list", "/desk/callers"), ("page", address), ("calls", f"{address}/calls")):
        counting.of(lambda _, path=path: person.get(path), None)
        asked[name] = sum(counting.asked.values())
    assert asked == {"list": 6, "page": 18, "calls": 6}  # one of each is the session's


@pytest.mark.slow
def test_the_most_reported_come_in_pages(store, context, visitor):
    desk_table.fill(store.table.client, store.table.name, 300, context.now())
    person, address, seen = visitor("reader"), "/desk/callers", []
    while address:
        page = person.get(address).text
        seen += re.findall(r'<th scope="row"><a class="number" href="([^"]+)"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) > 50


def test_the_desks_decisions_come_in_pages(context, visitor):
    for nth in range(60):
        decisions.decide(context, f"+968912300{nth:02}", "flagged", note=f"note {nth:02}", by=SALMA)
    person, address, seen = visitor("reader"), "/desk/callers/decided", []
    while address:
        page = person.get(address).text
        seen += re.findall(r"note \d\d", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = html.unescape(following[1]) if following else ""
    assert seen == [f"note {nth:02}" for nth in range(60)]


def test_the_desks_decisions_are_listed_with_who_why_and_until_when(context, decider):
    decisions.decide(context, CALLER, "blocked", note="three letters", by=SALMA)
    assert "/desk/callers/decided" in decider.get("/desk/callers").text
    page = decider.get("/desk/callers/decided").text
    assert "three letters" in page
    assert "Salma" in page
    assert 'class="verdict blocked"' in page
    assert CALLER not in page
