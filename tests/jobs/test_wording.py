"""The words of the SMS: the same content in every language, and two segments at most."""

from __future__ import annotations

import itertools

import pytest

from infra.carrier.rest.sms import segments_of
from infra.content_checks import wording as review
from ivr.jobs.segments import segments
from ivr.jobs.sms_text import MOST_SEGMENTS, body, texts
from ivr.jobs.triggers import message_about
from ivr.locales import folder
from ivr.locales import language as languages
from ivr.reports import CATEGORIES
from tests.jobs.conftest import report

BRANDS = {code: languages.load(code).example_brand for code in folder.known()}
LONGEST = {  # as long as the template lets a brand be
    code: ("W" if languages.load(code).script == "LATIN" else "م") * 60 for code in folder.known()
}
ALL = [*itertools.product(folder.known(), CATEGORIES, ("yes", "no", ""))]


def message(category, loss):
    return message_about(report(category=category, loss=loss))


@pytest.mark.parametrize("language", folder.known())
def test_each_language_says_the_same_things_with_the_same_placeholders(language):
    assert set(texts(language)) == {"recorded", "lost", *CATEGORIES}
    for key, text in texts(language).items():
        assert review.placeholders(text) == review.placeholders(texts("en")[key]), key


@pytest.mark.parametrize("language", folder.known())
def test_each_text_is_in_its_own_script_and_addresses_everybody(language):
    for text in texts(language).values():
        assert list(review.faults(text, language, brand=BRANDS[language], may_name="")) == []
        assert text.endswith((".", "۔"))


@pytest.mark.parametrize(("language", "category", "loss"), ALL)
def test_every_sms_fits_in_two_segments(language, category, loss):
    text = body(message(category, loss), language, BRANDS[language])
    assert segments(text) <= MOST_SEGMENTS
    assert text.startswith(BRANDS[language])
    assert "12345678" in text
    assert texts(language)[category] in text
    assert (texts(language)["lost"] in text) == (loss == "yes")


@pytest.mark.parametrize(("language", "category", "loss"), ALL)
def test_under_the_longest_brand_the_reference_and_the_most_urgent_advice_remain(language, category, loss):
    text = body(message(category, loss), language, LONGEST[language])
    assert segments(text) <= MOST_SEGMENTS
    assert "12345678" in text
    assert texts(language)["lost" if loss == "yes" else category] in text


def test_a_category_of_a_later_version_gets_the_advice_for_everybody():
    assert texts("en")["other"] in body(message("parcel", "no"), "en", "Nakhla")


@pytest.mark.parametrize("letter", ["a", "é", "€", "ب", "😀", "“"])
def test_segments_are_counted_as_they_are_billed(letter):
    for length in (1, 35, 36, 70, 71, 77, 80, 81, 134, 135, 153, 154, 160, 161, 306, 307):
        assert segments(letter * length) == segments_of(letter * length), (letter, length)


@pytest.mark.parametrize(("length", "count"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_arabic_is_seventy_alone_and_sixty_seven_in_a_chain(length, count):
    assert segments("م" * length) == count


@pytest.mark.parametrize(("length", "count"), [(160, 1), (161, 2), (306, 2), (307, 3)])
def test_english_is_a_hundred_and_sixty_alone_and_153_in_a_chain(length, count):
    assert segments("a" * length) == count
