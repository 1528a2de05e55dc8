"""One number, every spelling, one result; and a withheld number is withheld in every spelling."""

from __future__ import annotations

from functools import cache

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.numbers import phone_number, spelling
from ivr.numbers.phone_number import Kind
from tests.screening.number_spellings import at_home, dressed, in_full
from tests.slowly import example_count

HOMES = ("OM", "SA", "GB", "DE", "US", "AE")
MANY = settings(max_examples=example_count(300))
KEYPAD = ("266696687", "2562533", "7748283", "7378742833", "7378742883", "86282452253", "8656696", "464")
WORDS = ("anonymous", "Anonymous", "RESTRICTED", "Unavailable", "unknown", "blocked", "private", "Private Number")


@cache
def examples():
    """A valid number of each kind in each region, in E.164."""
    found = (
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    )
    return sorted({phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.E164) for one in found if one})


def is_read_alike(number, home, text):
    return phone_number.read(text, home) == phone_number.read(number, home) == (Kind.E164, number)


omani = st.from_regex(r"\+968(9[1-9][0-9]{6}|2[1-6][0-9]{6}|7[1-9][0-9]{6})", fullmatch=True).filter(
    lambda number: phonenumbers.is_valid_number(phonenumbers.parse(number))
)


@MANY
@given(data=st.data(), number=omani | st.deferred(lambda: st.sampled_from(examples())), home=st.sampled_from(HOMES))
def test_a_number_in_full_is_one_number_in_every_spelling(data, number, home):
    assert is_read_alike(number, home, data.draw(dressed(in_full(number))))


@MANY
@given(data=st.data(), number=st.deferred(lambda: st.sampled_from(examples())))
def test_a_number_as_it_is_dialled_at_home_is_that_number(data, number):
    home = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    assert is_read_alike(number, home, data.draw(dressed(at_home(number, home))))


@MANY
@given(data=st.data(), number=omani | st.deferred(lambda: st.sampled_from(examples())), home=st.sampled_from(HOMES))
def test_a_missing_plus_changes_nothing_unless_the_digits_are_a_number_at_home(data, number, home):
    at_home_too = phonenumbers.parse(number[1:], home)
    assume(not phonenumbers.is_valid_number(at_home_too) or phonenumbers.parse(number) == at_home_too)
    assert is_read_alike(number, home, data.draw(dressed(st.just(number[1:]))))


@given(text=st.from_regex(r"\+?[0-9]+", fullmatch=True))
def test_a_plus_and_digits_alone_are_a_spelling_of_themselves(text):
    assert spelling.bare(text) == spelling._spelled(text) == text


def test_digits_without_a_plus_are_read_as_a_number_at_home_first():
    assert phone_number.read("24765123", "OM").text == "+96824765123"  # +247 65123 would be one of Ascension
    assert phone_number.read("24765123", "GB").text == "+24765123"


@given(data=st.data(), code=st.sampled_from(["1500", "9999"]), before=st.sampled_from(["", "+", "00", "+1"]))
def test_the_operators_short_code_is_known_in_every_spelling(data, code, before):
    written = st.sampled_from([before + code, f"+968{code}", f"00968{code}", f"968{code}"])
    assert phone_number.read(data.draw(dressed(written)), "OM") == (Kind.SHORT, code)


@pytest.mark.parametrize("text", ["+9681500", "tel:1500;phone-context=+968", "sip:+1500@pbx.example", "+11500"])
def test_the_operators_short_code_is_known_behind_a_country_code(text):
    assert phone_number.read(text, "OM") == (Kind.SHORT, "1500")


@given(data=st.data(), word=st.sampled_from(KEYPAD), before=st.sampled_from(["", "+", "+1", "1", "00", "001"]))
def test_a_withheld_word_on_the_keypad_is_withheld_in_every_spelling(data, word, before):
    assert phone_number.read(data.draw(dressed(st.just(before + word))), "OM").kind is Kind.WITHHELD


