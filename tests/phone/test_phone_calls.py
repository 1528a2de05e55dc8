"""Calls that people hold at the page."""

from infra.local import demo


def test_a_stranger_is_reported(page, stack):
    held = page.call()
    assert held.until("verdict")["kind"] == "unknown"
    held.check()
    held.answer()
    held.press("customer", "9")
    held.asked("caller", "record")
    held.do("caller", "hang_up")
    held.press("customer", "1")
    held.press("customer", "2")
    ended = held.ended()
    assert (ended["outcome"], ended["status"], ended["went_wrong"]) == ("reported", "completed", [])
    report = held.of("record", kind="report")[-1]
    assert report["attributes"]["category"] == "prize"
    assert held.of("sms")[0]["to"] == demo.CUSTOMER
