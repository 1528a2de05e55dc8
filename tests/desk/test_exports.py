"""Rows of files to save: one for each record, with all its columns, and numbers as the reader may see them."""

import csv
import io
import json

import pytest

from ivr.desk import audit, decisions, exports, lines
from ivr.desk.ranking import RankedCaller, Trend
from ivr.records.base import moment_of
from ivr.reports import Report
from ivr.screening.desk_decision import DeskDecision
from tests.desk.audited import todays
from tests.desk.subjects import CALLER, HOME, LINE, SALMA

QUOTED = 'see <https://example.com> "quoted", and a comma'


def _of_today(context):
    return todays(context, newest_first=False).entries


def test_each_column_holds_what_it_says():
    """Records of which no two values are alike, so that no two columns can be taken for each other."""
    report = Report(
        call_sid="CA1",
        which="screened",
        reference="84072573",
        reported_at=1_795_000_000,
        reporter="a1b2" * 8,
        expires=1_796_000_000,
        caller=CALLER,
        category="bank",
        loss="no",
        verified=1,
        counted=0,
        uncounted="trusted",
        withdrawn=2,
        verdict="flagged",
        reason="reported",
    )
    assert [*exports.REPORTS.rows([report])] == [
        {
            "reported_at": "2026-11-18T11:06:40Z",
            "reference": "84072573",
            "caller": CALLER,
            "category": "bank",
            "loss": "no",
            "verified": 1,
            "counted": 0,
            "why_uncounted": "trusted",
            "withdrawn": 2,
            "verdict": "flagged",
            "reason": "reported",
            "reporter": "a1b2a1b2",
        }
    ]
    decision = DeskDecision(
        caller=CALLER,
        verdict="blocked",
        note="wangiri",
        until=1_795_000_060,
        decided_at=1_795_000_000,
        decided_by="Salma",
        ended_by="Amal",
        ended_because="a bakery",
    )
    assert [*exports.CALLERS.rows([decision])] == [
        {
            "caller": CALLER,
            "verdict": "blocked",
            "note": "wangiri",
            "until": "2026-11-18T11:07:40Z",
            "decided_at": "2026-11-18T11:06:40Z",
            "decided_by": "Salma",
            "ended_by": "Amal",
            "ended_because": "a bakery",
        }
    ]
    ranked = RankedCaller(
        caller=CALLER,
        reports=5,
        more=True,
        category="bank",
        trend=Trend(3, 2),
        confidence=0.87654,
        is_flagged=False,
        as_of=1_795_000_000,
    )
    assert [*exports.RANKED.rows([ranked])] == [
        {
            "caller": CALLER,
            "reports": 5,
            "more": 1,
            "category": "bank",
            "last_7_days": 3,
            "days_8_to_14": 2,
            "confidence": 0.8765,
            "flagged": 0,
            "newest": "2026-11-18T11:06:40Z",
        }
    ]


def test_a_decision_is_a_row_with_its_end_and_who_ended_it(context):
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)
    ended = decisions.take_back(context, CALLER, note="a mistake", by=SALMA)
    [row] = exports.CALLERS.rows([decisions.of(context, CALLER)])
    assert [*row] == [*exports.CALLER_COLUMNS]
    assert row["caller"] == CALLER
    assert row["until"] == moment_of(ended.until)
    assert (row["ended_by"], row["ended_because"]) == ("Salma", "a mistake")


def test_an_audit_entry_keeps_the_record_before_and_after_as_json(context):
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)
    decisions.decide(context, CALLER, "blocked", note="another", by=SALMA)
    first, second = exports.AUDIT.rows(_of_today(context))
    assert first["before"] == ""
    assert json.loads(first["after"])["verdict"] == json.loads(second["before"])["verdict"] == "flagged"
    assert json.loads(second["after"])["caller"] == CALLER
    assert second["subject"] == SALMA.subject


@pytest.mark.parametrize(
    ("about", "shown"), [("caller", "masked"), ("newer_thing", "masked"), ("prefix", CALLER), ("person", CALLER)]
)
def test_what_a_newer_release_names_may_be_a_number(context, about, shown):
    entry = audit.entry(context, audit.Action.DECIDE, by=SALMA, about=about, what=CALLER)
    assert [row["what"] for row in exports.AUDIT.rows([entry], lambda _: "masked")] == [shown]


def test_where_numbers_are_masked_no_column_shows_one(context):
    kind = {"kind": "protected", "ring_to": HOME, "languages": "", "mode": "standard"}
    lines.register(context, LINE, by=SALMA, note="new", **kind)
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)
    now = context.now()
    report = Report(
        call_sid="CA1",
        which="screened",
        reference="84072573",
        reported_at=now,
        reporter="a" * 32,
        expires=now,
        caller=CALLER,
    )
    rows = [
        *exports.AUDIT.rows(_of_today(context), lambda number: f"..{number[-3:]}"),
        *exports.CALLERS.rows([decisions.of(context, CALLER)], lambda number: f"..{number[-3:]}"),
        *exports.REPORTS.rows([report], lambda number: f"..{number[-3:]}"),
    ]
    written = "".join(exports.ndjson_lines(rows))
    assert len(rows) == 4
    assert f"..{CALLER[-3:]}" in written
    assert not any(number in written for number in (CALLER, LINE, HOME))


def test_both_formats_give_back_what_a_note_holds(context):
    decisions.decide(context, CALLER, "flagged", note=QUOTED, by=SALMA)
    rows = [*exports.CALLERS.rows([decisions.of(context, CALLER)])]
    [read] = csv.DictReader(io.StringIO("".join(exports.csv_lines(exports.CALLERS.columns, rows))))
    [line] = exports.ndjson_lines(rows)
    assert read["note"] == json.loads(line)["note"] == QUOTED
    assert [*read] == [*json.loads(line)] == [*exports.CALLER_COLUMNS]


@pytest.mark.parametrize("note", ['=HYPERLINK("https://example.com")', "+1+1", "-1+1", "@SUM(A1)", "+1 2"])
def test_no_note_is_a_formula_in_a_spreadsheet(note):
    rows = [{"caller": CALLER, "note": note, "many": -1}]
    [[caller, written, many]] = csv.reader(io.StringIO([*exports.csv_lines(rows[0], rows)][1]))
    assert (caller, written, many) == (CALLER, f"'{note}", "-1")
    assert json.loads(next(exports.ndjson_lines(rows))) == rows[0]


@pytest.mark.parametrize(
    ("note", "inert"),
    [
        ("a letter;=HYPERLINK(1);end", "a letter;'=HYPERLINK(1);end"),
        ("a;-1;+1; @x", "a;'-1;'+1; '@x"),
        ('a;"=1+1;b', "a;\"'=1+1;b"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a letter; and 1 = 1", "a letter; and 1 = 1"),
    ],
    ids=["formula", "each", "quoted", "wide", "none"],
)
def test_no_note_is_a_formula_where_semicolons_separate_cells(note, inert):
    rows = [{"caller": CALLER, "note": note}]
    [[_, written]] = csv.reader(io.StringIO([*exports.csv_lines(rows[0], rows)][1]))
    assert written == inert
    assert json.loads(next(exports.ndjson_lines(rows))) == rows[0]


def test_rows_are_made_as_they_are_asked_for(context):
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)
    decision = decisions.of(context, CALLER)
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield decision

    written = exports.csv_lines(exports.CALLERS.columns, exports.CALLERS.rows(endless()))
    assert next(written).startswith("caller,verdict,")
    assert asked == []
    next(written)
    assert asked == [1]
