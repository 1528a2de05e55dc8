"""Every page of the desk's menu, in both languages, light and dark, wide and narrow: for everyone, and light."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ivr.web.rendering import MENU

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEAVIEST = 150_000  # bytes of a page with all that it loads
LIGHTEST = 8_000  # bytes
# By the browser's own account of what it loaded: a response itself is gone once the window has moved on.
WEIGHT = """() => ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
    .reduce((sum, one) => sum + one.decodedBodySize, 0)"""


def choose(window, language):
    if window.locator("html").get_attribute("lang") != language:
        window.locator(f'button[name="language"][value="{language}"]').click()
    expect(window.locator("html")).to_have_attribute("lang", language)


def violations(window):
    found = Axe().run(window, options={"runOnly": {"type": "tag", "values": WCAG}})
    return [
        (one["id"], node["target"], node.get("failureSummary", "")[:200])
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@pytest.fixture
def window(deciders_window):
    return deciders_window


LISTS = ["/desk/callers/decided", "/desk/callers/disputes", "/desk/callers/campaigns"]
LOOKS = [("light", 1280), ("dark", 390)]


@pytest.mark.parametrize("deciders_window", LOOKS, indirect=True, ids=str)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_for_everyone(window, language):
    choose(window, language)
    addresses = [link.get_attribute("href") for link in window.locator("nav.menu a").all()]
    assert len(addresses) == len(MENU)
    for address in [*addresses, *LISTS]:
        window.goto(address)
        assert violations(window) == [], address
        assert window.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
    assert window.complaints == []


@pytest.mark.parametrize("deciders_window", LOOKS[:1], indirect=True, ids=str)
def test_every_page_is_light(window):
    weights = {}
    for link in [one.get_attribute("href") for one in window.locator("nav.menu a").all()]:
        window.goto(link, wait_until="networkidle")
        weights[link] = window.evaluate(WEIGHT)
    assert min(weights.values()) > LIGHTEST, weights  # the page and its stylesheet were weighed
    assert max(weights.values()) < HEAVIEST, weights
