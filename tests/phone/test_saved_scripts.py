"""A call that people held is saved as a call script, which gives the same outcome and the same records."""

import pytest

from infra.local.phone.callers import CALLERS
from tests.slowly import slow_but

pytestmark = pytest.mark.slow  # calls are held, saved and replayed; tests/calls/test_scripts.py stays in the quick run

READY = {caller.id: caller for caller in CALLERS}


def reported(held):
    held.check()
    held.answer()
    held.press("customer", "9")
    held.asked("caller", "record")
    held.do("caller", "hang_up")
    held.press("customer", "1")
    held.press("customer", "2")


def test_a_report(page, replay):
    held = page.call()
    reported(held)
    assert held.ended()["outcome"] == "reported"
    script = replay(held.script())
    [call] = script.calls
    assert (call.caller.keys, call.customer.keys) == ("check speak@1:hangup", "9 1 2")
    assert call.stored.reports[0].category == "prize"
    assert "why.unknown" in [heard.prompt for heard in call.customer.hears]


def declined(held):
    held.check()
    held.answer()
    held.press("customer", "3")
    held.asked("caller", "record")
    held.do("caller", "speak")
    held.do("caller", "press", "#")


def taken(held):
    held.check()
    held.answer()
    held.press("customer", "1")
    held.asked("customer", "talk")
    held.asked("caller", "talk")


def star(held):
    taken(held)
    held.do("customer", "press", "*")
    held.press("customer", "2")
    held.press("customer", "1")
    held.press("customer", "2")


def caller_leaves_the_talk(held):
    taken(held)
    held.do("caller", "hang_up")
    held.asked("customer", "keys")
    held.do("customer", "hang_up")


def customer_leaves_the_talk(held):
    taken(held)
    held.do("customer", "hang_up")


def everybody_leaves_the_talk(held):
    taken(held)
    held.page.post(f"/phone/calls/{held.name}/hang_up", {})


def everybody_leaves_while_it_rings(held):
    held.check()
    held.asked("customer", "ring")
    held.page.post(f"/phone/calls/{held.name}/hang_up", {})


def everybody_leaves_the_whisper(held):
    held.check()
    held.answer()
    held.asked("customer", "keys")
    held.page.post(f"/phone/calls/{held.name}/hang_up", {})


def caller_gives_up(held):
    held.check()
    held.asked("customer", "ring")
    held.do("caller", "hang_up")


def caller_gives_up_in_the_whisper(held):
    held.check()
    held.answer()
    held.asked("customer", "keys")
    held.do("caller", "hang_up")


def customer_leaves_the_whisper(held):
    held.check()
    held.answer()
    held.asked("customer", "keys")
    held.do("customer", "hang_up")
    held.asked("caller", "record")
    held.do("caller", "hang_up")


def caller_leaves_at_once(held):
    held.asked("caller", "keys")
    held.do("caller", "hang_up")


def caller_presses_a_wrong_digit(held):
    held.press("caller", "*")
    held.press("caller", "*")


def declined_at_the_telephone(held):
    held.check()
    held.asked("customer", "ring")
    held.do("customer", "decline")
    held.asked("caller", "record")
    held.do("caller", "hang_up")


def nobody_presses_anything(held):
    held.check()
    held.answer()
    held.say_nothing("customer")
    held.say_nothing("customer")
    held.asked("caller", "record")
    held.do("caller", "hang_up")


def to_care(held):
    held.check()
    held.answer()
    held.press("customer", "0")
    held.answer("care")
    held.asked("caller", "record")
    held.do("caller", "hang_up")
    held.press("care", "1")
    held.asked("care", "talk")
    held.do("care", "hang_up")


def caller_leaves_as_the_customer_reports(held):
    """The customer's 9, and in the same moment the caller is gone: the report comes first, and stands.

    The customer's telephone ends with the leg that dialled it, before it is moved.
    """
    held.check()
    held.answer()
    held.asked("customer", "keys")
    held.do("customer", "press", "9")
    held.do("caller", "hang_up")


def caller_leaves_as_the_customer_listens_again(held):
    """A key that leads back to the question, and in the same moment the caller is gone."""
    held.check()
    held.answer()
    held.asked("customer", "keys")
    held.do("customer", "press", "7")
    held.do("caller", "hang_up")


def customer_reports_as_the_caller_leaves(held):
    """The caller is gone, and in the same moment comes the customer's 9: too late for a report."""
    held.check()
    held.answer()
    customer = held.asked("customer", "keys")["sid"]
    held.do("caller", "hang_up")
    held.page.post(f"/phone/calls/{held.name}/legs/{customer}", {"do": "press", "keys": "9"})


HELD = [declined, customer_leaves_the_talk, star, caller_leaves_the_talk, everybody_leaves_the_talk]
HELD += [everybody_leaves_while_it_rings, everybody_leaves_the_whisper]
HELD += [caller_gives_up, caller_gives_up_in_the_whisper, customer_leaves_the_whisper, caller_leaves_at_once]
HELD += [caller_leaves_as_the_customer_reports, customer_reports_as_the_caller_leaves]
HELD += [caller_leaves_as_the_customer_listens_again]
HELD += [caller_presses_a_wrong_digit, declined_at_the_telephone, nobody_presses_anything, to_care]


@pytest.mark.parametrize("act", slow_but((star, everybody_leaves_the_talk), HELD), ids=lambda act: act.__name__)
def test_what_people_did(act, page, replay):
    held = page.call()
    act(held)
    ended = held.ended()
    assert ended["went_wrong"] == []
    [call] = replay(held.script()).calls
    assert call.outcome == ended["outcome"]
