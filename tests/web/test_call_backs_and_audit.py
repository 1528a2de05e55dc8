"""Call-backs are taken, given back and closed by agents; the audit tells who did what, and can only be read."""

import re
from dataclasses import fields

import pytest

from ivr.care.call_backs import CallBack
from ivr.desk import audit, decisions
from ivr.desk.actor import Actor
from ivr.desk.today import MOST_CALL_BACKS
from ivr.jobs.job import OptOut
from ivr.locales import folder
from ivr.pseudonym import pseudonym
from ivr.records.base import DAY, day_of
from ivr.reputation.disputes import Dispute
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from ivr.web.views.call_backs import A_PAGE
from tests.conftest import ENVIRONMENT
from tests.desk.audited import todays

NUMBER = "+12025550111"


@pytest.fixture
def owed(store, context):
    """Two call-backs: one that is overdue, and one with a loss."""
    now = context.now()
    for ticket, number, due, loss in (
        ("55841587", NUMBER, now - 60, "no"),
        ("12345674", "+12025550112", now + 3600, "yes"),
    ):
        store.put(
            CallBack(
                person=pseudonym(number, ENVIRONMENT["HMAC_KEY"]),
                call_sid=f"CA{ticket}",
                ticket=ticket,
                asked_at=now - 3600,
                day=day_of(now),
                due_at=due,
                languages="ar-en",
                expires=now + 30 * DAY,
                number=number,
                loss=loss,
            )
        )


@pytest.fixture
def agent(visitor):
    return visitor("agent")


def tickets(page):
    return re.findall(r'<bdi class="number">(\d{8})</bdi>\s', page.text)


def test_losses_come_first_and_the_overdue_is_marked(owed, agent):
    page = agent.get("/desk/call-backs")
    assert tickets(page) == ["12345674", "55841587"]
    assert page.text.count("overdue") == 1
    assert NUMBER not in page.text


def test_an_agent_takes_shows_the_number_and_closes_it(owed, agent, store, context):
    page = agent.submit(agent.get("/desk/call-backs"), "/take")
    assert "The call-back is yours." in page.text
    assert "in progress: <bdi>Dana</bdi>" in page.text
    shown = agent.submit(page, "/number")
    assert "+12025550112" in shown.text
    assert NUMBER not in shown.text
    page = agent.submit(agent.get("/desk/call-backs"), "/done", note="advised the bank")
    assert "The call-back is done" in page.text
    assert tickets(page) == ["55841587"]
    entries = todays(context, newest_first=False).entries
    assert [(one.action, one.by, one.what) for one in entries] == [
        ("take_call_back", "Dana", "12345674"),
        ("show_number", "Dana", "12345674"),
        ("finish_call_back", "Dana", "12345674"),
    ]


def test_a_call_back_that_was_given_back_waits_again(owed, agent):
    agent.submit(agent.get("/desk/call-backs"), "/take")
    page = agent.submit(agent.get("/desk/call-backs"), "/give-back")
    assert "waits for anybody again" in page.text


def test_two_agents_do_not_take_the_same(owed, agent, visitor):
    other = visitor("agent")
    before = other.get("/desk/call-backs")
    agent.submit(agent.get("/desk/call-backs"), "/take")
    assert other.submit(before, "/take").status_code == 409


def test_a_reader_sees_call_backs_and_no_form(owed, visitor):
    page = visitor("reader").get("/desk/call-backs").text
    assert "55841587" in page
    assert "/take" not in page


@pytest.fixture
def many(store, context):
    """More than are read at once, the last ones after a loss."""
    now = context.now()
    for nth in range(MOST_CALL_BACKS + 10):
        store.put(
            CallBack(
                person=pseudonym(f"+9689{nth:07}", ENVIRONMENT["HMAC_KEY"]),
                call_sid=f"CA{nth}",
                ticket=f"{nth:08}",
                asked_at=now - DAY,
                day=day_of(now),
                due_at=now - 3600 + nth,
                languages="ar-en",
                expires=now + 30 * DAY,
                number=f"+9689{nth:07}",
                loss="yes" if nth >= MOST_CALL_BACKS - 10 else "no",
            )
        )


