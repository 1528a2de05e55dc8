"""The whisper says name, reason and every key in time, for each verdict and each set of keys."""

from __future__ import annotations

import re
from itertools import product

import pytest

from infra.content_checks import timing
from infra.content_checks.problems import FULL_STOPS
from infra.content_checks.script import script
from infra.local import demo
from ivr.calls.verdict import Reason
from ivr.flow import pages
from ivr.locales import catalog, folder
from ivr.locales import language as languages
from ivr.locales.catalog import Catalog, Wordings
from tests.content_checks.conftest import BOOK, BRANDS, small

BRAND_OF = {
    "the demo": {code: demo.SETTINGS[f"BRAND_{code.upper()}"] for code in folder.known()},
    "the settings": {code: brand for code in folder.known() if (brand := languages.load(code).brand)},
}
REASONS = [reason for reason in Reason if reason is not Reason.OWN_BLOCK]
OFFER = pages.BOOK.pages["whisper"].steps["offer"]


def changed(ours, language, **prompts):
    """Our catalogs with some prompts of a language changed."""
    one = object.__new__(Catalog)
    one.__dict__.update(ours[language].__dict__)
    one.prompts = {**ours[language].prompts, **{key.replace("__", "."): Wordings((t,)) for key, t in prompts.items()}}
    return {**ours, language: one}


@pytest.mark.parametrize("brand", BRAND_OF)
def test_the_whisper_is_in_time_with_a_brand_of_the_default_length(ours, brand):
    catalogs = {code: ours[code] for code in BRAND_OF[brand]}
    assert list(timing.whispers_too_slow(pages.BOOK, catalogs, BRAND_OF[brand])) == []


@pytest.mark.parametrize(("reason", "language"), product(REASONS, folder.known()))
def test_the_first_sentence_names_the_operator_and_reason_within_three_seconds(ours, reason, language):
    said = ours[language].prompts[f"why.{reason}"].say
    assert len(said) == 1
    assert said[0].startswith("{brand}: ")
    assert sum(said[0].count(stop) for stop in FULL_STOPS) == 1
    assert timing.seconds(said[0].format(brand=BRANDS[language]), language) <= 3


def test_every_set_of_keys_that_can_work_is_tried():
    unknown = timing._rounds(OFFER, Reason.UNKNOWN, "ar")
    assert set(unknown) == {"1 2 3 9 0", "1 2 3 9", "1 3 0", "1 3"}
    assert set(timing._rounds(OFFER, Reason.WITHHELD, "en")) == {"1 3 9 0", "1 3 9", "1 3 0", "1 3"}
    assert set(timing._rounds(OFFER, Reason.SPOOFED, "en")) == {"1 3 9 0", "1 3 9", "1 3 0", "1 3"}


LATE = {
    "our name after three seconds": (
        {"why__unknown": "{brand}: رقم غير معروف يتصل بكم."},
        ("ar: whisper:offer, reason unknown, keys 1 2 3 9 0: the first sentence takes 3.5 s", "3 s is the most"),
    ),
    "the first key after six seconds": (
        {"key__connect": "لاستقبال هذه المكالمة التي تنتظركم الآن"},
        ("ar: whisper:offer, reason withheld, keys 1 3 9 0: naming the first key takes 7.0 s", "6 s is the most"),
    ),
    "the last key after fifteen seconds": (
        {"key__decline": "لرفض هذه المكالمة وعدم التحدث مع المتصل"},
        ("ar: whisper:offer, reason unknown, keys 1 2 3 9 0: naming the last key takes 16.0 s", "15 s is the most"),
    ),
}


@pytest.mark.parametrize(("prompts", "says"), LATE.values(), ids=LATE)
def test_a_late_key_is_named_with_reason_language_seconds_and_bound(ours, prompts, says):
    found = list(timing.whispers_too_slow(pages.BOOK, changed(ours, "ar", **prompts), BRANDS))
    starts, bound = says
    assert any(line.startswith(starts) and bound in line for line in found), found


def test_the_configured_brand_counts(ours):
    long = {**BRANDS, "ar": "البنك الوطني العماني"}
    found = list(timing.whispers_too_slow(pages.BOOK, ours, long))
    assert found
    assert all(re.match(r"ar: .* the first sentence takes 3\.5 s .*: shorten the words, or BRAND_AR", f) for f in found)


def test_the_longest_values_count(ours):
    numbered = changed(ours, "en", key__connect="Number {number}, to take it")
    assert any("reason unknown" in line for line in timing.whispers_too_slow(pages.BOOK, numbered, BRANDS))


def test_a_missing_prompt_is_left_to_its_own_check(ours):
    for broken in ({"why__unknown": "{nobody}."}, {"why__unknown": "{brand."}):
        list(timing.whispers_too_slow(pages.BOOK, changed(ours, "en", **broken), BRANDS))


def test_a_book_without_a_whisper_has_no_whisper_to_check():
    assert list(timing.whispers_too_slow(BOOK, small(), BRANDS)) == []


def test_advice_is_said_after_the_keys(ours):
    for language in folder.known():
        words = catalog.load(language)
        whole = timing.of_menu(OFFER, words, BRANDS[language])
        assert whole.name < whole.first_key < whole.last_key < whole.whole


def test_the_script_prints_the_seconds_of_each_menu(ours):
    written = script(pages.BOOK, ours, BRANDS)
    offer = written[written.index("### offer") :]
    assert "- about, in ar: first sentence 3.0 s, first key 5.0 s, last key 13.0 s, whole " in offer
    assert "- about, in en: first sentence 2.8 s, first key 5.2 s, last key 14.4 s, whole " in offer
