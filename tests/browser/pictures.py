"""Take the pictures of docs/pictures anew: ``python -m tests.browser.pictures [DIRECTORY]``. Takes half a minute."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from infra.local.stack import Stack
from tests.bench import desk_table
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.desk import choose, follow, sign_in
from tests.browser.telephones import Telephones

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
REPORTS = 300
SCALE = 0.75  # keeps each below 120 kB, and its words legible


def take(into: Path) -> None:
    """The phone in a talk, and the desk's pages with some weeks of reports."""
    into.mkdir(parents=True, exist_ok=True)
    with Stack({}, log=io.StringIO()) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        window = browser.new_context(
            base_url=stack.address, viewport={"width": 1280, "height": 700}, device_scale_factor=SCALE
        ).new_page()
        _phone(window, into)
        desk_table.fill(stack.store.table.client, stack.store.table.name, REPORTS, int(time.time()))
        _desk(window, into)
        browser.close()


def _phone(window, into: Path) -> None:
    phones = Telephones(window)
    phones.open()
    phones.ring("+13035550122")
    phones.check()
    phones.answer()
    phones.hint("customer", "Your turn")
    window.screenshot(path=into / "phone.png")


def _desk(window, into: Path) -> None:
    sign_in(window, "decider")
    choose(window, "en")
    window.goto("/desk")
    window.screenshot(path=into / "desk-today.png")
    window.goto("/desk/callers")
    follow(window.locator("tbody th a").first)
    expect(window.locator("svg.scales")).to_be_visible()
    window.screenshot(path=into / "desk-caller.png")
    choose(window, "ar")
    window.goto("/desk/statistics")
    window.screenshot(path=into / "desk-statistics-arabic.png")


if __name__ == "__main__":
    take(Path(sys.argv[1]) if sys.argv[1:] else PICTURES)
