"""The phone in a real browser: calls that are placed, heard, pressed and ended by clicking alone."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.telephones import YOUR_TURN, Telephones, reads
from tests.phone.replaying import replayed


def leave_nothing(stack):
    """No fault stays switched on, and no call goes on: the line would be engaged."""
    requests.post(f"{stack.address}/phone/faults", json={"dynamodb": "up"}, timeout=60)
    for call in requests.get(f"{stack.address}/phone/calls", timeout=60).json()["calls"]:
        if not call["over"]:
            requests.post(f"{stack.address}/phone/calls/{call['call']}/hang_up", json={}, timeout=60)


@pytest.fixture
def page(window, stack):
    """The phone's page in a fresh window; nothing may be wrong with it, its policy included."""
    telephones = Telephones(window)
    telephones.open()
    yield telephones
    leave_nothing(stack)
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
        ("The customer, to report a call", "The caller hears the report line.", "the report line was called"),
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
    if caller == "Robot calls":
        page.hint("caller", "the service refused it")


def test_nine_records_a_report(page):
    """The caller presses the announced digit, the customer 9: the report is heard, stored and confirmed by SMS."""
    page.ring("+96892220001")
    page.check()
    page.answer()
    page.heard("customer", "To report it, press 9.")
    page.press("customer", "9")
    page.caller_leaves_no_message()
    page.heard("customer", "Your report has been recorded.")
    report = page.panel("Records").locator("[data-kind='report']")
    expect(report.filter(has_text="+96892220001").first).to_be_visible()
    page.press("customer", "2")
    page.press("customer", "2")
    page.heard("customer", "Your reference number is")
    page.heard("customer", "SMS from")
    expect(page.panel("SMS")).to_contain_text("+12025550111")
    page.ends("the customer reported the caller")


def test_a_newcomer_waits_for_nobody(page):
    """With nothing chosen but a caller, time stands still while it is somebody's turn, and no prompt is waited out."""
    expect(page.window.get_by_label("How fast?").locator("option:checked")).to_have_text("As fast as it goes")


def test_a_card_says_the_verdict_that_a_call_would_have_now(page):
    """Who was reported with 9 is blocked by the customer's own line from then on, and the card says so."""
    card = page.window.locator(".card", has_text="Flagged by the fraud desk").locator(".verdict")
    expect(card).to_have_text("flagged")
    page.ring("Flagged by the fraud desk")
    page.check()
    page.answer()
    page.press("customer", "9")
    page.all_hang_up()
    page.ends("the customer reported the caller")
    page.window.get_by_role("button", name="Place another call").click()
    expect(card).to_have_text("blocked")
    expect(page.window.locator(".card", has_text="Reported by five customers").locator(".verdict")).to_have_text(
        "flagged"
    )


def test_star_in_the_talk_reports_it(page):
    """The customer presses * while the two talk: the caller is away, and the report's menu is heard."""
    page.ring("+96892220002")
    page.take()
    page.hint("customer", "* ends the talk")
    page.key("customer", "*")
    page.heard("customer", "We have ended the call and recorded your report.")
    page.heard("caller", "left")
    page.all_hang_up()
    page.ends("the customer reported the caller")


def test_care_is_rung_and_takes_the_call(page):
    """Money was lost: the telephone of customer care rings beside the others, and its agent takes the call."""
    page.ring("+96892220003")
    page.check()
    page.answer()
    page.press("customer", "9")
    page.caller_leaves_no_message()
    page.press("customer", "3")
    page.press("customer", "1")
    page.answer("care")
    page.press("care", "1")
    page.hint("care", "You are talking")
    page.hint("customer", "You are talking")
    page.all_hang_up()
    page.ends("the customer reported the caller")


def test_a_saved_script_gives_the_same_outcome(page, stack):
    page.ring("+96892220004")
    page.check()
    page.answer()
    page.press("customer", "9")
    page.caller_leaves_no_message()
    page.press("customer", "2")
    page.all_hang_up()
    page.ends("the customer reported the caller")
    with page.window.expect_download() as download:
        page.window.get_by_role("link", name="Save as call script").click()
    assert download.value.suggested_filename == f"call-{page.call}.yaml"
    [call] = replayed(download.value.path().read_text(), stack).calls
    assert call.outcome == "reported"
    assert call.caller.keys.startswith("check")
    assert call.customer.keys.startswith("9 2")


