"""Reports: a day's in pages and by what is wanted, one by its reference, and what its page tells."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from infra.local import demo
from ivr.desk import report_pages
from ivr.desk.days import Days
from ivr.desk.statistics import this_day
from ivr.reports import Report
from tests.bench import desk_table
from tests.desk.audited import todays
from tests.desk.test_requests import Counting

CALLER = "+96891234567"
ROW = re.compile(r'<th scope="row"><a href="(/desk/reports/[^"]+)">')


@pytest.fixture
def reader(visitor):
    return visitor("reader")


def stored(context, nth, **about):
    """A report of today at noon, in the deployment's time zone, and a second earlier for each before it."""
    noon = datetime.combine(this_day(context), datetime.min.time(), ZoneInfo(context.settings.timezone))
    at = int(noon.timestamp()) + 12 * 3600 - nth
    report = Report(
        call_sid=f"CA{nth:032x}",
        which="screened",
        reference="55841587",
        reported_at=at,
        reporter="a pseudonym",
        expires=at + 10**7,
        caller=f"+9689123{nth:04}",
        category="money",
    )
    context.store.put(replace(report, **about))


def walk(person, address):
    """The reports' addresses on a page and all that follow it, page by page."""
    while address:
        page = person.get(address)
        assert page.status_code == 200, address
        yield ROW.findall(page.text)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = following[1].replace("&amp;", "&") if following else ""


def test_a_days_reports_lead_to_their_pages(reported_call, reader):
    page = reader.get("/desk/reports")
    assert "•••567" in page.text
    report = reader.get(ROW.findall(page.text)[0]).text
    assert "a prize" in report
    assert "yes: a record shows that this caller rang this line" in report
    assert "<dd>reported</dd>" in report  # the outcome of its call
    assert CALLER[1:] not in report
    assert demo.PROTECTED_LINE[1:] not in report


def test_many_reports_come_in_pages_each_once(context, reader):
    for nth in range(120):
        stored(context, nth)
    found = [*walk(reader, "/desk/reports")]
    assert [len(page) for page in found] == [50, 50, 20]
    assert len({address for page in found for address in page}) == 120


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ("category=prize", 1),
        ("category=none", 1),
        ("loss=yes", 1),
        ("loss=none", 3),
        ("state=verified", 1),
        ("state=unverified", 3),
        ("state=withdrawn", 1),
        ("category=prize&loss=yes", 0),
        ("category=unheard-of", 0),
    ],
)
def test_reports_are_chosen_by_what_they_say(context, reader, wanted, count):
    stored(context, 0, category="prize")
    stored(context, 1, category="")
    stored(context, 2, loss="yes", verified=1, counted=1)
    stored(context, 3, withdrawn=1)
    page = reader.get(f"/desk/reports?{wanted}")
    assert len(ROW.findall(page.text)) == count
    assert ("None of these 4 reports" in page.text) is (count == 0)


def test_a_day_has_the_reports_of_its_own_hours_in_the_deployments_zone(context, reader):
    zone, today = ZoneInfo(context.settings.timezone), this_day(context)
    midnight = int(datetime.combine(today, datetime.min.time(), zone).timestamp())
    for nth, at in enumerate((midnight - 1, midnight, midnight + 86_399, midnight + 86_400)):
        stored(context, nth, reported_at=at)
    days = [today - timedelta(days=1), today, today + timedelta(days=1)]
    assert [len(ROW.findall(reader.get(f"/desk/reports?day={day}").text)) for day in days] == [1, 2, 1]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_day_without_reports_says_what_to_do(visitor, language):
    page = visitor("reader", language=language).get("/desk/reports").text
    assert {"en": "Choose another day above", "ar": "اختاروا يومًا آخر"}[language] in page


@pytest.mark.parametrize("written", ["55841587", "5584 1587", "5584-1587"])
def test_a_report_is_found_by_its_spoken_reference(context, reader, written):
    stored(context, 1)
    page = reader.submit(reader.get("/desk/reports"), "/search", reference=written)
    assert "•••001" in page.text
    assert page.request.path.startswith("/desk/reports/")
    assert "55841587" not in page.request.path


