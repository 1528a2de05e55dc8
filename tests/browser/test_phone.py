"""The phone in a real browser: calls that are placed, heard, pressed and ended by clicking alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.telephones import Telephones


@pytest.fixture
def page(window):
    """The phone's page in a fresh window; nothing may be wrong with it, its policy included."""
    telephones = Telephones(window)
    telephones.open()
    yield telephones
    assert window.complaints == []


DESK = "the fraud desk's decision on this number"
LEFT = "the caller hung up before passing the check"


@pytest.mark.parametrize(
    ("caller", "line", "outcome"),
    [
        ("A stranger", "unknown because of: nothing is known. The caller hears the notice", LEFT),
        ("The customer's bank", f"trusted because of: {DESK}. The caller rings", "the customer did not answer"),
        ("Flagged by the fraud desk", f"flagged because of: {DESK}. The caller hears the fraud warning", LEFT),
        ("Reported by five customers", "flagged because of: customers' reports, over the threshold", LEFT),
        ("Withholds the number", "unknown because of: a withheld, malformed or impossible number", LEFT),
        ("A forged number", "flagged because of: caller-id attestation failed", LEFT),
        ("Poses as the operator", "flagged because of: the caller shows one of the operator's own numbers", LEFT),
        ("The customer, to report a call", "The caller hears the report line.", "nothing was screened"),
        # The last one: for a minute after a blocked call the line is on its guard, and the others are flagged.
        ("Robot calls", f"blocked because of: {DESK}. The caller is refused", "it was refused before it rang"),
    ],
)
def test_each_kind_of_caller_is_one_click_and_ring(page, caller, line, outcome):
    """A newcomer chooses a card and presses Ring: the page says what becomes of the call and why."""
    page.ring(caller)
    page.screened(line)
    if caller == "The customer's bank":
        page.does("customer", "Decline")
    elif caller != "Robot calls":
        expect(page.handset("caller").locator(".state")).to_have_text("On the line")
        page.does("caller", "Hang up")
    page.ends(outcome)
