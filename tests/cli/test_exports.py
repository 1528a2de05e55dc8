"""`ivr export`: files for the regulator, whole and each record once, while reports come in."""

import csv
import io
import json
import os
import re
import time

import pytest

from infra.build.docs import ROOT
from infra.cli import exports as command
from ivr.desk import Context, exporting, exports
from ivr.desk.actor import Actor
from ivr.desk.days import Days
from ivr.records.base import moment_of
from ivr.reports import Report
from ivr.screening.desk_decision import PrefixRule
from ivr.settings import Settings

CALLER = "+96891234567"
DAY = 24 * 3600


def report(nth, at):
    return Report(
        call_sid=f"CA{nth:032x}",
        which="screened",
        reference=f"{nth:08}",
        reported_at=at,
        reporter="a" * 32,
        verified=1,
        counted=1,
        expires=at + 10**8,
        caller=CALLER,
        line="+12025550100",
        category="prize",
    )


@pytest.fixture
def reported(stack):
    """Five reports: one of last week, and four of the last hours."""
    now = int(time.time())
    for nth, ago in enumerate((7 * DAY, 9000, 6000, 3000, 5)):
        stack.store.put(report(nth, now - ago))
    return now


@pytest.fixture
def later(monkeypatch):
    """Let a minute go by: an export ends before its own second."""
    return lambda: monkeypatch.setattr(Context, "now", staticmethod(lambda: int(time.time()) + 60))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


def rows(text):
    return [*csv.DictReader(io.StringIO(text))]


def since(now, ago):
    return ["--since", moment_of(now - ago)]


def test_reports_since_a_moment_are_a_csv_file_with_whole_numbers(ivr, reported):
    told = ivr("export", "reports", *since(reported, 7200), "--by", "Salma")
    assert [row["reference"] for row in rows(told.out)] == ["00000002", "00000003", "00000004"]
    assert [*rows(told.out)[0]] == [*exports.REPORT_COLUMNS]
    assert rows(told.out)[0]["caller"] == CALLER
    assert re.match(r"3 rows\. The next export begins with --since 20\S+Z\n", told.err)


def test_the_next_export_begins_where_the_last_one_ended(ivr, stack, reported, later):
    told = ivr("export", "reports", *since(reported, 7200))
    end = re.search(r"--since (\S+)", told.err)[1]
    stack.store.put(report(9, int(time.time())))
    later()
    assert [row["reference"] for row in rows(ivr("export", "reports", "--since", end).out)] == ["00000009"]


def test_ndjson_has_the_same_columns(ivr, reported, folder):
    path = folder / "reports.ndjson"
    told = ivr("export", "reports", *since(reported, 30 * DAY), "--format", "ndjson", "--to", str(path))
    assert told.out == ""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["reference"] for line in lines] == [f"{nth:08}" for nth in range(5)]
    assert {tuple(line) for line in lines} == {tuple(exports.REPORT_COLUMNS)}
    assert [*folder.iterdir()] == [path]


def test_a_file_that_breaks_off_does_not_get_its_name(ivr, reported, folder, monkeypatch):
    def breaks(*_):
        yield "a line\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(command, "csv_lines", breaks)
    path = folder / "reports.csv"
    assert ivr("export", "reports", *since(reported, 7200), "--to", str(path)).status == 2
    assert [*folder.iterdir()] == []


def test_a_file_is_its_writers_alone_and_follows_nothing_that_others_put_there(ivr, reported, folder):
    path, victim = folder / "reports.csv", folder / "victim"
    victim.write_text("kept")
    path.with_name("reports.csv.part").symlink_to(victim)
    path.symlink_to(victim)
    assert ivr("export", "reports", *since(reported, 7200), "--to", str(path)).status == 0
    assert victim.read_text() == "kept"
    assert not path.is_symlink()
    assert (path.stat().st_mode & 0o777, len(rows(path.read_text()))) == (0o600, 3)


def test_two_exports_at_the_same_time_are_both_whole(ivr, reported, folder, monkeypatch):
    path, real, within = folder / "reports.csv", command.csv_lines, []

    def overtaken(*asked):
        first, *rest = real(*asked)
        yield first
        if not within:
            within.append("another export")
            ivr("export", "reports", *since(reported, 30 * DAY), "--to", str(path))
            assert len(rows(path.read_text())) == 5
        yield from rest

    monkeypatch.setattr(command, "csv_lines", overtaken)
    assert ivr("export", "reports", *since(reported, 7200), "--to", str(path)).status == 0
    assert len(rows(path.read_text())) == 3
    assert [one.name for one in folder.iterdir()] == ["reports.csv"]