def test_where_two_have_a_reference_both_are_shown(context, reader):
    stored(context, 1)
    stored(context, 2)
    page = reader.submit(reader.get("/desk/reports"), "/search", reference="55841587")
    assert len(ROW.findall(page.text)) == 2


@pytest.mark.parametrize(
    ("written", "why"), [("55841588", "That is no reference"), ("12345671", "No report has that reference")]
)
def test_a_reference_that_locates_nothing_is_refused_with_the_reason(reader, written, why):
    page = reader.submit(reader.get("/desk/reports"), "/search", reference=written)
    assert page.status_code == 409
    assert why in page.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "said"),
    [(demo.CUSTOMER, "Yes: the reporter has this"), (CALLER, "No: the reporter has")],
)
def test_whether_a_report_is_somebodys_is_told_and_audited(reported_call, reader, context, number, said):
    page = reader.get(ROW.findall(reader.get("/desk/reports").text)[0])
    answer = reader.submit(page, "/confirm", number=number)
    assert said in answer.text
    found = todays(context).entries
    assert [(one.action, one.by) for one in found] == [("confirm_reporter", "Dana")]


@pytest.mark.parametrize("address", ["made-up", "55841587"])
def test_an_address_that_is_made_up_is_no_page(reader, address):
    assert reader.get(f"/desk/reports/{address}").status_code == 404


@pytest.mark.parametrize("day", ["2026-13-01", "today"])
def test_a_day_that_is_none_is_refused(reader, day):
    assert reader.get(f"/desk/reports?day={day}").status_code == 409


@pytest.mark.parametrize("reports", [10, pytest.param(2_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("wanted", ["", "?loss=yes"])
def test_a_page_asks_at_most_so_many_requests_whatever_is_stored(store, context, reader, reports, wanted):
    desk_table.fill(store.table.client, store.table.name, reports, context.now())
    counting = Counting(store.table.client)
    counting.of(lambda _: reader.get(f"/desk/reports{wanted}"), None)
    assert counting.asked == {"GetItem": 1, "Query": 16}  # eight for each day of UTC, and the session


def exported(person, suffix, **asked):
    answer = person.client.get(f"/desk/reports.{suffix}", query_string=asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="reports.{suffix}"'
    return answer.text


def test_an_export_has_all_reports_of_the_day_once_in_both_forms(reader, context):
    for nth in range(130):  # more than two pages
        stored(context, nth, category="money" if nth % 2 else "prize", reference=f"{nth:08}")
    rows = list(csv.DictReader(io.StringIO(exported(reader, "csv"))))
    lines = [json.loads(line) for line in exported(reader, "ndjson").splitlines()]
    assert [row["reference"] for row in rows] == [f"{nth:08}" for nth in range(130)]
    assert [{name: str(value) for name, value in line.items()} for line in lines] == rows
    assert {row["caller"] for row in rows} == {f"•••{nth:03}" for nth in range(130)}


def test_an_export_holds_what_was_chosen_and_is_in_the_audit(reader, context):
    stored(context, 1, category="money", reference="00000001")
    stored(context, 2, category="prize", reference="00000002")
    rows = list(csv.DictReader(io.StringIO(exported(reader, "csv", category="prize"))))
    assert [row["reference"] for row in rows] == ["00000002"]
    day = this_day(context).isoformat()
    entries = todays(context).entries
    assert [(one.action, one.what, one.by) for one in entries] == [("export", f"reports {day}", "Dana")]


def test_a_report_that_comes_in_during_an_export_changes_nothing(context):
    for nth in range(10, 130):
        stored(context, nth, reference=f"{nth:08}")
    zone = context.settings.timezone
    export = report_pages.all_of(context, Days.on(this_day(context).isoformat(), zone))
    first = [next(export) for _ in range(60)]
    stored(context, 1, reference="99999999")
    rest = list(export)
    assert [one.reference for one in (*first, *rest)] == [f"{nth:08}" for nth in range(10, 130)]


def test_an_empty_days_export_has_its_columns(reader):
    assert exported(reader, "csv").startswith("reported_at,reference,caller,")
    assert exported(reader, "ndjson") == ""