@given(data=st.data(), zeros=st.integers(1, 18), before=st.sampled_from(["", "+"]))
def test_zeros_alone_are_withheld(data, zeros, before):
    assert phone_number.read(data.draw(dressed(st.just(before + "0" * zeros))), "OM").kind is Kind.WITHHELD


@pytest.mark.parametrize(
    "text",
    [
        *WORDS,
        *(f"sip:{word}@anonymous.invalid" for word in WORDS[:5]),
        "",
        " \u200e ",
        '"Anonymous"',
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        '"Anonymous" <sip:+96891234567@pbx.example>',  # who asks not to be shown is not shown
        "Anonymous <sip:10.0.0.1>",
        "sip:+96891234567@anonymous.invalid",
        "sip:%61nonymous@pbx.example",
        "sip:@pbx.example",
        "tel:anonymous",
        "\N{FULLWIDTH LATIN SMALL LETTER U}nknown",
    ],
)
def test_a_withheld_word_is_withheld_in_every_form(text):
    assert phone_number.read(text, "OM") == (Kind.WITHHELD, "")


@pytest.mark.parametrize(
    "text",
    [
        "+968091234567",  # no number of Oman begins with a zero
        "091234567",
        "+968 (0) 91234567",
        "+610065377",
        "+10000000000",
        "+11234567890",
        "+12021234567",  # no exchange begins with 1
        "+99912345678",
        "+96812345678901",
        "client:alice",
        "client:+96891234567",  # a name that an application made up
        "+96891234567#",
        "++96891234567",
        "96891234567+",
        "+968912345x7",
        "%",
        "+" * 2000,
    ],
)
def test_an_impossible_number_is_withheld(text):
    number = phone_number.read(text, "OM")
    assert number == (Kind.MALFORMED, "")
    assert number.last_digits == ""


@settings(max_examples=example_count(500))
@given(
    raw=st.text(max_size=40)
    | st.text("+0123456789", max_size=16)
    | st.from_regex(r"\+?[0-9]{2,15}", fullmatch=True)
    | dressed(st.from_regex(r"\+?[0-9]{1,15}", fullmatch=True)),
    home=st.sampled_from([*HOMES, "IT", "AU", "CI", "FI", "ZZ"]),
)
def test_reading_never_fails_and_reading_what_was_read_changes_nothing(raw, home):
    once = phone_number.read(raw, home)
    assert bool(once.text) == (once.kind in {Kind.E164, Kind.SHORT})
    if once.text:
        assert phone_number.read(once.text, home) == once
        assert once.text.isascii()


class TestRangesNewerThanTheLibrary:
    RANGES = ("+9686xxxxxxx", "+9683xxxxxxxxxx")

    @pytest.mark.parametrize(
        ("text", "number"),
        [("61234567", "+96861234567"), ("+96861234567", "+96861234567"), ("0096831234567890", "+96831234567890")],
    )
    def test_are_read(self, text, number):
        assert phone_number.read(text, "OM", self.RANGES) == (Kind.E164, number)

    def test_are_read_as_numbers_at_home_first(self):
        assert phone_number.read("39061234", "OM").text == "+39061234"
        assert phone_number.read("39061234", "OM", ("+96839xxxxxx",)).text == "+96839061234"

    @pytest.mark.parametrize(
        ("text", "dialled"),
        [
            ("+96861234567", True),
            ("+9686123456", False),
            ("+96851234567", False),
            ("+96890012345", False),  # premium
            ("+97161234567", False),
        ],
    )
    def test_may_be_dialled_and_never_a_premium_number(self, text, dialled):
        ranges = (*self.RANGES, "+96890xxxxxx", "+9716xxxxxxx")
        assert phone_number.may_be_dialled(phone_number.read(text, "OM", ranges), "OM", ranges) is dialled
        assert not phone_number.may_be_dialled(phone_number.read("+96861234567", "OM"), "OM")
