"""Debian's Chromium before a running stack. .ci/run installs it; without it these tests fail, and none is skipped."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from infra.local.stack import Stack
from tests.browser.desk import sign_in

CHROMIUM = "/usr/bin/chromium"
# Root of a container has no sandbox, and no machine of ours reaches the services that Chromium calls by itself.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items):
    """A browser is a whole process: `make test-all` runs these tests."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def chromium():
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is not there: install it (apt-get install chromium), as .ci/run does"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stack():
    """A running stack of this module, with the demo's data."""
    with Stack({}, log=io.StringIO()) as stack:
        yield stack


def _is_ours(line, stack):
    """An error of a page of ours: the issuer's page asks for a style sheet elsewhere."""
    return line.type == "error" and line.location.get("url", "").startswith(stack.address)


@pytest.fixture
def window(chromium, stack):
    """A fresh browser window at the stack's address, and what it complained of."""
    context = chromium.new_context(base_url=stack.address, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda line: page.complaints.append(line.text) if _is_ours(line, stack) else None)
    yield page
    context.close()


@pytest.fixture
def deciders_window(chromium, stack, request):
    """A decider's window, of the colour scheme and width that the test names, and what it complained of."""
    window = window_of(chromium, stack, "decider", *request.param)
    yield window
    window.context.close()


def window_of(chromium, stack, person, scheme, width):
    """A window of somebody who is signed in, and what it complains of."""
    context = chromium.new_context(
        base_url=stack.address, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    window = context.new_page()
    sign_in(window, person)
    window.complaints = []
    window.on("console", lambda line: window.complaints.append(line.text) if line.type == "error" else None)
    return window
