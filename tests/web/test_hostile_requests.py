"""Requests that no page of the desk makes: by hand, by a program, or from a page of somebody else's."""

import json
import re
import string

import pytest

from ivr.desk import audit, decisions, disputes, prefixes
from ivr.desk.actor import Actor
from ivr.desk.seen import fingerprint
from ivr.observability.failures import Why
from ivr.store import StoreUnavailableError
from ivr.web.opaque_ids import OpaqueIds
from tests.web.conftest import Visitor

CALLER = "+96891234567"
SALMA = Actor("Salma", "sub-salma")


@pytest.fixture
def address(app):
    """The address of the caller's page."""
    return f"/desk/callers/{OpaqueIds(app.config['SITE'].derived_key('ids'), 'caller').hide(CALLER)}"


def test_a_file_that_anybody_may_keep_comes_with_nobodys_session(visitor):
    with visitor("decider").get("/desk/static/desk.css") as answer:
        assert "public" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_missing_file_is_kept_by_nobody(visitor):
    answer = visitor("decider").get("/desk/static/none.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert "Dana" not in answer.text


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "made-up"}], ids=["none", "empty", "made up"])
def test_a_form_that_does_not_say_what_was_seen_overwrites_nothing(context, visitor, address, seen):
    decisions.decide(context, CALLER, "blocked", note="a letter", by=SALMA)
    answer = visitor("decider").post(f"{address}/decide", verdict="trusted", note="mine", step="make", **seen)
    assert answer.status_code == 409
    assert "Salma" in answer.text
    assert decisions.of(context, CALLER).verdict == "blocked"


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "tomorrow"])
@pytest.mark.parametrize("path", ["audit?day=", "reports?day=", "statistics?to=", "statistics.csv?to="])
def test_a_day_that_no_calendar_of_the_desk_has_is_refused_in_words(visitor, path, day):
    answer = visitor("reader").get(f"/desk/{path}{day}")
    assert answer.status_code == 409
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example",
        "/desk//evil.example",
        "/desk\\evil",
        "/desk/\r\nX-A: b",
        "/deskx",
        "/desk/../x",
        "/desk/%2e%2e/x",
    ],
)
def test_the_language_switch_leads_nowhere_else(visitor, back):
    answer = visitor("reader").post("/desk/language", language="ar", back=back)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk")


def test_the_language_switch_of_an_answer_to_a_form_leads_to_a_page(visitor, address):
    person = visitor("reader")
    shown = person.post(f"{address}/number")
    assert person.submit(shown, "/language", language="ar").status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "MADEUP"])
@pytest.mark.parametrize("path", ["", "/", "//audit", "/audit/", "/%61udit", "/rules/preview", "/nowhere"])
def test_no_spelling_and_no_method_lets_a_stranger_in(visitor, path, method):
    assert visitor().client.open(f"/desk{path}", method=method).status_code == 401


def test_a_token_of_another_session_is_none(visitor):
    mine, theirs = visitor("decider"), visitor("decider")
    token = mine.client.get("/desk").text.split('name="csrf_token" value="')[1].split('"')[0]
    theirs.get("/desk")
    answer = theirs.client.post("/desk/callers/search", data={"csrf_token": token, "number": CALLER})
    assert answer.status_code == 403


def test_a_huge_form_is_refused(visitor):
    assert visitor("decider").post("/desk/callers/search", number="9" * 100_000).status_code == 413


def test_a_field_can_not_say_who_decides(context, visitor, address):
    person = visitor("decider")
    person.submit(
        person.get(address), "/decide", verdict="flagged", note="x", step="make", by="Salma", name="Salma", subject="s"
    )
    assert decisions.of(context, CALLER).decided_by == "Dana"


def test_the_cursor_of_one_list_opens_no_other(context, visitor):
    for nth in range(60):
        prefixes.add(context, f"+9689123{nth:02}", "flagged", note="robots", by=SALMA)
    person = visitor("reader")
    rules = _next(person.get("/desk/rules"))
    today = _next(person.get("/desk/audit"))
    assert person.get(f"/desk/rules?after={rules}").status_code == 200
    assert person.get(f"/desk/audit?after={today}").status_code == 200
    for path in (f"audit?after={rules}", f"lines?after={rules}", f"callers?after={rules}", f"reports?after={rules}"):
        assert person.get(f"/desk/{path}").status_code == 404
    assert person.get(f"/desk/audit?day=2026-01-01&after={today}").status_code == 404


def test_no_number_is_shown_that_the_audit_could_not_keep(context, visitor, address, monkeypatch):
    person = visitor("reader")
    token = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', person.get(address).text)[1]}

    def down(*_):
        raise StoreUnavailableError(Why.TIMED_OUT)

    monkeypatch.setattr(context.store, "put_once", down)
    answer = person.client.post(f"{address}/number", data=token)
    assert answer.status_code == 503
    assert CALLER[1:] not in answer.text


