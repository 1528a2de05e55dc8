"""Every page of the desk's menu, in both languages, light and dark, wide and narrow: for everyone, and light."""

import re
from pathlib import Path

import pytest

from ivr.web.rendering import MENU
from tests.browser.desk import LISTS, LOOKS, choose, look_at, menu

HEAVIEST = 150_000  # bytes of a page with all that it loads
LIGHTEST = 8_000  # bytes
# By the browser's own account of what it loaded: a response itself is gone once the window has moved on.
WEIGHT = """() => ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
    .reduce((sum, one) => sum + one.decodedBodySize, 0)"""


@pytest.fixture
def window(deciders_window):
    return deciders_window


@pytest.mark.parametrize("deciders_window", LOOKS, indirect=True, ids=str)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_for_everyone(window, language):
    choose(window, language)
    addresses = menu(window)
    assert len(addresses) == len(MENU)
    for address in [*addresses, *LISTS]:
        window.goto(address)
        look_at(window)
    assert window.complaints == []


@pytest.mark.parametrize("deciders_window", LOOKS[:1], indirect=True, ids=str)
def test_every_page_is_light(window):
    weights = {}
    for link in menu(window):
        window.goto(link, wait_until="networkidle")
        weights[link] = window.evaluate(WEIGHT)
    assert min(weights.values()) > LIGHTEST, weights  # the page and its stylesheet were weighed
    assert max(weights.values()) < HEAVIEST, weights


def test_no_test_of_the_desk_looks_before_the_page_is_there():
    """Each click on what leads to a page waits for it (desk.follow): under load the page before it was looked at."""
    here = Path(__file__).parent
    told = {path: path.read_text("utf-8") for path in [*here.glob("*desk*.py"), here / "test_signing_in.py"]}
    clicks = [
        (path.name, line) for path, text in told.items() for line in re.findall(r".*\.click\(\)$", text, re.MULTILINE)
    ]
    assert {name for name, _ in clicks} == {"desk.py"}, clicks
