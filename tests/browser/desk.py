"""The desk's pages as a person with a browser goes through them."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LISTS = ["/desk/callers/decided", "/desk/callers/disputes", "/desk/callers/campaigns"]  # no link of the menu
LOOKS = [("light", 1280), ("dark", 390)]  # the colour scheme, and the width in pixels


def follow(control):
    """Click on what leads to a page, and wait until that page is loaded.

    A click alone may return while the page before it still stands: what is then looked at is that page, or none.
    """
    with control.page.expect_navigation():
        control.click()


def saved(control):
    """What a click on a link or a button saves."""
    with control.page.expect_download() as download:
        control.click()
    return download.value.path().read_text("utf-8")


def sign_in(window, person):
    window.goto("/desk/sign-in")
    follow(window.get_by_role("button", name=person, exact=True))
    expect(window.get_by_role("navigation")).to_be_visible()


def choose(window, language):
    if window.locator("html").get_attribute("lang") != language:
        follow(window.locator(f'button[name="language"][value="{language}"]'))
    expect(window.locator("html")).to_have_attribute("lang", language)


def menu(window):
    """The addresses of the menu's pages."""
    return [link.get_attribute("href") for link in window.locator("nav.menu a").all()]


def form(window, action):
    return window.locator(f"form[action$='{action}']")


def go(window, name):
    window.goto(f"/desk{name}")
    look_at(window)


def done(window):
    """The change was made, and its page says so."""
    expect(window.locator(".notice.good")).to_be_visible()
    look_at(window)


def look_at(window):
    """The page is for everyone, and nothing of it stands beside the window."""
    assert violations(window) == [], window.url
    assert window.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), window.url


def violations(window):
    found = Axe().run(window, options={"runOnly": {"type": "tag", "values": WCAG}})
    return [
        (one["id"], node["target"], node.get("failureSummary", "")[:200])
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
