"""The dossier of a report: a sheet in both languages to print, the same facts as JSON, and a line in the audit."""

import hashlib
import json
import re

import pytest

from ivr.desk import audit
from ivr.desk.audit import About
from ivr.reports import Report

REFERENCE = "55841587"


@pytest.fixture
def report_page(context, visitor):
    """The page of a report, and a twin with the same reference that is none of its business."""
    now = context.now()
    for sid, caller in (("CA1", "+96899999999"), ("CA2", "+96891234567")):
        about = {"call_sid": sid, "caller": caller, "reference": REFERENCE, "which": "screened"}
        context.store.put(Report(**about, reported_at=now, reporter="somebody", expires=now + 9999, category="prize"))

    def page(language="en"):
        person = visitor("reader", language=language)
        written = "\u0665\u0665\u0668\u0664 \u0661\u0665\u0668\u0667" if language == "ar" else REFERENCE
        choice = person.submit(person.get("/desk/reports"), "/search", reference=written)
        row = next(part for part in choice.text.split("<tr>") if "567" in part)
        return person, person.get(re.search(r'href="(/desk/reports/[^"]+)"', row)[1])

    return page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_sheet_says_everything_in_both_languages_whatever_the_readers_is(report_page, language):
    person, page = report_page(language)
    sheet = person.submit(page, "/dossier").text
    for said in (
        "Statement on a reported telephone call",
        "+96891234567",
        REFERENCE,
        "The operator does not claim that the holder of this number made the call.",
        "To be completed by hand",
        "الادعاء العام",
    ):
        assert said in sheet, said
    assert "+96899999999" not in sheet
    assert sheet.count('dir="rtl"') > 20


def test_the_json_is_the_file_whose_fingerprint_the_sheet_shows(report_page):
    person, page = report_page()
    sheet = person.submit(page, "/dossier")
    answer = person.submit(sheet, "/dossier.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dossier.json"'
    assert hashlib.sha256(answer.data).hexdigest() in sheet.text
    facts = json.loads(answer.data)
    assert (facts["reference"], facts["numbers"]["caller"]) == (REFERENCE, "+96891234567")


def test_each_look_is_in_the_audit(report_page, context):
    person, page = report_page()
    person.submit(person.submit(page, "/dossier"), "/dossier.json")
    found = audit.of(context, About.REPORT, REFERENCE).entries
    assert [(one.action, one.by) for one in found] == [("take_dossier", "Dana")] * 2


def test_a_dossiers_moment_can_not_be_made_up(report_page):
    person, page = report_page()
    sheet = person.submit(page, "/dossier")
    assert person.submit(sheet, "/dossier.json", made="1").status_code == 404


def test_a_dossiers_moment_is_of_its_report_alone(report_page):
    person, page = report_page()
    made = re.search(r'name="made" value="([^"]+)"', person.submit(page, "/dossier").text)[1]
    choice = person.submit(person.get("/desk/reports"), "/search", reference=REFERENCE)
    row = next(part for part in choice.text.split("<tr>") if "999" in part)
    other = person.get(re.search(r'href="(/desk/reports/[^"]+)"', row)[1])
    sheet = person.submit(other, "/dossier")
    assert person.submit(sheet, "/dossier.json", made=made).status_code == 404
    assert person.submit(sheet, "/dossier.json").status_code == 200
