"""A day at the desk as docs/desk.md tells it: a decider's, an agent's and a reader's, each in a browser alone."""

import re
import time

import pytest
from playwright.sync_api import expect

from ivr.pseudonym import pseudonym
from tests.browser.conftest import window_of
from tests.browser.desk import LISTS, LOOKS, choose, done, follow, form, go, look_at, menu, saved
from tests.browser.test_from_phone_to_desk import report_at_the_phone
from tests.care.conftest import call_back

DAYS = pytest.mark.parametrize(("language", "look"), [*zip(["en", "ar"], LOOKS, strict=True)], ids=["en", "ar"])
BLOCKS = {"en": "+968922200", "ar": "+968922201"}  # each day has callers of its own, of one hundred
PATIENCE = 30  # seconds, for what the table's stream brings


@pytest.fixture
def at_the_desk(chromium, stack):
    """Open a window of somebody who is signed in, in a language and look; it notes what the browser complains of."""
    opened = []

    def come(person, language, look):
        window = window_of(chromium, stack, person, *look)
        opened.append(window)
        choose(window, language)
        return window

    yield come
    for window in opened:
        assert window.complaints == []
        window.context.close()


def changes(window, action, note):
    """Fill in a form of a caller's page, look at the preview, and do it."""
    form(window, action).locator("input[name=note]").fill(note)
    follow(form(window, action).locator("button[value=preview]"))
    expect(form(window, action).locator("input[name=note]")).to_have_value(note)
    expect(window.locator(".notice[role=status], .notice[role=alert]").first).to_be_visible()
    look_at(window)
    follow(form(window, action).locator("button[value=make]"))
    done(window)


