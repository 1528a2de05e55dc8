"""The pages Today and Statistics, over tallies that the stream's function made of real calls."""

import csv
import io
import json
from collections import Counter
from datetime import date

import pytest

from ivr.desk.statistics import DayNumbers, this_day
from ivr.web.charts import HEIGHT, WIDTH, bars
from ivr.web.views import statistics
from tests.slowly import slow_but

UNKNOWN = "+96891234567"


def test_today_shows_the_report_and_its_loss(reported_call, visitor):
    page = visitor("reader").get("/desk").text
    assert "Reports<b>1</b>" in page
    assert "Reports with a loss<b>1</b>" in page
    assert "Calls screened<b>1</b>" in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_empty_day_is_shown_in_words(visitor, language):
    page = visitor("reader", language=language).get("/desk").text
    assert {"en": "No call-back is owed.", "ar": "لا توجد معاودة اتصال مستحقة."}[language] in page


def test_statistics_count_calls_reports_and_categories(reported_call, visitor):
    page = visitor("reader").get("/desk/statistics").text
    assert page.count('<rect class="series-1"') == 7 + 24
    assert "a prize" in page


def test_statistics_tell_the_reasons_of_verdicts(reported_call, visitor):
    page = visitor("reader").get("/desk/statistics").text
    assert '<th scope="row">nothing is known</th><td class="count">1</td>' in page
    assert "rang many lines within ten minutes" not in page  # no campaign ran


def test_an_export_has_a_row_a_day_and_the_same_numbers_in_both_forms(reported_call, visitor, context):
    person, day = visitor("reader"), this_day(context).isoformat()
    rows = list(csv.DictReader(io.StringIO(person.get(f"/desk/statistics.csv?from={day}&to={day}").text)))
    lines = [json.loads(line) for line in person.get(f"/desk/statistics.ndjson?from={day}&to={day}").text.splitlines()]
    assert [{name: str(value) for name, value in line.items()} for line in lines] == rows
    assert (rows[0]["day"], rows[0]["reports"], rows[0]["losses"], rows[0]["category_prize"]) == (day, "1", "1", "1")


def test_each_day_of_an_export_has_the_same_columns_whatever_a_newer_release_counted():
    """A word that this release does not know is counted as another, on that day alone."""
    first, second = date(2026, 11, 25), date(2026, 11, 26)
    usual = statistics._row(DayNumbers(first, Counter(calls=1, v_unknown=1)))
    newer = statistics._row(DayNumbers(second, Counter(calls=2, v_other=2, r_other=2, o_other=1, k_other=3)))
    assert list(usual) == list(newer)
    assert (newer["verdict_other"], newer["reason_other"], newer["outcome_other"], newer["category_other"]) == (
        2,
        2,
        1,
        3,
    )


@pytest.mark.parametrize(
    "days", ["from=2026-11-26&to=2026-11-25", "from=2026-01-01&to=2026-11-25", "from=yesterday", "to=2026-02-30"]
)
def test_days_that_can_not_be_shown_are_refused_with_the_reason(visitor, days):
    answer = visitor("reader").get(f"/desk/statistics?{days}")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_numbers_that_are_not_read_whole_are_not_shown_as_if_they_were(visitor, store, monkeypatch):
    monkeypatch.setattr(store.table, "batch_get", lambda keys: ({}, set(keys[-1:])))
    person = visitor("reader")
    assert [person.get(f"/desk{path}").status_code for path in ("", "/statistics", "/callers")] == [503, 503, 200]


@pytest.mark.parametrize("days", slow_but([1, 92], range(1, 93)))
def test_a_charts_bars_stay_inside_and_read_as_their_reader_does(days):
    labels = [str(day) for day in range(days)]
    values = [day % 7 for day in range(days)]
    ltr, rtl = bars(labels, values, values), bars(labels, values, values, right_to_left=True)
    for bar in (*ltr.bars, *rtl.bars):
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.2
        assert 0 < bar.y <= bar.y + bar.height <= HEIGHT
    for one, other in zip(ltr.bars, rtl.bars, strict=True):
        assert one.x + one.width + other.x == pytest.approx(WIDTH, abs=0.3)
    assert len(ltr.labels) <= 12
