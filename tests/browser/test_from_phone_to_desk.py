"""What is reported at the phone is seen at the desk, by those who may, and decided by those who may decide."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import follow, form, sign_in
from tests.browser.telephones import Telephones

CALLER = "+96892220077"


def report_at_the_phone(window, caller=CALLER):
    """The customer reports the caller with 9: something else, nothing lost."""
    page = Telephones(window)
    page.open()
    page.ring(caller)
    page.check()
    page.answer()
    page.press("customer", "9")
    page.caller_leaves_no_message()
    page.press("customer", "6")
    page.press("customer", "2")
    page.ends("the customer reported the caller")


def test_a_report_made_at_the_phone_is_seen_and_decided_at_the_desk(window):
    report_at_the_phone(window)
    sign_in(window, "decider")
    follow(window.get_by_role("link", name="Callers"))
    follow(window.get_by_role("link", name="077").first)
    expect(window.get_by_role("heading", level=1)).to_contain_text("077")
    expect(window.get_by_text(CALLER)).to_have_count(0)
    assert CALLER.removeprefix("+") not in window.url
    decide = form(window, "/decide")
    decide.locator("select").select_option("blocked")
    decide.locator("input[name=note]").fill("robot calls")
    follow(decide.get_by_role("button", name="Preview"))
    follow(window.get_by_role("button", name=re.compile("^(Make|Decide|Yes|Confirm)")).first)
    expect(window.get_by_role("status")).to_be_visible()
    telephones = Telephones(window)
    telephones.open()
    telephones.ring(CALLER)
    telephones.screened("blocked")
    assert window.complaints == []


@pytest.mark.parametrize("person", ["reader", "agent"])
def test_who_may_not_decide_has_no_form_to_decide_with(window, person):
    sign_in(window, person)
    for page in ("Rules", "Lines", "Callers"):
        follow(window.get_by_role("navigation").get_by_role("link", name=page, exact=True))
        expect(window.get_by_role("button", name=re.compile("Preview|Add"))).to_have_count(0)
    assert window.request.post("/desk/rules/add").status in {401, 403}


def test_a_form_of_another_session_is_refused(window):
    sign_in(window, "decider")
    window.goto("/desk/rules")
    window.evaluate("document.querySelectorAll('input[name=csrf_token]').forEach(one => one.value = 'made up')")
    window.get_by_label("Numbers that begin with").fill("+96890")
    window.get_by_label("Note").fill("x")
    follow(window.get_by_role("button", name="Preview"))
    expect(window.get_by_role("heading", level=1)).to_have_text("This form is too old")
