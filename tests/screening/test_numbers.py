"""What a number is, as Twilio sends it and as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.numbers import phone_number
from ivr.numbers.phone_number import Kind


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        ("+96891234567", Kind.E164, "+96891234567"),
        ("0096891234567", Kind.E164, "+96891234567"),
        ("91234567", Kind.E164, "+96891234567"),
        ("٩١٢٣٤٥٦٧", Kind.E164, "+96891234567"),
        (" 96891234567", Kind.E164, "+96891234567"),  # a plus that a form decoded to a blank
        ("sip:+96891234567@10.0.0.1:5060;transport=tcp", Kind.E164, "+96891234567"),
        ("SIPS:1500@pbx.example", Kind.SHORT, "1500"),
        ("1500", Kind.SHORT, "1500"),
        ("9999", Kind.SHORT, "9999"),
        *[(word, Kind.WITHHELD, "") for word in ("", "anonymous", "Anonymous", "unknown", "RESTRICTED", "private")],
        *[
            (f"+{keypad}", Kind.WITHHELD, "")
            for keypad in (
                "266696687",
                "7378742833",
                "7378742883",
                "2562533",
                "8656696",
                "86282452253",
                "7748283",
                "464",
            )
        ],
        ("266696687", Kind.WITHHELD, ""),
        ("sip:anonymous@anonymous.invalid", Kind.WITHHELD, ""),
        ("client:alice", Kind.MALFORMED, ""),
        ("1-800-FLOWERS", Kind.MALFORMED, ""),
        ("+1", Kind.MALFORMED, ""),
        ("+96812", Kind.MALFORMED, ""),
        ("12", Kind.MALFORMED, ""),
        ("*#", Kind.MALFORMED, ""),
        ("+9689123456789012345", Kind.MALFORMED, ""),
    ],
)
def test_each_text_has_its_kind_of_number(raw, kind, text):
    assert phone_number.read(raw, "OM") == phone_number.Number(kind, text)


@given(st.text(max_size=100))
def test_anything_at_all_is_read_without_an_error(raw):
    number = phone_number.read(raw, "OM")
    assert bool(number.text) == (number.kind in {Kind.E164, Kind.SHORT})
    assert len(number.last_digits) <= 3


@given(st.from_regex(r"\+9689[1-9][0-9]{6}", fullmatch=True))
def test_reading_what_was_read_changes_nothing(raw):
    once = phone_number.read(raw, "OM")
    assert phone_number.read(once.text, "OM") == once


@pytest.mark.parametrize(
    ("raw", "dialled"),
    [
        ("+96891234567", True),  # mobile
        ("+96824123456", True),  # fixed
        ("+96890012345", False),  # premium
        ("+96880012345", False),
        ("+14155550100", False),  # another country's
        ("1500", False),
        ("anonymous", False),
    ],
)
def test_we_dial_only_fixed_and_mobile_numbers_of_the_home_region(raw, dialled):
    assert phone_number.may_be_dialled(phone_number.read(raw, "OM"), "OM") is dialled
