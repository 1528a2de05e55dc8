"""Rows for files to save: reports, callers by them, decisions on callers, and the audit, with what each column holds.

The pages and ``ivr export`` make their files of these rows, so that both have the same columns in the same order.
Columns are names that do not change; new ones are added at the end. ``number`` says how telephone numbers are shown:
whole for the regulator, by their last digits on a page.
"""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ivr.desk.audit import NAMED_IN_CLEAR, About, AuditEntry
from ivr.desk.decisions import DeskDecision
from ivr.desk.formulas import inert
from ivr.desk.ranking import RankedCaller
from ivr.desk.reports import why_uncounted
from ivr.pseudonym import shortened
from ivr.records.base import moment_of
from ivr.reports import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ivr.records.base import Item

    Row = dict[str, Any]
    Shown = Callable[[str], str]

R = TypeVar("R")

REPORT_COLUMNS: Mapping[str, str] = {
    "reported_at": "when the customer reported, in UTC",
    "reference": "the eight digits that the customer was told; two reports may have the same",
    "caller": "the number that was shown; empty: withheld",
    "category": "what the caller wanted; empty: not said",
    "loss": "whether anything was lost or given away: yes, no, or empty: not said",
    "verified": "1: a call record shows that this number rang this customer",
    "counted": "1: it counts as evidence against the number",
    "why_uncounted": "why it does not",
    "withdrawn": "1: the customer took it back",
    "verdict": "on the caller, as the call came in",
    "reason": "of that verdict",
    "reporter": "the start of the reporter's pseudonym",
}
CALLER_COLUMNS: Mapping[str, str] = {
    "caller": "the number",
    "verdict": "trusted, flagged or blocked",
    "note": "why, in the desk's words",
    "until": "the moment at which it ends or ended, in UTC; empty: it holds for ever",
    "decided_at": "when it was decided, in UTC; empty: an earlier release did not keep it",
    "decided_by": "who decided",
    "ended_by": "who took it back; empty: nobody did",
    "ended_because": "why it was taken back",
}
RANKED_COLUMNS: Mapping[str, str] = {
    "caller": "the number",
    "reports": "people whose report counts",
    "more": "1: there are more than were counted",
    "category": "what most of them said that the caller wanted; empty: not said",
    "last_7_days": "of the reports, those of the last seven days",
    "days_8_to_14": "and of the seven days before",
    "confidence": "that the caller is a fraudster: 0 to 1",
    "flagged": "1: reports alone flag the caller",
    "newest": "when the newest of what counts was said, in UTC",
}
AUDIT_COLUMNS: Mapping[str, str] = {
    "at": "when, in UTC",
    "by": "who, by their name",
    "subject": "who, by the name that the issuer of identities gives them",
    "action": "what was done or looked at",
    "about": "the kind of thing that it was done to",
    "what": "which one: a number, prefix, reference, CallSid, ticket, pseudonym or export",
    "note": "why",
    "before": "the record as it was, as JSON; empty: there was none",
    "after": "the record as it is since, as JSON; empty: there is none",
}
_SHOWN_WHOLE = NAMED_IN_CLEAR | {About.PERSON}
_NUMBERS = frozenset({"caller", "number", "ring_to"})  # attributes of the records that entries keep


class Export(NamedTuple, Generic[R]):
    """One kind of file: its columns, each with what it holds, and how a record becomes a row."""

    columns: Mapping[str, str]
    row: Callable[[R, Shown], Row]

    def rows(self, records: Iterable[R], number: Shown = str) -> Iterator[Row]:
        """Yield a row for each record, as it is asked for."""
        return (self.row(one, number) for one in records)


def _report_row(report: Report, number: Shown) -> Row:
    values = (
        moment_of(report.reported_at),
        report.reference,
        number(report.caller) if report.caller else "",
        report.category,
        report.loss,
        report.verified,
        report.counted,
        why_uncounted(report),
        report.withdrawn,
        report.verdict,
        report.reason,
        shortened(report.reporter),
    )
    return dict(zip(REPORT_COLUMNS, values, strict=True))


def _caller_row(decision: DeskDecision, number: Shown) -> Row:
    values = (
        number(decision.caller),
        decision.verdict,
        decision.note,
        _moment(decision.until),
        _moment(decision.decided_at),
        decision.decided_by,
        decision.ended_by,
        decision.ended_because,
    )
    return dict(zip(CALLER_COLUMNS, values, strict=True))


def _ranked_row(caller: RankedCaller, number: Shown) -> Row:
    values = (
        number(caller.caller),
        caller.reports,
        int(caller.more),
        caller.category,
        caller.trend.last,
        caller.trend.before,
        round(caller.confidence, 4),
        int(caller.is_flagged),
        moment_of(caller.as_of),
    )
    return dict(zip(RANKED_COLUMNS, values, strict=True))


def _audit_row(entry: AuditEntry, number: Shown) -> Row:
    values = (
        moment_of(entry.at),
        entry.by,
        entry.subject,
        entry.action,
        entry.about,
        entry.what if entry.about in _SHOWN_WHOLE else number(entry.what),
        entry.note,
        _record(entry.before, number),
        _record(entry.after, number),
    )
    return dict(zip(AUDIT_COLUMNS, values, strict=True))


REPORTS = Export[Report](REPORT_COLUMNS, _report_row)
CALLERS = Export[DeskDecision](CALLER_COLUMNS, _caller_row)
RANKED = Export[RankedCaller](RANKED_COLUMNS, _ranked_row)
AUDIT = Export[AuditEntry](AUDIT_COLUMNS, _audit_row)


def csv_lines(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a CSV file: a line of columns, then a line for each row, which has these columns in this order.

    What a spreadsheet would run as a formula has an apostrophe before it; NDJSON has the text as it was written.
    """
    return map(_line, chain(([*columns],), (map(_inert, row.values()) for row in rows)))


def ndjson_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield an NDJSON file: a JSON object a line."""
    return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _inert(value: Any) -> Any:
    return inert(value) if isinstance(value, str) else value


def _line(values: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _moment(at: int) -> str:
    return moment_of(at) if at else ""


def _record(item: Item | None, number: Shown) -> str:
    if item is None:
        return ""
    shown = {name: number(value) if name in _NUMBERS and value else value for name, value in item.items()}
    # A set of texts becomes a list, in an order that is always the same.
    return json.dumps(shown, ensure_ascii=False, sort_keys=True, default=sorted)
