"""Signing in and out."""

from playwright.sync_api import expect

from tests.browser.desk import follow, sign_in


def test_a_decider_signs_in_reads_arabic_and_signs_out(window):
    sign_in(window, "decider")
    follow(window.get_by_role("button", name="العربية"))
    assert window.locator("html").get_attribute("dir") == "rtl"
    follow(window.get_by_role("button", name="تسجيل الخروج"))
    expect(window.get_by_role("heading", level=1)).to_have_text("تم تسجيل خروجكم")
    assert window.complaints == []
