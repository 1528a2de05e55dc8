"""Files that the import takes: what is stored goes out, comes into an empty table, and goes out as the same file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from infra.local.table import create_table
from ivr.desk import Code, Context, imports, lines
from ivr.desk.exports import csv_lines
from ivr.desk.formulas import as_written, inert
from ivr.desk.imports import KINDS, Options
from ivr.records.base import DAY
from ivr.screening.desk_decision import VERDICTS, DeskDecision, PrefixRule
from ivr.screening.line import Line
from ivr.settings import Settings
from ivr.store.desk import Desk
from tests.conftest import ENVIRONMENT
from tests.desk.audited import todays
from tests.desk.subjects import CALLER, HOME, LINE, PREFIX, SALMA

NOW = Context.now()
LAST = 4_102_000_000  # a moment of 2099
EVERYTHING = Options(whole_country=True, foreign=True)
NASTY = (
    *("=1+1", "'=1+1", "''-2", "+968 1", "@SUM(A1)", "'", '"', '",', "a, b"),
    *("a;=1+1", "a; '-1", 'a;"=1;b', "\uff1d1+1"),
    *('قائمة "الهيئة"، ٢٠٢٦', "\ufeff x", "1\u202e2"),
)

notes = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40
).map(str.strip).filter(bool)
ends = st.just(0) | st.integers(NOW + DAY, LAST) | st.integers(1, NOW)
judged = {"verdict": st.sampled_from(VERDICTS), "note": notes, "until": ends}
numbers = st.integers(0, 9_999_999).map("+9689{:07}".format) | st.sampled_from(("1500", "1100", "+442079460000"))
prefixes = st.integers(1, 999_999).map("+{}".format)
languages = st.sampled_from(("", "ar", "en", "en-ar", "ar-en"))
modes = st.sampled_from(Line.MODES)
ours = st.integers(0, 9_999).map("+1202555{:04}".format)
records = {
    "callers": st.builds(DeskDecision, caller=numbers, **judged),
    "rules": st.builds(PrefixRule, prefix=prefixes, **(judged | {"verdict": st.just("trusted")})),
    "lines": st.builds(Line, number=ours, kind=st.just("report"), languages=languages, mode=modes)
    | st.builds(
        Line,
        number=ours,
        kind=st.just("protected"),
        ring_to=st.integers(0, 999_999).map("+96892{:06}".format) | st.just("+447911123456"),
        languages=languages,
        mode=modes,
    ),
}


@pytest.fixture
def elsewhere(dynamodb):
    """An empty table of another stack."""
    create_table(dynamodb, "elsewhere")
    return Context(Desk("elsewhere", dynamodb), Settings.from_environment(ENVIRONMENT))


def emptied(context):
    table = context.store.table
    for item in [*table.scan()]:
        table.client.delete_item(TableName=table.name, Key={name: {"S": item[name]} for name in ("pk", "sk")})


def exported(context, kind):
    found = [*imports.written(context, KINDS[kind], by=SALMA)]
    return "".join(csv_lines(KINDS[kind].columns, (one.cells for one in found))), found


def imported(context, kind, file):
    checked = imports.check(context, KINDS[kind], file.encode(), EVERYTHING, by=SALMA)
    assert checked.problems == []
    imports.Import(context, checked, by=SALMA).run()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_comes_out_goes_in_elsewhere_and_comes_out_the_same(context, elsewhere, kind, data):
    stored = data.draw(st.lists(records[kind], min_size=1, max_size=8, unique_by=lambda one: one.key))
    for there in (context, elsewhere):
        emptied(there)
    for one in stored:
        context.store.put(one)
    file, found = exported(context, kind)
    assert len(found) == len([one for one in stored if not getattr(one, "until", 0) or one.until > NOW])
    if found:
        imported(elsewhere, kind, file)
    assert exported(elsewhere, kind)[0] == file


@pytest.mark.slow
@given(text=st.text(max_size=12) | st.text("'=+-@\t9;\" ", max_size=8))
@example(text="'=1")
def test_a_cell_is_read_back_as_it_was_written_and_is_never_a_formula(text):
    cell = inert(text)
    assert as_written(cell) == text
    assert not cell.startswith(("=", "-", "@", "\t", "\r"))
    assert not cell.startswith("+") or cell[1:].isdecimal()
    assert not any(part.lstrip(' "').startswith(("=", "+", "-", "@")) for part in cell.split(";")[1:])


def test_the_file_has_the_imports_header_and_what_is_in_force_alone(context):
    emptied(context)
    said = {"verdict": "flagged", "note": 'a, "b"'}
    context.store.put(DeskDecision(caller=CALLER, until=LAST, **said))
    context.store.put(DeskDecision(caller=HOME, until=NOW - 1, **said))
    context.store.put(DeskDecision(caller="1500", **said))
    rows = [*csv.reader(io.StringIO(exported(context, "callers")[0]))]
    assert rows == [
        ["caller", "verdict", "note", "until"],
        [CALLER, "flagged", 'a, "b"', "2099-12-26T20:26:40Z"],
        ["1500", "flagged", 'a, "b"', ""],
    ]


def test_a_line_goes_out_in_the_languages_in_which_it_is_heard(context):
    emptied(context)
    context.store.put(Line(number=LINE, kind="protected", ring_to=HOME))
    [row] = exported(context, "lines")[1]
    assert row.cells["languages"] == next(lines.lines(context)).languages != ""


@pytest.mark.parametrize(
    ("kind", "record", "code", "is_final"),
    [
        ("rules", PrefixRule(prefix="+968", verdict="trusted", note="a"), Code.WHOLE_COUNTRY, False),
        ("rules", PrefixRule(prefix="+1", verdict="flagged", note="a"), Code.OWN_NUMBER, True),
        ("rules", PrefixRule(prefix=PREFIX, verdict="flagged", note=""), Code.NOTE, True),
        ("lines", Line(number=LINE, kind="protected", ring_to="+447911123456"), Code.FOREIGN, False),
        ("lines", Line(number=LINE, kind="protected", ring_to="+96890000900"), Code.MAY_NOT_BE_RUNG, True),
    ],
    ids=["country", "own", "no note", "foreign", "premium"],
)
def test_what_the_import_would_refuse_is_told_as_it_goes_out(context, kind, record, code, is_final):
    emptied(context)
    for one in (record, replace(record, **{"prefix": "+968902"} if kind == "rules" else {"number": "+12025550171"})):
        context.store.put(one)
    told = {(one.refused and one.refused.code, one.is_final) for one in exported(context, kind)[1]}
    assert (code, is_final) in told


def test_the_audit_keeps_who_took_the_file(context):
    exported(context, "rules")
    [entry] = todays(context).entries
    assert (entry.by, entry.action, entry.what) == ("Salma", "export", "rules import whole")
