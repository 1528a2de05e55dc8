"""The catalogs give a language's words for prompts, keys and digits."""

from __future__ import annotations

import pytest

from infra.carrier.speech import announced_digit
from ivr.locales import catalog
from ivr.locales.catalog import Prompt
from tests.content_checks.conftest import small


def test_a_number_is_spelled_digit_by_digit_and_its_plus_left_out():
    assert catalog.load("en").spell("+968") == "9, 6, 8"
    assert catalog.load("ar").spell("+968") == "تسعة، ستة، ثمانية"


def test_placeholders_are_filled_and_digits_spelled():
    words = small()["en"]
    assert words.text(Prompt("thanks", "en"), "Nakhla") == "Thank you from Nakhla."
    assert words.text(Prompt("number_ends", "en", values=(("digits", "567"),)), "") == "The number ends in 5, 6, 7."


@pytest.mark.parametrize("quantity", ["messages", "position", "reports"])
def test_a_count_is_read_as_a_number(quantity):
    words = small(en={"goodbye": f"It is {{{quantity}}}."})["en"]
    assert words.text(Prompt("goodbye", "en", values=((quantity, "12"),)), "") == "It is 12."


def test_the_last_wording_is_used_from_then_on():
    words = small()["en"]
    said = [words.text(Prompt("unknown_notice", "en", nth), "") for nth in range(4)]
    assert said == ["This line is protected.", *["Please try again."] * 3]


def test_an_option_is_followed_by_its_key():
    both = small()
    assert both["en"].text(Prompt("key.care", "en", press="9"), "") == "For customer care, press 9."
    assert both["ar"].text(Prompt("key.care", "ar", press="9"), "") == "لخدمة العملاء، اضغطوا تسعة."


@pytest.mark.parametrize("digit", "345678")
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_announced_digit_is_said_last(language, digit, ours):
    said = ours[language].text(Prompt("key.reach_person", language, press=digit), "")
    assert announced_digit([(language, said)]) == digit
