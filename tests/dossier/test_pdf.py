from __future__ import annotations

import hashlib
import io
import json
import time
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra import dossier
from infra.dossier.lettering import isolated, printable
from ivr.calls.call_record import CallRecord
from ivr.desk.dossier import facts_of
from ivr.dossier.wording import words
from ivr.reports import Report
from ivr.screening.desk_decision import DeskDecision
from tests.dossier.conftest import Printed
from tests.slowly import example_count

pytestmark = pytest.mark.no_cover  # nothing of it is deployed

A4 = (595.28, 841.89)  # points
MARGIN = 45  # points: 16 mm


@pytest.mark.slow
def test_a_reader_finds_reference_numbers_and_both_brands(facts_of, report, call, decision, printed):
    paper = printed(facts_of(report, call, [decision]))
    for page in paper.texts:
        assert "48301926" in page
        assert "Example Telecom" in page
        assert "الاتصالات النموذجية" in page
    for text in ("+96891234567", "+12025550100", "9f" * 16, call.call_sid, "Asia/Muscat", "it can be forged"):
        assert text in paper.words
    for text in ("الادعاء العام", "الرقم المرجعي", "ما لا يدّعيه المشغّل", "طلب بيانات مصرفية"):
        assert text in paper.words


def test_each_page_says_which_of_how_many_it_is(facts_of, report, call, decision, printed):
    paper = printed(facts_of(report, call, [decision]))
    assert len(paper.pages) == 2
    for nth, text in enumerate(paper.texts, start=1):
        assert f"Page {nth} of 2" in text
        assert "صفحة" in text


@pytest.mark.slow
def test_the_pdf_names_the_json_file_that_belongs_to_it(facts_of, report, call, printed):
    facts = facts_of(report, call)
    assert hashlib.sha256(dossier.json_file(facts)).hexdigest() in printed(facts).text


@pytest.mark.slow
def test_the_pdf_of_facts_read_back_from_json_is_the_same(facts_of, report, call):
    facts = facts_of(report, call)
    assert dossier.pdf(json.loads(dossier.json_file(facts))) == dossier.pdf(facts)


@pytest.mark.slow
def test_the_same_facts_give_the_same_bytes_at_any_time(facts_of, report, call):
    facts = facts_of(report, call)
    first = dossier.pdf(facts)
    time.sleep(1.1)  # a font file or a trailer that took the clock's second would differ now
    assert dossier.pdf(facts) == first
    assert Printed(first).reader.metadata["/CreationDate"] == "D:20261118110640Z"


@pytest.mark.slow
def test_arabic_letters_are_joined(facts_of, report, call, printed):
    """One letter at the beginning, the middle and the end of a word is drawn in three shapes."""
    paper = printed(facts_of(report, call, brand={"ar": "ببب"}))
    _, _, _, glyphs = next(run for run in paper.runs() if run[2] == "ببب")
    assert len(set(glyphs)) == 3


def test_its_typeface_is_embedded(facts_of, report, call, printed):
    fonts = printed(facts_of(report, call)).fonts()
    assert {name.partition("+")[2] for name in fonts} == {"Amiri", "AmiriBold"}
    for descriptor in fonts.values():
        assert TTFont(io.BytesIO(descriptor["/FontFile2"].get_data()))["maxp"].numGlyphs > 50


@pytest.mark.slow
def test_arabic_runs_from_right_to_left_and_a_number_in_it_from_left_to_right(facts_of, report, call, printed):
    drawn = printed(facts_of(report, call, brand={"ar": "هاتف +96824123456 دائم"})).visual()
    seen = "".join(letter for letter in drawn if letter not in "\u2066\u2069 ")
    assert "مئاد+96824123456فتاه" in seen


@pytest.mark.slow
def test_a_latin_phrase_in_an_arabic_line_keeps_its_order(facts_of, report, call, printed):
    drawn = printed(facts_of(report, call, brand={"ar": "شركة 24 Hour Phone العمانية"})).visual()
    seen = "".join(letter for letter in drawn if letter not in "\u2066\u2069 ")
    assert "ةينامعلا24HourPhoneةكرش" in seen


@pytest.mark.slow
def test_controls_of_direction_cannot_show_a_number_backwards(facts_of, report, call, printed):
    paper = printed(facts_of(report, call, brand={"en": "Tel \u202e+96891234567\u202c", "ar": "هاتف \u202e+123\u202c"}))
    assert "Tel +96891234567" in paper.visual()
    assert "+123" in paper.visual()


@pytest.mark.slow
def test_a_withheld_caller_is_told_in_words(facts_of, withheld, printed):
    paper = printed(facts_of(*withheld))
    assert "Withheld: no usable number was shown" in paper.words
    assert "does not know the caller's number" in paper.words
    assert "+968" not in paper.text


@pytest.mark.slow
def test_an_unverified_report_without_a_category(facts_of, typed, printed):
    paper = printed(facts_of(typed))
    assert "Number typed by the reporter" in paper.words
    assert "shown by the caller" not in paper.words
    assert "No: no call record confirms the report" in paper.words
    assert "Not stated" in paper.words
    assert "No call record is held" in paper.words
    assert "Neither the call nor the number was judged" in paper.words
    assert "showed that a call" not in paper.words
    assert "No, not in the number's reputation" in paper.words


