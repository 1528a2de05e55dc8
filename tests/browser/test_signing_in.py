from playwright.sync_api import expect


def sign_in(window, person):
    window.goto("/desk/sign-in")
    window.get_by_role("button", name=person, exact=True).click()
    expect(window.get_by_role("navigation")).to_be_visible()


def test_a_decider_signs_in_reads_arabic_and_signs_out(window):
    sign_in(window, "decider")
    window.get_by_role("button", name="العربية").click()
    assert window.locator("html").get_attribute("dir") == "rtl"
    window.get_by_role("button", name="تسجيل الخروج").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("تم تسجيل خروجكم")
    assert window.complaints == []