@pytest.mark.slow
def test_many_call_backs_come_in_light_pages_and_ones_own_in_front(many, agent):
    page = agent.get("/desk/call-backs")
    assert f"Owed: {MOST_CALL_BACKS}+." in page.text
    assert tickets(page)[0] == f"{MOST_CALL_BACKS - 10:08}"  # after a loss
    seen, pages = [], 0
    while page:
        assert len(page.data) < 80_000  # with style and icon under 150 kB
        seen, pages = [*seen, *tickets(page)], pages + 1
        further = re.search(r'href="(/desk/call-backs\?from=\d+)" rel="next"', page.text)
        page = further and agent.get(further[1])
    assert sorted(seen) == [f"{nth:08}" for nth in range(MOST_CALL_BACKS)]
    assert pages == MOST_CALL_BACKS // A_PAGE
    last = agent.get(f"/desk/call-backs?from={MOST_CALL_BACKS - 1}")
    taken = agent.submit(last, "/take")
    assert tickets(taken)[0] == tickets(last)[0]


@pytest.mark.slow
def test_a_number_is_shown_on_the_page_that_it_stands_on(many, agent):
    page = agent.get("/desk/call-backs?from=50")
    shown = agent.submit(page, "/number")
    assert tickets(shown) == tickets(page)
    assert f"+9689{int(tickets(page)[0]):07}" in shown.text


@pytest.mark.parametrize("place", ["-1", "many", "99999"])
def test_a_place_that_is_none_shows_a_page(owed, agent, place):
    assert len(tickets(agent.get(f"/desk/call-backs?from={place}"))) == 2


@pytest.mark.slow
def test_more_overdue_call_backs_than_are_counted_are_told_as_more(many, agent):
    assert f"Overdue: {MOST_CALL_BACKS}+" in agent.get("/desk").text


def test_the_audit_shows_who_did_what_and_no_number(owed, agent):
    agent.submit(agent.get("/desk/call-backs"), "/take")
    page = agent.get("/desk/audit").text
    assert "took a call-back" in page
    assert "<dt>State</dt><dd><del><bdi>waiting</bdi></del> <ins><bdi>in progress</bdi></ins></dd>" in page
    assert NUMBER.removeprefix("+") not in page
    assert "12025550112" not in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_attribute_that_an_entry_may_hold_has_a_word(language):
    words = folder.read(language, "desk")
    kinds = (DeskDecision, PrefixRule, Line, CallBack, Dispute, OptOut)
    kept = {field.name for kind in kinds for field in fields(kind)} - {"said_by"}  # never told
    assert [name for name in sorted(kept) if f"attribute.{name}" not in words] == []


def test_what_changed_is_told_in_the_readers_language(context, visitor):
    decisions.decide(context, "+96891234567", "flagged", note="+96891234567 wrote", by=Actor("Salma"))
    page = visitor("reader", language="ar").get("/desk/audit").text
    assert "<dt>الحكم</dt><dd> <ins><bdi>مشتبه به</bdi></ins></dd>" in page
    assert "<dt>الرقم</dt><dd> <ins><bdi>•••567</bdi></ins></dd>" in page
    assert "<ins><bdi>•••567 wrote</bdi></ins>" in page


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+96891234567", "•••567"), ("123456", "•••456"), ("90012", "•••12"), ("1500", "•••00"), ("112", "•••2")],
)
def test_a_short_code_is_masked_too(context, visitor, number, shown):
    audit.looked(context, audit.Action.SHOW_NUMBER, by=Actor("Salma"), about=audit.About.CALLER, what=number)
    assert f'<bdi class="number">{shown}</bdi>' in visitor("reader").get("/desk/audit").text


def test_a_long_day_of_the_audit_comes_in_pages(context, visitor):
    for nth in range(120):
        audit.looked(
            context,
            audit.Action.SHOW_NUMBER,
            by=Actor(f"Person {nth}"),
            about=audit.About.CALLER,
            what="+13035550199",
        )
    person, address, seen = visitor("reader"), "/desk/audit", []
    while address:
        page = person.get(address).text
        seen += re.findall(r"Person \d+", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
        assert "13035550199" not in address
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "../x"])
def test_a_day_that_is_none_is_refused(visitor, day):
    assert visitor("reader").get(f"/desk/audit?day={day}").status_code == 409


def test_a_made_up_cursor_is_no_page(visitor):
    assert visitor("reader").get("/desk/audit?after=made-up").status_code == 404


@pytest.mark.parametrize(("language", "who"), [("en", "nobody signed in"), ("ar", "دون تسجيل دخول")])
def test_who_was_not_signed_in_is_said_in_the_readers_language(visitor, language, who):
    visitor().get("/desk")
    assert f"<bdi>{who}</bdi>" in visitor("reader", language=language).get("/desk/audit").text
