"""Records that hold a code of a newer release, as after a return to this one: pages show it as it is, and are whole."""

import re
from dataclasses import replace

import pytest

from ivr.desk import audit
from ivr.desk.actor import Actor
from ivr.desk.statistics import this_day
from ivr.records.base import day_of
from ivr.statistics.tally import tally_key
from tests.web.conftest import REPORTED_CALLER


def _set(context, key, **values):
    table = context.store.table
    table.change(key, "SET " + ", ".join(f"#{name} = :{name}" for name in values), **values)


@pytest.mark.parametrize("name", ["category", "verdict", pytest.param("uncounted", marks=pytest.mark.slow)])
def test_a_report_of_a_newer_release_is_shown(context, visitor, reported_call, name):
    [report] = context.store.reports.of_days([day_of(context.now())])
    _set(context, report.key, **{name: "newer_code", "counted": 0})
    person = visitor("reader")
    reports = person.get("/desk/reports")
    caller = person.submit(person.get("/desk/callers"), "/search", number=REPORTED_CALLER)
    pages = [reports, caller, person.get(re.search(r'href="(/desk/reports/[\w-]+)"', reports.text)[1])]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "newer_code" in reports.text


def test_an_entry_of_a_newer_release_is_shown_and_its_number_is_not(context, visitor):
    entry = audit.entry(context, audit.Action.DECIDE, by=Actor("Salma"), about=audit.About.CALLER, what=REPORTED_CALLER)
    context.store.put(replace(entry, action="newer_action", about="newer_thing", after={"asked_at": 10**18}))
    page = visitor("reader").get("/desk/audit")
    assert page.status_code == 200
    assert "newer_action" in page.text
    assert REPORTED_CALLER[1:] not in page.text


@pytest.mark.parametrize("path", ["", "/statistics", "/statistics.ndjson"])
def test_numbers_that_a_newer_release_counted_are_shown_as_others(context, visitor, path):
    other = {"v_other": 7, "r_other": 7, "k_other": 7, "o_other": 7, "calls": 7, "reports": 7}
    _set(context, tally_key(this_day(context).isoformat(), 0), **other)
    page = visitor("reader").get(f"/desk{path}")
    assert page.status_code == 200
    assert re.search(r"(?s)other\b.*?\b7\b", page.text)
