"""The phone in Arabic: what its server says in English is read in Arabic, on the diagram, in refusals and in notes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from infra.carrier import Carrier
from infra.carrier.network import Fault
from infra.local import demo
from infra.local.follow_ups import FollowUps, reachable_over_rest
from infra.local.http_server import listening
from infra.local.phone import phones
from tests.browser.telephones import Telephones, reads
from tests.browser.test_phone import leave_nothing
from tests.conftest import NOBODY_ANSWERS
from tests.phone.conftest import Page

ARABIC = re.compile(r"[\u0600-\u06ff]")
TURN = "دوركم الآن"


@pytest.fixture
def page(window, stack):
    telephones = Telephones(window)
    telephones.open("/?lang=ar")
    yield telephones
    leave_nothing(stack)
    # A browser names each request that was refused; that is what some of these tests ask for.
    assert [line for line in window.complaints if "400" not in line] == []


def ring(page, number):
    page.window.locator("#typed-number").fill(number)
    page.window.locator("#choose-speed").select_option("fast")
    page.window.locator(".ring").click()


def test_the_diagram_says_where_a_telephone_stands(page):
    ring(page, "+96892226001")
    expect(page.handset("caller").locator(".hint")).to_contain_text(TURN)
    expect(page.window.locator(".where")).to_contain_text("متصل مجهول")
    expect(page.window.locator(".step.lit text").first).to_have_text("متصل مجهول")
    words = page.window.locator("svg .words, svg .step text:not(.tag)").evaluate_all(
        "all => all.map(one => one.lastChild.textContent)"
    )
    assert [one for one in words if not ARABIC.search(one)] == []


def test_the_tabs_stand_in_one_row_with_their_counts(page):
    ring(page, "+96892226002")
    expect(page.handset("caller").locator(".hint")).to_contain_text(TURN)
    page.window.locator(".strip button").click()
    page.window.locator(".done p").first.wait_for()
    tops = page.window.get_by_role("tab").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1


def test_a_beep_is_read_in_arabic(page):
    ring(page, "+96892226004")
    page.key("caller", page.announced(TURN))
    page.handset("customer").locator("[data-act='answer']").click()
    expect(page.handset("customer").locator(".hint")).to_contain_text(TURN)
    page.key("customer", "9")
    reads(page.handset("caller").locator(".event.played").first, "صوت: صافرة")
    page.window.locator(".strip button").click()
    page.window.locator(".done p").first.wait_for()


def test_a_number_that_is_none_is_refused_in_arabic(page):
    ring(page, "abc")
    problem = page.window.locator(".setup .problem")
    expect(problem).to_contain_text("ليس رقم هاتف")
    expect(problem).to_contain_text("abc")


def refusals(stack, monkeypatch):
    """What a person at the page may be refused, as the server says it."""
    page = Page(stack.address)

    def refused(path, body):
        answer = page.post(path, body)
        assert answer.status_code >= 400, path
        return answer.json()["error"]

    yield refused("/phone/calls", {"from": "abc", "to": demo.PROTECTED_LINE})
    yield refused("/phone/faults", {"slow_seconds": 99})
    yield refused("/phone/calls/0000/hang_up", {})
    held = page.call("+96892226003", people={"customer": "screening"})
    leg = f"/phone/calls/{held.name}/legs/"
    caller = held.asked("caller", "keys")["sid"]
    yield refused(leg + caller, {"do": "answer"})
    held.check()
    held.wait_for(lambda: held.of("leg", name="customer"), "the customer's telephone rings")
    yield refused(leg + held.leg("customer")["sid"], {"do": "press", "keys": "1"})
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    held.ended()
    yield refused(leg + caller, {"do": "hang_up"})
    monkeypatch.setattr(phones, "MOST_KEPT", 0)
    yield refused("/phone/calls", {"from": "+96892226003", "to": demo.PROTECTED_LINE})
    monkeypatch.undo()


def notes(stack):
    """What may be told beside a call and after it."""
    page = Page(stack.address)
    said = []
    carrier = Carrier(None, base_url=stack.address, auth_token="1")
    running = stack.running
    taken = listening(0)
    address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    for url in ("", address):
        settings = {**running.settings, "TWILIO_API_BASE_URL": url}
        with reachable_over_rest(carrier, replace(running, settings=settings), said.append):
            pass
    taken.close()
    page.post("/phone/faults", {"dynamodb": "down"})
    held = page.call(demo.TRUSTED)
    said.append(held.until("verdict")["problem"])
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    held.ended()
    page.post("/phone/faults", {"dynamodb": "up"})
    FollowUps(replace(running, gateway=NOBODY_ANSWERS), said.append).of_call(carrier)
    return [*said, str(Fault("11200", "caller", "no answer"))]


def test_what_the_server_says_in_english_is_read_in_arabic(page, stack, monkeypatch):
    english = [*refusals(stack, monkeypatch), *notes(stack)]
    assert len(english) >= 12, english
    arabic = page.window.evaluate(
        """async (english) => {
            const { load } = await import("/phone/page/words.js");
            const words = await load("ar");
            return english.map((sentence) => words.said(sentence));
        }""",
        english,
    )
    untold = [told for told, was in zip(arabic, english, strict=True) if told == was or not ARABIC.search(told)]
    assert untold == []
    assert [told for told in arabic if "undefined" in told or "{" in told] == []


def test_a_sentence_that_is_not_known_stays_as_it_is(page):
    said = page.window.evaluate(
        """async () => (await (await import("/phone/page/words.js")).load("ar")).said("something else (a+b)")"""
    )
    assert said == "something else (a+b)"