def test_what_is_no_file_is_written_to_and_not_replaced(ivr, reported, folder):
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert ivr("export", "reports", *since(reported, 7200), "--to", str(pipe)).status == 0
        assert len(rows(os.read(reader, 100_000).decode())) == 3
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_decisions_that_were_made_or_taken_back_since_then_are_exported(ivr, reported, later):
    ivr("callers", "decide", CALLER, "flagged", "--note", "a letter")
    later()
    old = next(one for one in rows(ivr("export", "callers", *since(reported, 3600)).out) if one["caller"] == CALLER)
    assert (old["verdict"], old["note"], old["ended_by"]) == ("flagged", "a letter", "")
    ivr("callers", "take-back", CALLER, "--note", "a mistake", "--by", "Omar")
    new = next(one for one in rows(ivr("export", "callers", *since(reported, 3600)).out) if one["caller"] == CALLER)
    assert new["ended_by"] == "Omar"
    told = ivr("export", "callers", "--since", "2020-01-01", "--until", "2020-12-31")
    assert rows(told.out) == []


def test_the_audit_is_exported_oldest_first_and_holds_who_exported(ivr, reported, later):
    ivr("callers", "decide", CALLER, "flagged", "--note", "a letter", "--by", "Omar")
    ivr("export", "reports", *since(reported, 7200), "--by", "Salma")
    later()
    found = rows(ivr("export", "audit", *since(reported, 3600)).out)
    assert [(one["by"], one["action"]) for one in found] == [("Omar", "decide"), ("Salma", "export")]
    assert json.loads(found[0]["after"])["caller"] == CALLER
    assert found[1]["what"].startswith("reports 20")


def test_what_is_exported_to_import_changes_nothing_where_it_came_from(ivr, stack, tmp_path):
    ivr("rules", "add", "+968901", "flagged", "--note", "=1+1", "--until", "2099-12-31")
    for name, kind in (("decisions", "callers"), ("rules", "rules"), ("lines", "lines")):
        path = tmp_path / f"{name}.csv"
        told = ivr("export", name, "--to", str(path), "--by", "Salma")
        many, option = len(rows(path.read_text("utf-8"))), " --foreign" if kind == "lines" else ""
        assert told.err.endswith(f"{many} row{'s' * (many != 1)}, for `ivr import {kind} {path}{option}`\n")
        again = ivr("import", kind, str(path), *option.split(), "--json").json
        assert (again["changed"], again["same"]) == (0, many)


def test_a_line_that_could_not_be_imported_is_told_as_it_is_exported(ivr, stack):
    stack.store.put(PrefixRule(prefix="+1202", verdict="blocked", note="a"))
    stack.store.put(PrefixRule(prefix="+968", verdict="trusted", note="a"))
    told = ivr("export", "rules")
    assert [row["prefix"] for row in rows(told.out)] == ["+1202", "+968"]
    assert "\nline 2: +1202 covers " in f"\n{told.err}"
    assert "2 rows, for `ivr import rules FILE --whole-country`" in told.err


def test_each_report_comes_once_while_others_come_in(stack):
    begin = int(time.time()) - 2 * 3600
    context = _context(stack)
    there = [report(nth, begin + nth) for nth in range(40)]
    for one in there:
        stack.store.put(one)
    read = exporting.begin(context, "reports", Days(begin, begin + 3600), by=Actor("Salma"))
    found = []
    for nth, row in enumerate(read):
        found.append(row["reference"])
        stack.store.put(report(1000 + nth, begin + 3600 + nth))  # as a report of now
    assert found == [one.reference for one in there]


@pytest.mark.slow
def test_an_export_reads_as_it_writes(stack, dynamodb_requests):
    begin = int(time.time()) - 2 * 3600
    for nth in range(400):
        stack.store.put(report(nth, begin + nth))
    read = exporting.begin(_context(stack), "reports", Days(begin, begin + 3600), by=Actor("Salma"))
    dynamodb_requests.clear()
    next(read)
    few = dynamodb_requests.count("Query")
    assert few <= 16  # the first page of each shard of the days that it touches
    assert sum(1 for _ in read) == 399
    assert dynamodb_requests.count("Query") > few


@pytest.fixture
def dynamodb_requests(stack):
    asked = []
    stack.store.table.client.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    return asked


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "yesterday"], "--since is 'yesterday': write a day or a moment"),
        (["--since", "2099-01-01"], "still to come"),
        (["--since", "2026-01-02", "--until", "2026-01-01"], "--until is '2026-01-01', which is before 2026-01-02"),
        (["--since", "0001-01-01"], "--since is '0001-01-01'"),
    ],
)
def test_a_span_that_is_none_is_refused_in_one_line(ivr, stack, arguments, says):
    assert says in ivr("export", "reports", *arguments).refusal


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_every_column_is_told(ivr, kind):
    columns = ivr("export", "columns", kind, "--json").json
    assert [one["column"] for one in columns] == [*exporting.KINDS[kind].export.columns]
    text = (ROOT / "docs" / "administer.md").read_text(encoding="utf-8")
    assert f"<!-- ivr export columns {kind} --markdown -->" in text


def _context(stack):
    return Context(stack.store, Settings.from_environment(stack.running.settings))