@pytest.mark.slow
def test_a_call_that_was_not_taken(facts_of, report, call, printed):
    paper = printed(facts_of(report, replace(call, accepted_at=0)))
    assert "No: the customer did not take the call" in paper.words


@pytest.mark.slow
def test_a_withdrawn_report_is_not_said_to_count(facts_of, report, call, printed):
    paper = printed(facts_of(replace(report, withdrawn=1), call))
    assert "the reporter withdrew the report" in paper.words
    assert "in the number's reputation" not in paper.words


@pytest.mark.slow
def test_decisions_say_how_long_they_hold(facts_of, report, call, decision, printed):
    over, for_ever = replace(decision, until=1_700_000_000), replace(decision, until=0)
    paper = printed(facts_of(report, call, [over, for_ever]))
    assert "(UTC+04:00); over" in paper.words
    assert "In force, without an end" in paper.words


@pytest.mark.parametrize(
    ("brand_en", "brand_ar"),
    [
        ("The Very Long Telecommunications Company " * 12, "شركة الاتصالات ذات الاسم الطويل جدًا " * 12),
        pytest.param("T" * 600, "ط" * 600, marks=pytest.mark.slow),
    ],
)
def test_long_brands_stay_in_their_half_of_the_page(facts_of, report, call, printed, brand_en, brand_ar):
    paper = printed(facts_of(report, call, brand={"en": brand_en, "ar": brand_ar}))
    assert len(paper.pages) <= 4
    for page in range(len(paper.pages)):
        runs = paper.runs(page)
        assert all(MARGIN < x < A4[0] - MARGIN for x, *_ in runs)
        assert all(20 < y < A4[1] - 30 for _, y, *_ in runs)
        highest = sorted({round(y) for _, y, *_ in runs}, reverse=True)
        assert highest[0] - highest[2] < 45, "two lines of brand, and then the page begins"


@pytest.mark.slow
def test_many_decisions_turn_the_page_between_rows(facts_of, report, call, decision, printed):
    paper = printed(facts_of(report, call, [decision] * 24))
    assert len(paper.pages) > 2
    assert f"Page {len(paper.pages)} of {len(paper.pages)}" in paper.text
    assert all(y > 20 for page in range(len(paper.pages)) for _, y, *_ in paper.runs(page))


def test_isolation_leaves_a_clocks_time_alone():
    assert isolated("الساعة 15:06:40") == "الساعة 15:06:40"
    assert isolated("اتصلوا على +968 24123456.") == "اتصلوا على \u2066+968 24123456\u2069."
    assert isolated("يوم 2026-11-24") == "يوم \u20662026-11-24\u2069"


def test_a_letter_that_the_typeface_lacks_is_a_question_mark():
    assert printable("a\n\u202eb\u4e2d \x00 c", {ord(letter) for letter in "abc ?"}) == "a b? c"
    assert len(printable("a" * 1000, {ord("a")})) == 400


def test_the_typeface_has_every_letter_that_the_page_says():
    fonts = dossier.__file__.replace("__init__.py", "fonts/Amiri-{}.ttf")
    letters = {letter for letter in json.dumps(words(), ensure_ascii=False) if letter.isprintable()}
    for weight in ("Regular", "Bold"):
        with TTFont(fonts.format(weight)) as face:
            assert {letter for letter in letters if ord(letter) not in face.getBestCmap()} == set()


texts = st.text(max_size=60) | st.text("ابتةلإءّ ُ+0123456789()«»،.-/ AbcÉ", max_size=120)
epochs = st.integers(0, 4_000_000_000)
codes = st.sampled_from(["", "prize", "flagged", "reported", "yes", "no"]) | texts


@pytest.mark.slow
@settings(max_examples=example_count(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_facts_make_a_pdf(data):
    draw = data.draw
    caller, line, sid = draw(st.just("") | texts), draw(texts), draw(texts)
    report = Report(
        call_sid=sid,
        which=draw(st.sampled_from(["screened", "typed-1"])),
        reference=draw(texts),
        reported_at=draw(epochs),
        reporter=draw(texts),
        expires=0,
        verified=draw(st.integers(0, 1)),
        caller=caller,
        line=line,
        verdict=draw(codes),
        reason=draw(codes),
        category=draw(codes),
        loss=draw(codes),
    )
    call = CallRecord(
        call_sid=sid,
        line=line,
        customer="",
        verdict=draw(codes),
        reason=draw(codes),
        rang_at=draw(epochs),
        expires=0,
        caller=caller,
        accepted_at=draw(epochs),
    )
    decisions = [
        DeskDecision(caller=caller, verdict=draw(codes), until=draw(epochs)) for _ in range(draw(st.integers(0, 2)))
    ]
    operator = _Operator(draw(texts), draw(texts), draw(st.sampled_from(["Asia/Muscat", "America/Caracas", "UTC"])))
    facts = dossier.facts(facts_of(report, draw(st.sampled_from([call, None])), decisions, draw(epochs)), operator)
    assert dossier.pdf(facts).startswith(b"%PDF-")
    json.loads(dossier.json_file(facts))


class _Operator:
    def __init__(self, brand_en, brand_ar, timezone):
        self.brand, self.timezone = {"en": brand_en, "ar": brand_ar}, timezone