def test_a_reload_in_the_middle_joins_the_same_call(page):
    """Everything is there again, from the address alone, and the call goes on."""
    page.ring("+96892220005")
    page.check()
    page.answer()
    page.hint("customer", YOUR_TURN)
    said = page.handset("customer").locator(".said").all_inner_texts()
    page.window.reload()
    page.hint("customer", YOUR_TURN)
    assert page.handset("customer").locator(".said").all_inner_texts() == said
    page.heard("caller", "pressed")
    page.press("customer", "1")
    page.hint("customer", "You are talking")
    page.does("customer", "Hang up")
    page.ends("the two talked")
    page.window.reload()
    page.ends("the two talked")


def test_two_people_hold_two_telephones_in_two_windows(page):
    """The customer's telephone answers and talks in a window of its own; this one holds the caller's."""
    page.ring("+96892220006")
    with page.window.expect_popup() as opened:
        page.handset("customer").get_by_role("link", name="Open in its own window").click()
    other = Telephones(opened.value)
    other.handset("customer").wait_for()
    expect(other.handset("caller")).to_have_count(0)
    page.check()
    other.answer()
    other.press("customer", "1")
    page.hint("caller", "You are talking")
    other.hint("customer", "You are talking")
    page.does("caller", "Hang up")
    expect(other.handset("customer").locator(".hint")).not_to_contain_text("You are talking")
    page.all_hang_up()
    page.ends("the two talked")


def test_a_call_that_a_closed_window_left_is_seen_and_ended(page):
    """It would keep its line engaged for the next call, and nobody would know why."""
    page.ring("+96892220011")
    page.hint("caller", YOUR_TURN)
    page.open("/")  # as in a new window
    going = page.window.locator(".going")
    reads(going, "join +96892220011 to +12025550100")
    going.get_by_role("button", name="end the call of").click()
    expect(going).to_be_hidden()
    page.ring("+96892220012")
    page.take()
    expect(going).to_be_hidden()
    page.does("customer", "Hang up")
    page.ends("the two talked")


def test_a_fault_that_is_switched_on_is_heard_and_always_to_be_seen(page):
    """Without DynamoDB nobody is trusted: the customer's bank, which rang at once, hears the notice."""
    page.ring("The customer's bank")
    page.screened("trusted because of")
    page.does("customer", "Decline")
    page.window.get_by_role("button", name="Place another call").click()
    page.window.get_by_text("Faults", exact=True).click()
    page.window.get_by_label("DynamoDB").select_option(label="down")
    banner = page.window.locator(".on")
    reads(banner, "Switched on: DynamoDB: down")
    page.ring("The customer's bank")
    page.screened("Part of the table could not be read, so nobody is trusted. unknown")
    page.heard("caller", "This line is protected against fraud.")
    page.window.reload()
    reads(banner, "Switched on: DynamoDB: down")
    banner.get_by_role("button", name="Switch all off").click()
    expect(banner).to_be_hidden()
    page.does("caller", "Hang up")
    page.window.get_by_role("button", name="Place another call").click()
    page.ring("The customer's bank")
    page.screened("trusted because of")
    page.does("customer", "Decline")


def test_the_keyboard_alone_places_and_holds_a_call(page):
    """Enter on Ring, then keys go to the handset that has the focus, * and # too."""
    page.choose("+96892220008")
    page.window.get_by_label("How fast?").select_option(label="As fast as it goes")
    page.window.get_by_role("button", name="Ring", exact=True).press("Enter")
    keyboard, digit = page.window.keyboard, page.announced()
    keyboard.press(digit)
    page.handset("customer").get_by_role("button", name="Answer").press("Enter")
    page.hint("customer", YOUR_TURN)
    keyboard.press("1")
    page.hint("customer", "* ends the talk")
    keyboard.press("#")
    keyboard.press("*")
    page.heard("customer", "We have ended the call and recorded your report.")
    assert page.pressed("customer") == ["1", "#", "*"]
    page.all_hang_up()
    page.ends("the customer reported the caller")
