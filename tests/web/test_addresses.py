"""No address or cookie of the desk shows a number, CallSid, reference or name; no page shows a whole number.

All links, forms and redirects are followed.
"""

import html
import re
import time

import pytest

from infra.local import demo
from ivr.desk import decisions, disputes, prefixes
from ivr.desk.actor import Actor
from tests.bench import desk_table
from tests.care.conftest import call_back

CALLER, LONGEST_PREFIX = "+96891234567", "+9689765"
SALMA = Actor("Salma", "sub-salma")
_ADDRESS = re.compile(r'(?:href|action|src)="([^"]+)"')
_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_ENDS_THE_WALK = ("/sign-out", "/language")


@pytest.fixture
def network():
    """Calls are of the last hour: a preview is of the days up to now."""
    return {"clock_start": time.time() - 3600}


@pytest.fixture
def full_desk(reported_call, context):
    """A desk with something on every page, and what no address may show."""
    now = context.now()
    desk_table.fill(context.store.table.client, context.store.table.name, 120, now)
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)
    disputes.open_dispute(context, CALLER, "a bakery", by=SALMA)
    prefixes.add(context, LONGEST_PREFIX, "flagged", note="robots", by=SALMA)
    context.store.put(call_back(asked_at=now, due_at=now + 3600, expires=now + 9999))
    report = next(iter(context.store.reports.by_reference("00000001")))
    own = [one for page in context.store.number_lists.reports_on(CALLER, 9) for one in page]
    numbers = [CALLER, LONGEST_PREFIX, demo.CUSTOMER, demo.PROTECTED_LINE, desk_table.FAMOUS, call_back().number]
    words = [*(number[1:] for number in numbers if number), "Salma", "Dana", report.call_sid, report.reference]
    return [*words, *(word for one in own for word in (one.call_sid, one.reference))]


@pytest.mark.slow
def test_no_address_cookie_or_page_shows_whom_it_is_about(full_desk, app, visitor):
    person = visitor("decider", "agent")
    waiting, walked = ["/desk"], set()
    masked = [one[1:] for one in (CALLER, demo.CUSTOMER, desk_table.FAMOUS, call_back().number)]
    cookies = app.session_interface.get_signing_serializer(app)

    def told(cookie):
        """What a cookie holds besides who is signed in."""
        return repr({**cookies.loads(cookie.split("=", 1)[1].split(";")[0]), "who": ""})

    def check(addresses):
        for address in addresses:
            assert [word for word in full_desk if word in address] == []
            plain = address.partition("#")[0]
            if plain.startswith("/desk") and plain not in walked and "/static/" not in plain:
                waiting.append(plain)

    forms = {}
    while waiting and len(walked) < 400:
        address = waiting.pop()
        if address in walked:
            continue
        walked.add(address)
        page = person.get(address)
        shown = page.text.replace("&#43;", "+")
        assert [number for number in masked if number in shown] == [], address
        kept = [told(cookie) for cookie in page.headers.getlist("Set-Cookie")]
        assert [word for word in full_desk for one in kept if word in one] == []
        check(html.unescape(found) for found in _ADDRESS.findall(page.text))
        for form in re.findall(r"<form\b.*?</form>", page.text, re.DOTALL):
            if (found := _FORM.search(form)) and not found[1].endswith(_ENDS_THE_WALK):
                forms.setdefault(re.sub(r"/[\w-]{20,}", "/*", found[1]), (html.unescape(found[1]), form))
    searches = {"number": CALLER, "reference": full_desk[-1], "prefix": LONGEST_PREFIX, "note": "x"}
    for address, form in forms.values():  # one of each kind
        answer = person.client.post(
            address, data={**searches, "verdict": "flagged", **dict(_HIDDEN.findall(form))}, follow_redirects=False
        )
        check([answer.headers.get("Location", "")])
        check(html.unescape(found) for found in _ADDRESS.findall(answer.text))
    assert len(walked) > 50
    assert {"/desk/callers/search", "/desk/callers/*/decide", "/desk/reports/*/dossier"} <= set(forms)


def _one_of_each_kind(person):
    """The addresses of one page of each kind, and one form of each kind that changes or asks something."""
    waiting, pages, forms = ["/desk"], {}, {}
    while waiting:
        address = waiting.pop()
        kind = re.sub(r"/[\w-]{20,}", "/*", address.partition("?")[0])
        if kind in pages:
            continue
        pages[kind] = address
        text = person.get(address).text
        found = (html.unescape(one).partition("#")[0] for one in _ADDRESS.findall(text))
        waiting += [one for one in found if one.startswith("/desk") and "/static/" not in one]
        for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
            if (sent := _FORM.search(form)) and not sent[1].endswith(_ENDS_THE_WALK):
                forms.setdefault(re.sub(r"/[\w-]{20,}", "/*", sent[1]), (html.unescape(sent[1]), form))
    return pages.values(), forms.values()


@pytest.mark.slow
@pytest.mark.parametrize("odd", ["9" * 60_000, "\0\u202e+1e400\u200b", "9999-12-31T23:59:59+23:59"], ids=range(3))
def test_whatever_stands_in_a_field_or_an_address_is_answered_in_words(full_desk, visitor, odd):
    person, failed = visitor("decider", "agent"), []
    pages, forms = _one_of_each_kind(person)
    for address, form in forms:
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(form)}
        fields = {name: "x" for name in re.findall(r'name="([^"]+)"', form) if name not in hidden}
        for name in {*fields, "seen", "form", "step", "made"}:
            answer = person.client.post(address, data={**hidden, **fields, name: odd})
            failed += [(address, name)] if answer.status_code >= 500 else []
    for address in pages:
        names = ("after", "day", "from", "to", "category", "state", "loss")
        answer = person.client.get(address.partition("?")[0], query_string=dict.fromkeys(names, odd[:2000]))
        failed += [address] if answer.status_code >= 500 else []
    assert len(list(pages)) > 15
    assert failed == []
