"""What the table of lengths decides is what libphonenumber decides, and the table is of its pinned release."""

import subprocess
import sys
from itertools import product

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from infra.build import plan_lengths as maker
from ivr.numbers import numbering_plans, phone_number, plain
from ivr.numbers.plan_lengths import COUNTRIES, SHORT_CODES
from ivr.numbers.withheld import is_withheld
from tests.slowly import example_count

HOMES = ("OM", "SA", "AE", "GB", "DE", "US", "ZZ")
KINDS = sorted(set(phonenumbers.PhoneNumberType.values()) - {phonenumbers.PhoneNumberType.UNKNOWN})
MANY = settings(max_examples=example_count(1000))
DIGITS = "0123456789"


def by_library(digits, home, *, plus):
    return numbering_plans.recognised(digits, home, (), plus=plus)


def known_numbers():
    """A number of each kind in each region, in E.164, and one of no kind."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        found = [phonenumbers.example_number_for_type(region, kind) for kind in KINDS]
        for one in (*found, phonenumbers.invalid_example_number(region)):
            if one:
                yield phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.E164)


def test_the_table_is_made_of_the_pinned_release():
    assert maker.TABLE.read_text("utf-8") == maker.written(), "run python -m infra.build.plan_lengths"


def test_every_example_number_is_what_the_library_says():
    numbers = sorted(set(known_numbers()))
    decided = [number for number in numbers if plain.is_e164(number[1:])]
    assert [number for number in decided if by_library(number[1:], "OM", plus=True) != number] == []
    assert len(decided) > 0.6 * len(numbers)


@pytest.mark.parametrize("number", ["+96891234567", "+12025550199", "+919876543210", "+923001234567", "+971501234567"])
def test_the_numbers_of_most_callers_need_no_library(number):
    assert plain.is_e164(number[1:])
    assert phone_number.read(number, "OM") == (phone_number.Kind.E164, number)


@MANY
@given(st.data(), st.sampled_from(HOMES))
def test_a_number_of_a_length_in_the_table_is_what_the_library_says(data, home):
    code = data.draw(st.sampled_from(sorted(code for code, (_, lengths) in COUNTRIES.items() if lengths)))
    length = data.draw(st.sampled_from(COUNTRIES[code][1]))
    digits = code + data.draw(st.text(DIGITS, min_size=length, max_size=length))
    assume(plain.is_e164(digits))
    assert by_library(digits, home, plus=True) == f"+{digits}"


@MANY
@given(st.text(DIGITS, min_size=1, max_size=20), st.sampled_from(HOMES))
def test_any_digits_after_a_plus_are_what_the_library_says(digits, home):
    assert not plain.is_e164(digits) or by_library(digits, home, plus=True) == f"+{digits}"


@pytest.mark.slow
def test_every_beginning_of_a_national_number_is_what_the_library_says():
    """Prefixes decide in the library: all of three digits in every country."""
    tried = [
        code + "".join(begins) + "5" * (length - 3)
        for code, (_, lengths) in COUNTRIES.items()
        for length in lengths
        for begins in product(DIGITS, repeat=3)
    ]
    decided = [digits for digits in tried if plain.is_e164(digits)]
    assert [digits for digits in decided if by_library(digits, "OM", plus=True) != f"+{digits}"] == []
    assert len(decided) > 200_000


@MANY
@given(st.data())
def test_a_short_code_of_any_region_is_what_the_library_says(data):
    region = data.draw(st.sampled_from(sorted(SHORT_CODES)))
    length = data.draw(st.sampled_from(SHORT_CODES[region][1]))
    digits = data.draw(st.text(DIGITS, min_size=length, max_size=length))
    assume(plain.is_short_code(digits, region) and not is_withheld(digits))
    assert by_library(digits, region, plus=False) == digits


@pytest.mark.parametrize(("digits", "region"), [("93100", "AF"), ("45112", "DK"), ("34112", "ES")])
def test_digits_that_begin_with_a_regions_own_country_code_are_left_to_the_library(digits, region):
    assert len(digits) in SHORT_CODES[region][1]
    assert by_library(digits, region, plus=False) != digits
    assert not plain.is_short_code(digits, region)


@pytest.mark.slow
@pytest.mark.parametrize("region", ["OM", "SA", "KW", "QA", "BH", "PK"])
def test_every_short_code_of_a_region_is_what_the_library_says(region):
    tried = [
        "".join(begins) + "7" * (length - 4)
        for length in SHORT_CODES.get(region, ("", ()))[1]
        for begins in product(DIGITS, repeat=min(length, 4))
    ]
    decided = [digits for digits in tried if plain.is_short_code(digits, region) and not is_withheld(digits)]
    assert [digits for digits in decided if by_library(digits, region, plus=False) != digits] == []


@given(st.text(DIGITS, min_size=3, max_size=6), st.sampled_from(["+9681xxx", "+96815xx", "+15xx"]))
def test_a_range_of_the_deployments_own_goes_before_a_short_code(digits, own):
    expected = numbering_plans.recognised(digits, "OM", (own,), plus=False)
    assume(not is_withheld(digits))
    assert phone_number.read(digits, "OM", (own,)).text == expected


def test_settings_and_callers_of_the_usual_kind_load_no_library():
    program = """
import sys
from ivr.numbers import phone_number
for text in ("+96891234567", "+12025550199", "1500", "anonymous", "+266696687", "sip:+96891234567@x"):
    assert phone_number.read(text, "OM") == phone_number.read(text, "OM")
print("phonenumbers" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