@pytest.mark.parametrize("verdict", ["", "clean", "<b>", "x.y"])
def test_a_made_up_verdict_is_refused_in_words(visitor, verdict):
    answer = visitor("decider").post("/desk/rules/preview", prefix="+9689123", verdict=verdict, note="x")
    assert answer.status_code == 409


def test_a_note_is_text_and_nothing_else(context, visitor, address):
    note = "<script>x</script><bdi></bdi>{{ 7 * 7 }} =1+1 \u202eevil"
    decisions.decide(context, CALLER, "flagged", note=note, by=SALMA)
    for page in (visitor("reader").get(address), visitor("reader").get("/desk/audit")):
        assert "&lt;script&gt;x&lt;/script&gt;" in page.text
        assert "<script" not in page.text
        assert "{{ 7 * 7 }} =1+1" in page.text
        assert re.search("<bdi>[^<]*\u202eevil</bdi>", page.text)


@pytest.mark.parametrize("note", ["a\r\nb", "a\x1b[2Jb", "a\u2028b", "x" * 1001, "\u00a0"])
def test_a_note_that_is_no_line_of_text_is_refused(context, visitor, address, note):
    answer = visitor("decider").post(f"{address}/dispute", note=note, seen=fingerprint(None))
    assert answer.status_code == 409
    assert disputes.of(context, CALLER) is None


def test_the_audit_shows_when_a_decision_ends_as_a_time(context, visitor):
    decisions.decide(context, CALLER, "flagged", note="a", until="2090-05-06", by=SALMA)
    page = visitor("reader").get("/desk/audit").text
    assert re.search(r"<dt>Until</dt>.*?<ins><bdi><time[^>]*>7 May 2090", page, re.DOTALL)


@pytest.mark.parametrize("until", ["2101-01-01", "9999-12-31", "9999-12-31T23:59-12:00"])
def test_an_end_from_which_no_calendar_counts_on_is_refused(context, visitor, address, until):
    person = visitor("decider")
    page = person.submit(person.get(address), "/decide", verdict="flagged", note="x", step="make", until=until)
    assert page.status_code == 409
    assert decisions.of(context, CALLER) is None


def test_the_last_end_there_is_can_be_shown(context, visitor, address):
    decisions.decide(context, CALLER, "flagged", note="x", until="2100-12-31T23:59", by=SALMA)
    for page in (address, "/desk/audit", "/desk/callers/decided"):
        assert visitor("reader").get(page).status_code == 200


def test_nobody_can_pass_for_somebody_without_a_session(app, clock, visitor):
    person = Visitor(app, clock, "reader", name="nobody")
    assert person.post("/desk/rules/add").status_code == 403
    page = visitor("reader").get("/desk/audit").text
    assert "<bdi>nobody</bdi>" in page
    assert "nobody signed in" not in page


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_a_form_of_another_type_brings_no_token(visitor, kind):
    person = visitor("decider")
    page = person.get("/desk").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    sent = json.dumps({"csrf_token": token, "number": CALLER})
    assert person.client.post("/desk/callers/search", data=sent, content_type=kind).status_code == 403


def test_a_caller_has_one_address(visitor, address):
    person, alphabet = visitor("reader"), string.ascii_letters + string.digits + "-_"
    assert person.get(address).status_code == 200
    others = [f"{address[:-1]}{letter}" for letter in alphabet if letter != address[-1]]
    assert {person.get(other).status_code for other in (*others, f"{address}=", f"{address}==")} == {404}


def test_the_cursor_of_one_caller_opens_no_list_of_another(context, visitor, address):
    for nth in range(60):
        audit.looked(context, audit.Action.SHOW_NUMBER, by=SALMA, about=audit.About.CALLER, what=CALLER, note=str(nth))
    person = visitor("reader")
    cursor = _next(person.get(f"{address}/audit"))
    other = person.post("/desk/callers/search", number="+96891234568").location
    assert person.get(f"{address}/audit?after={cursor}").status_code == 200
    assert person.get(f"{other}/audit?after={cursor}").status_code == 404
    assert person.get(f"{address}/reports?after={cursor}").status_code == 404


@pytest.mark.parametrize("path", ["", "/reports.csv", "/callers/none", "/sign-out"], ids=["page", "file", "404", "405"])
def test_every_answer_is_for_this_desk_this_reader_and_this_moment_alone(visitor, path):
    answer = visitor("reader").get(f"/desk{path}")
    answer.get_data()
    headers = answer.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def _next(page):
    return re.search(r'after=([\w-]+)" rel="next"', page.text)[1]