def comes(window, address, what):
    """Open a page until the table's stream has brought something to it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        window.goto(address)
        if window.locator(what).count():
            return window.locator(what)
    raise AssertionError(f"{what} did not come to {address}")


def search(window, number):
    window.goto("/desk/callers")
    window.locator("#number").fill(number)
    follow(form(window, "/search").locator("button"))


@DAYS
def test_a_deciders_day(at_the_desk, language, look):
    first, second = f"{BLOCKS[language]}71", f"{BLOCKS[language]}72"
    window = at_the_desk("decider", "en", look)
    for caller in (first, second):
        report_at_the_phone(window, caller)
    go(window, "")
    choose(window, language)
    comes(window, "/desk/callers", f"tbody th a:has-text('{first[-3:]}')")
    goes_from_a_campaign_to_a_rule(window, BLOCKS[language])
    decides_about_a_caller(window, first)
    changes_a_line(window, f"+1202555017{len(language) + look[1] % 7}")
    saves_files(window, first, second)


def decides_about_a_caller(window, caller):
    search(window, f"00{caller[1:4]} {caller[4:8]} {caller[8:]}")
    expect(window.locator("h1")).to_contain_text(f"•••{caller[-3:]}")
    look_at(window)
    address = window.url
    follow(form(window, "/number").locator("button"))
    expect(window.locator("h1")).to_contain_text(caller)
    look_at(window)
    window.goto(address)
    expect(window.get_by_text(caller)).to_have_count(0)
    form(window, "/decide").locator("select").select_option("blocked")
    changes(window, "/decide", "three letters")
    expect(window.locator("h2 + p .verdict").first).to_have_class(re.compile("blocked"))
    changes(window, "/take-back", "it was another number")
    expect(form(window, "/take-back")).to_have_count(0)
    form(window, "/dispute").locator("input[name=note]").fill("a clinic")
    follow(form(window, "/dispute").locator("button"))
    done(window)
    follow(comes(window, "/desk/callers/disputes", f"tbody th a:has-text('{caller[-3:]}')").first)
    changes(window, "/keep", "no answer to two letters")
    changes(window, "/clear", "the clinic showed its contract")


def goes_from_a_campaign_to_a_rule(window, block):
    follow(comes(window, "/desk/callers/campaigns", f"tbody th a:has-text('•••{block[-1]}••')").first)
    look_at(window)
    follow(form(window, "/beginning").locator("button"))
    expect(window.locator("h1")).to_contain_text(block)
    look_at(window)
    rule = form(window, "/rules/preview")
    rule.locator("input[name=note]").fill("a campaign")
    follow(rule.locator("button"))
    expect(window.locator("h1 .verdict")).to_have_class(re.compile("flagged"))
    look_at(window)
    follow(form(window, "/rules/add").locator("button"))
    done(window)
    follow(window.get_by_role("link", name=f"{block}…"))
    form(window, "/change").locator("select").select_option("blocked")
    follow(form(window, "/change").locator("button"))
    look_at(window)
    follow(form(window, "/change").locator("button[value=make]"))
    done(window)
    form(window, "/remove").locator("input[name=note]").fill("the numbers were given back")
    follow(form(window, "/remove").locator("button"))
    look_at(window)
    follow(form(window, "/remove").locator("button[value=make]"))
    done(window)
    expect(window.get_by_role("link", name=f"{block}…")).to_have_count(0)


def changes_a_line(window, number):
    go(window, "/lines")
    adds = form(window, "/lines/add")
    adds.locator("input[name=number]").fill(number)
    adds.locator("input[name=ring_to]").fill("+96892229999")
    follow(adds.locator("button"))
    done(window)
    follow(window.get_by_role("link", name=number))
    form(window, "/change").locator("select[name=mode]").select_option("strict")
    follow(form(window, "/change").locator("button"))
    done(window)
    expect(form(window, "/change").locator("select[name=mode]")).to_have_value("strict")
    expect(window.get_by_text("•••999")).to_be_visible()
    form(window, "/remove").locator("input[name=note]").fill("the contract ended")
    follow(form(window, "/remove").locator("button"))
    done(window)


def saves_files(window, cleared, reported):
    """No report on the first one counts any more."""
    kept = {"/callers": reported, "/callers/decided": cleared, "/reports": reported, "/audit": cleared}
    for address, caller in kept.items():
        go(window, address)
        masked = saved(window.get_by_role("link", name="CSV", exact=True))
        assert f"•••{caller[-3:]}" in masked, address
        assert caller not in masked, address
        assert caller in saved(window.get_by_role("button", name="CSV", exact=True)), address
        assert saved(window.get_by_role("link", name="NDJSON", exact=True)).startswith("{")
    go(window, "/statistics")
    assert saved(window.get_by_role("link", name="CSV", exact=True)).startswith("day,calls,")


@DAYS
def test_an_agents_day(at_the_desk, stack, language, look):
    now, number = int(time.time()), f"{BLOCKS[language]}99"
    person = pseudonym(number, stack.settings.hmac_key)
    owed = call_back(person=person, asked_at=now - 60, due_at=now - 9, expires=now + 9999, number=number, loss="yes")
    stack.store.put(owed)
    window = at_the_desk("agent", language, look)
    go(window, "")
    follow(window.locator("a[href='/desk/call-backs']").last)
    follow(form(window, "/take").locator("button").first)
    done(window)
    follow(form(window, "/give-back").locator("button").first)
    done(window)
    follow(form(window, "/take").locator("button").first)
    done(window)
    follow(window.locator("form[action*='/number#']").locator("button").first)
    expect(window.get_by_text(number)).to_be_visible()
    look_at(window)
    window.goto("/desk/call-backs")
    expect(window.get_by_text(number)).to_have_count(0)
    form(window, "/done").locator("input[name=note]").fill("advised to tell the bank")
    follow(form(window, "/done").locator("button").first)
    done(window)
    expect(window.locator("article")).to_have_count(0)
    search(window, number)
    look_at(window)
    assert not [one for one in ("/decide", "/clear", "/dispute") if form(window, one).count()]
    go(window, "/audit")
    assert window.locator("tbody tr").count() >= 5
    expect(window.get_by_text(number)).to_have_count(0)


READS = ("/search", "/number", "/beginning", "/confirm", "/dossier", "/language", "/sign-out")


def only_reads(window):
    """The page is for everyone, and no form of it changes anything."""
    look_at(window)
    leads = [one.get_attribute("action") for one in window.locator("form[method=post]").all()]
    assert [one for one in leads if not one.partition("#")[0].endswith(READS)] == [], window.url


@DAYS
def test_a_readers_day_shows_all_and_changes_nothing(at_the_desk, language, look):
    window = at_the_desk("reader", language, look)
    for address in (*menu(window), *LISTS):
        window.goto(address)
        only_reads(window)
        if window.locator("tbody th a").count():
            follow(window.locator("tbody th a").first)
            only_reads(window)
    search(window, f"{BLOCKS[language]}55")
    token = window.locator("input[name=csrf_token]").first.get_attribute("value")
    for change in ("decide", "take-back", "clear", "keep", "dispute"):
        answer = window.request.post(f"{window.url}/{change}", form={"csrf_token": token, "note": "x", "step": "make"})
        assert answer.status == 403, change
    window.goto("/desk/audit")
    look_at(window)
