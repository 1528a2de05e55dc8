"""The phone's page for everyone: both languages, light and dark, on a telephone and on a desk."""

from __future__ import annotations

import json
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from infra.local.phone import callers, people, wanted
from infra.local.phone.routes import PAGE
from infra.local.ways import WAYS
from ivr.calls.outcome import Outcome
from ivr.calls.verdict import VerdictKind
from ivr.desk.explanation import rules_in_words
from ivr.flow.pages import BOOK
from ivr.locales import catalog
from tests.browser.telephones import Telephones

WORDS = {code: json.loads((PAGE / "words" / f"{code}.json").read_text()) for code in ("en", "ar")}
LOOKS = list(product(("en", "ar"), ("light", "dark"), ((390, 844), (1280, 800))))


def of_server(code):
    """The keys of what the server says in English, which English words need not repeat."""
    return {key for key in WORDS[code] if key.startswith("server.")}


def test_both_languages_have_the_same_words():
    assert WORDS["en"].keys() == WORDS["ar"].keys() - of_server("ar")
    assert all(text.strip() for words in WORDS.values() for text in words.values())


@pytest.mark.parametrize("code", WORDS)
def test_everything_to_choose_and_every_end_has_words(code):
    wanted_keys = {
        *(f"caller.{caller.id}" for caller in callers.CALLERS),
        *(f"line.{line['kind']}" for line in callers.LINES),
        *(f"answers.{who}" for who in people.WORDS),
        *(f"person.{name}" for name in people.PEOPLE.values()),
        *(f"speed.{speed}" for speed in wanted.SPEEDS),
        *(f"verdict.{kind}" for kind in VerdictKind),
        *(f"outcome.{outcome}" for outcome in Outcome),
        *(f"gives.{rule.verdict}" for rule in rules_in_words().values()),
    }
    assert wanted_keys - WORDS[code].keys() == set()


def test_what_the_server_says_in_english_is_said_in_arabic():
    wanted_keys = {
        *(f"server.rule.{number}" for number in rules_in_words()),
        *(f"server.way.{way}" for way in WAYS),
        *(f"server.page.{page}" for page in BOOK.pages),
    }
    assert wanted_keys - of_server("ar") == set()


def windows(chromium, stack, *, locale, scheme, size):
    context = chromium.new_context(
        base_url=stack.address,
        locale=locale,
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": size[0], "height": size[1]},
    )
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda line: page.complaints.append(line.text) if line.type in {"error", "warning"} else None)
    return page


def judged(page, what):
    """What axe-core finds wrong, and whether the page is wider than its window."""
    found = Axe().run(page).response
    assert found["passes"], "axe-core has looked at nothing"
    wrong = [(what, one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append((what, "wider than its window", []))
    return wrong


@pytest.mark.parametrize(("locale", "scheme", "size"), LOOKS)
def test_nothing_is_wrong_with_the_page_before_in_and_after_a_call(chromium, stack, locale, scheme, size):
    """axe-core's rules, WCAG 2.2 AA among them: in each language, light and dark, on a telephone and on a desk."""
    page = windows(chromium, stack, locale=locale, scheme=scheme, size=size)
    page.goto("/")
    page.locator("svg .step").first.wait_for()
    assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")
    wrong = judged(page, "before a call")
    page.locator(".faults summary").click()
    page.locator("#fault-disorder").check()
    page.locator(".on").wait_for()
    wrong += judged(page, "faults")
    page.locator(".on button").click()
    page.locator("#choose-speed").select_option("fast")
    number = f"+9689333{LOOKS.index((locale, scheme, size)):04}"
    page.locator("#typed-number").fill(number)
    page.locator(".ring").click()
    caller, customer = (Telephones(page).handset(name) for name in ("caller", "customer"))
    expect(caller.locator(".hint")).to_have_text(WORDS[locale]["hint.turn"])
    wrong += judged(page, "call flow")
    for tab in ("verdict", "webhooks", "records", "messages"):
        page.locator(f"#tab-{tab}").click()
        wrong += judged(page, tab)
    caller.locator(f"[data-key='{Telephones(page).announced(WORDS[locale]['hint.turn'])}']").click()
    customer.locator("[data-act='answer']").click()
    expect(customer.locator(".hint")).to_have_text(WORDS[locale]["hint.turn"])
    customer.locator("[data-key='9']").click()
    asks = catalog.load("ar").prompts["what_did_they_want"].say[0]  # the first language of the line
    customer.locator(".log p").filter(has_text=asks).first.wait_for()  # once the leg is out of the whisper
    for tab in ("webhooks", "records"):
        page.locator(f"#tab-{tab}").click()
        wrong += judged(page, f"{tab} of a report")
    page.locator(".strip button").click()
    page.locator(".done p").first.wait_for()
    wrong += judged(page, "after the call")
    page.locator("#tab-messages").click()
    wrong += judged(page, "its SMS")
    assert wrong == []
    assert page.complaints == []
    page.context.close()
