"""Every page of the desk's menu, in both languages, light and dark, wide and narrow: for everyone, and light."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ivr.web.rendering import MENU
from tests.browser.test_signing_in import sign_in

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEAVIEST = 150_000  # bytes of a page with all that it loads


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
def window(chromium, stack, request):
    """A window of one width and colour scheme, signed in as a decider, with every complaint of the browser's."""
    scheme, width = request.param
    context = chromium.new_context(
        base_url=stack.address, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    window = context.new_page()
    sign_in(window, "decider")
    window.complaints = []
    window.on("console", lambda line: window.complaints.append(line.text) if line.type == "error" else None)
    yield window
    context.close()


LOOKS = [("light", 1280), ("dark", 390)]


@pytest.mark.parametrize("window", LOOKS, indirect=True, ids=str)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_for_everyone(window, language):
    choose(window, language)
    addresses = [link.get_attribute("href") for link in window.locator("nav.menu a").all()]
    assert len(addresses) == len(MENU)
    for address in [*addresses, "/desk/callers/decided"]:
        window.goto(address)
        assert violations(window) == [], address
        assert window.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
    assert window.complaints == []


@pytest.mark.parametrize("window", LOOKS[:1], indirect=True, ids=str)
def test_every_page_is_light(window):
    weights = {}
    loaded = []
    window.on("response", lambda response: loaded.append(response))  # noqa: PLW0108  # Playwright wants a function
    for link in [one.get_attribute("href") for one in window.locator("nav.menu a").all()]:
        loaded.clear()
        window.goto(link, wait_until="networkidle")  # or the icon of one page is counted to the next
        weights[link] = sum(len(one.body()) for one in loaded if one.status == 200)
    assert max(weights.values()) < HEAVIEST, weights
