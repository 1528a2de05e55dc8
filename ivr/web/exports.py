"""Rows as a file to save: CSV with a line of columns, or NDJSON, an object a line. A file is whole, or is none.

Who may read gets files with masked numbers. Who decides may ask for whole ones, by a form, so that no link leads to
them. The audit keeps each file of records about people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import flask
from flask import g

from ivr.desk import audit
from ivr.desk.exports import csv_lines, ndjson_lines
from ivr.web.forms import actor
from ivr.web.rendering import masked
from ivr.web.roles import Right, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ivr.desk.exports import Export

    Rows = Iterable[Mapping[str, Any]]

R = TypeVar("R")
FORMATS = ("csv", "ndjson")


class Chosen(NamedTuple):
    """The records that a file is asked for, and what the audit says of it."""

    what: str  # the list, and its day; the audit's page has words for them
    records: Iterable[Any]


def offer(pages: flask.Blueprint, address: str, name: str, export: Export[Any], choose: Callable[[], Chosen]) -> None:
    """Serve a file at an address in both formats: by GET with masked numbers, by POST with whole ones."""

    @needs(Right.READ)
    def with_masked_numbers(suffix: str) -> flask.Response:
        return _answer(name, suffix, export, choose(), whole=False)

    @needs(Right.DECIDE)
    def with_whole_numbers(suffix: str) -> flask.Response:
        return _answer(name, suffix, export, choose(), whole=True)

    for suffix in FORMATS:
        rule, defaults = f"{address}.{suffix}", {"suffix": suffix}
        pages.add_url_rule(rule, name, with_masked_numbers, defaults=defaults, methods=["GET"])
        pages.add_url_rule(rule, f"{name}_whole", with_whole_numbers, defaults=defaults, methods=["POST"])


def _answer(name: str, suffix: str, export: Export[Any], chosen: Chosen, *, whole: bool) -> flask.Response:
    what = f"{chosen.what} whole" if whole else chosen.what
    audit.looked(g.site.context, audit.Action.EXPORT, by=actor(), about=audit.About.NOTHING, what=what)
    rows = export.rows(chosen.records, str if whole else masked)
    return as_csv(name, export.columns, rows) if suffix == "csv" else as_ndjson(name, rows)


def as_csv(name: str, columns: Iterable[str], rows: Rows) -> flask.Response:
    """A CSV file. Each row has these columns, in this order."""
    return _file(f"{name}.csv", "text/csv; charset=utf-8", csv_lines(columns, rows))


def as_ndjson(name: str, rows: Rows) -> flask.Response:
    """An NDJSON file."""
    return _file(f"{name}.ndjson", "application/x-ndjson", ndjson_lines(rows))


def _file(name: str, kind: str, lines: Iterator[str]) -> flask.Response:
    # API Gateway waits for the whole body, so nothing is sent before a failure can still become an error's page.
    response = flask.Response("".join(lines), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
