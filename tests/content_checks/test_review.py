"""The check finds each fault of the prompts in its place and passes correct prompts."""

from __future__ import annotations

import pytest

from infra.carrier import speech as carrier_speech
from infra.content_checks.problems import problems
from infra.content_checks.speech import words_a_second
from infra.local import demo
from ivr.calls.verdict import Reason
from ivr.flow import pages
from ivr.flow.page import Book, Page, Position
from ivr.flow.steps import Goodbye
from ivr.flow.used_prompts import expand, missing_prompts
from ivr.locales import folder, language
from ivr.locales.catalog import Catalog
from ivr.settings import DEFAULT_LANGUAGES
from tests.content_checks.conftest import BOOK, BRANDS, DATA, small

FAULTS = {
    "a key that one language lacks": ({"ar": {"goodbye": None}}, "ar: 'goodbye' is missing, and line:bye says it"),
    "an option that one language lacks": ({"en": {"key.care": None}}, "en: 'key.care' is missing, and line:start"),
    "what is said when digits are wrong": ({"en": {"number_invalid": None}}, "en: 'number_invalid' is missing"),
    "a prompt that is said on a condition": ({"en": {"number_ends": None}}, "en: 'number_ends' is missing"),
    "a key that only one language has": ({"en": {"spare": "Spare."}}, "ar: 'spare' is missing, and en has it"),
    "a key that nobody uses": ({"ar": {"spare": "زائد."}, "en": {"spare": "Spare."}}, "en: 'spare' is said nowhere"),
    "a second wording in one language only": ({"en": {"goodbye": ["Goodbye.", "Bye."]}}, "goodbye: the languages have"),
    "a placeholder in one language only": (
        {"en": {"thanks": "Thank you."}},
        "thanks, wording 1: the languages have different placeholders",
    ),
    "a placeholder in another wording": (
        {"ar": {"goodbye": ["{brand}.", "مع السلامة."]}, "en": {"goodbye": ["Goodbye.", "{brand}."]}},
        "goodbye, wording 2: the languages have different placeholders",
    ),
    "a placeholder that nothing fills": ({"en": {"thanks": "Thank you, {name}."}}, "nothing fills {name}"),
    "a placeholder without a name": ({"en": {"thanks": "Thank you, {}."}}, "nothing fills {}"),
    "a placeholder with a format": ({"en": {"thanks": "Thank you from {brand:>9}."}}, "nothing fills {brand:>9}"),
    "a brace left open": ({"en": {"thanks": "Thank you from {brand."}}, "a brace is not closed"),
    "Latin letters in Arabic": ({"ar": {"goodbye": "مع السلامة bye."}}, "an Arabic voice can't read 'bye'"),
    "Arabic letters in English": ({"en": {"goodbye": "Goodbye, مع."}}, "an English voice can't read 'مع'"),
    "a third script": ({"en": {"goodbye": "До свидания."}}, "an English voice can't read"),
    "Arabic digits in English": ({"en": {"goodbye": "Goodbye ٣."}}, "an English voice can't read '٣'"),
    "a number in one piece": ({"en": {"goodbye": "Call 1500."}}, "en: goodbye, wording 1: '1500' would be read"),
    "a number in one piece, in Arabic digits": ({"ar": {"goodbye": "الرقم: ١٥٠٠."}}, "'١٥٠٠' would be read"),
    "a number in one piece, in Persian digits": ({"ar": {"goodbye": "الرقم: ۱۵."}}, "'۱۵' would be read"),
    "a counted noun after a digit": ({"ar": {"goodbye": "لديكم ٣ بلاغات."}}, "a noun follows a number"),
    "a counted noun after a word": ({"ar": {"goodbye": "وثلاثة أيام."}}, "a noun follows a number"),
    "a counted noun after a vowelled word": ({"ar": {"goodbye": "خَمْسَةُ أيام."}}, "a noun follows a number"),
    "a counted noun after a placeholder": (
        {"ar": {"number_ends": "{digits} أرقام."}, "en": {"number_ends": "{digits} digits."}},
        "ar: number_ends, wording 1: a noun follows a number",
    ),
    "a key in a prompt": ({"en": {"goodbye": "To go on, press 5."}}, "'press': keys are spoken from the menu alone"),
    "a key in an Arabic prompt": ({"ar": {"goodbye": "اضغطوا ٥."}}, "'اضغطوا': keys are spoken from the menu alone"),
    "a key by its noun": ({"ar": {"goodbye": "يُرجى الضغط على خمسة."}}, "'الضغط': keys are spoken"),
    "the star in a prompt": ({"en": {"goodbye": "Star ends the call."}}, "'Star': keys are spoken"),
    "a key beside that which ends a number": (
        {"en": {"type_number": "Please type the number, then press hash, or press 9."}},
        "en: type_number, wording 1: 'press': keys are spoken",
    ),
    "hash where nothing is typed": ({"en": {"thanks": "Press hash, {brand}."}}, "'Press': keys are spoken"),
    "a number that nobody knows how to end": (
        {"en": {"type_number": "Please type the number."}},
        "en: type_number, wording 1: it does not say that 'hash' ends the number",
    ),
    "a question": ({"en": {"goodbye": "Was anything lost?"}}, "'?' invites an answer by voice"),
    "a question in Arabic": ({"ar": {"goodbye": "هل فُقد شيء؟"}}, "'؟' invites an answer by voice"),
    "yes": ({"en": {"key.care": "If yes"}}, "'yes' invites an answer by voice"),
    "yes in Arabic": ({"ar": {"key.care": "إذا كان الجواب نعم"}}, "'نعم' invites an answer by voice"),
    "after the tone": ({"en": {"goodbye": "Speak after the tone."}}, "'Speak' invites an answer by voice"),
    "speak, in Arabic": ({"ar": {"goodbye": "تكلّموا بعد الصافرة."}}, "'تكلموا' invites an answer by voice"),
    "one man is addressed": ({"ar": {"goodbye": "انتظر من فضلكم."}}, "'انتظر' addresses one man or one woman"),
    "one woman is addressed": ({"ar": {"goodbye": "ثم أدخلي الرقم."}}, "'أدخلي' addresses one man or one woman"),
    "one person's own": ({"ar": {"goodbye": "هذا رقمك."}}, "'رقمك' addresses one man or one woman"),
    "one man is told not to": ({"ar": {"goodbye": "لا تشاركْ شيئًا."}}, "'تشارك' addresses one man or one woman"),
    "more than twenty seconds": ({"en": {"goodbye": " ".join(["word"] * 51) + "."}}, "goodbye, wording 1: it takes"),
    "more than twenty seconds of Arabic": ({"ar": {"goodbye": " ".join(["كلمة"] * 41) + "."}}, "it takes about 20 s"),
    "digits that make it too long": (
        {"en": {"number_ends": "Number {number} and {number}, and {number} and {number}."}},
        "en: number_ends, wording 1: it takes about",
    ),
    "a notice of more than fifteen seconds": (
        {
            "ar": {"unknown_notice": ["كلمة " * 16 + ".", "يُرجى الانتظار."]},
            "en": {"unknown_notice": ["word " * 19 + ".", "Wait."]},
        },
        "unknown_notice: ar and en together take about",
    ),
    "nothing at all": ({"en": {"goodbye": "."}, "ar": {"goodbye": " "}}, "ar: goodbye, wording 1: there is nothing"),
    "a sentence without its end": ({"en": {"goodbye": "Goodbye"}}, "it does not end with a full stop"),
    "press without its key": ({"en_words": {"press": "{goal}, press it."}}, "en: 'press' must name"),
    "the key before the goal": ({"ar_words": {"press": "اضغطوا {key}، {goal}."}}, "ar: 'press' must name"),
    "press in another language": (
        {"ar_words": {"press": "{goal}, press {key}."}},
        "an Arabic voice can't read 'press'",
    ),
    "digits that run together": ({"en_words": {"between_digits": ""}}, "en: 'between_digits' must be"),
    "digits without a pause": ({"ar_words": {"between_digits": " "}}, "ar: 'between_digits' must be"),
    "a key without a word": ({"en_words": {"keys": {"1": "1"}}}, "en: there is no word for the keys 0 2 3"),
    "a key's word in another language": (
        {"ar_words": {"keys": {**DATA["ar"]["keys"], "#": "hash"}}},
        "ar: 'hash': an Arabic voice can't read 'hash'",
    ),
}


