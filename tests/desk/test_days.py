"""Days and moments in the digits of any script, and with the marks that an Arabic text puts between them."""

from __future__ import annotations

import pytest

from ivr.desk import days

MUSCAT = "Asia/Muscat"


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-31",
        " 2026-12-31 ",
        "٢٠٢٦-١٢-٣١",
        "\u200f٢٠٢٦-١٢-٣١",
        "۲۰۲۶-۱۲-۳۱",
        "２０２６－１２－３１",
        "2026\u200f-12-31",
    ],
    ids=["ASCII", "blanks", "Arabic", "Arabic with a mark", "Persian", "full width", "a mark within"],
)
def test_a_day_is_read_in_every_script(written):
    assert days.read_day(written).isoformat() == "2026-12-31"
    assert days.moment(written, MUSCAT) == days.moment("2026-12-31", MUSCAT)
    assert days.moment(written, MUSCAT, ends=True) == days.moment("2027-01-01", MUSCAT)


def test_a_moment_is_read_in_arabic_digits():
    assert days.moment("٢٠٢٦-١٢-٣١T١٨:٠٠", MUSCAT) == days.moment("2026-12-31T18:00", MUSCAT)


@pytest.mark.parametrize("written", ["٢٠٢٦-١٣-٣١", "2026-12-3", "", "غدًا"], ids=["month", "short", "none", "a word"])
def test_what_is_no_day_is_refused(written):
    with pytest.raises(days.DeskError):
        days.moment(written, MUSCAT)