@pytest.mark.parametrize(("changes", "says"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found(changes, says):
    found = problems(BOOK, small(**changes), BRANDS)
    assert any(says in problem for problem in found), found


def test_prompts_without_a_fault_pass():
    assert problems(BOOK, small(), BRANDS) == []


GOOD = {
    "digits apart": {"en": {"goodbye": "Call 1 5 0 0."}, "ar": {"goodbye": "الرقم: ١، ٥، ٠، ٠."}},
    "a number after its noun": {"ar": {"goodbye": "عدد البلاغات: ٣."}},
    "a day of the month": {"ar": {"goodbye": "في اليوم: ٣ من الشهر."}},
    "one, which follows its noun": {"ar": {"goodbye": "في وقت واحد يُرجى الانتظار."}},
    "the plural": {"ar": {"goodbye": "لا تشاركوا أرقامكم، ويُرجى الانتظار من فضلكم."}},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_allowed_wording_passes(changes):
    assert problems(BOOK, small(**changes), BRANDS) == []


@pytest.mark.parametrize(
    ("brands", "says"),
    [
        ({**BRANDS, "ar": "Nakhla"}, "ar: the brand 'Nakhla': an Arabic voice can't read 'Nakhla'"),
        ({**BRANDS, "en": "نخلة"}, "en: the brand 'نخلة': an English voice can't read"),
        ({**BRANDS, "en": "Bank 360"}, "en: the brand 'Bank 360': '360' would be read as a number"),
    ],
)
def test_a_brand_is_spoken_too(brands, says):
    assert any(problem.startswith(says) for problem in problems(BOOK, small(), brands))


def test_a_long_brand_makes_a_prompt_too_long():
    long = {**BRANDS, "en": " ".join(["Telecom"] * 50)}
    assert any("thanks, wording 1: it takes" in problem for problem in problems(BOOK, small(), long))


def test_a_missing_prompt_names_the_step_that_would_say_it():
    book = Book(Page("p", Goodbye(name="s", prompts=("why.{why}",)), title="P"), entries=(Position("p", "s"),))
    empty = {"en": Catalog("en", {**DATA["en"], "prompts": {}})}
    missing = missing_prompts(book, empty)
    assert "en: 'why.unknown' is missing, and p:s says it" in missing
    assert len(missing) == len(Reason) - 1


# The product's own prompts.


def test_our_prompts_have_no_fault_with_the_names_of_the_demo(ours):
    brands = {code: demo.SETTINGS[f"BRAND_{code.upper()}"] for code in ours}
    assert problems(pages.BOOK, ours, brands) == []


def test_our_prompts_have_no_fault_with_the_names_that_settings_stand_for(ours):
    standing = {code: brand for code in ours if (brand := language.load(code).brand)}
    assert set(standing) >= set(DEFAULT_LANGUAGES.split(","))
    assert problems(pages.BOOK, {code: ours[code] for code in standing}, standing) == []


def test_speech_is_as_slow_as_the_carrier_speaks():
    for code in folder.known():
        assert carrier_speech.seconds_to_say("word " * 10, code) == 10 / words_a_second(code)


def test_every_verdict_that_rings_has_a_reason_and_advice():
    ringing = set(Reason) - {Reason.OWN_BLOCK}
    for name in ("why.{why}", "advice_for.{why}"):
        assert {key.partition(".")[2] for key in expand(name)} == ringing
