"""Rows as a file to save, written as it is read: CSV with a line of columns, or NDJSON, an object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask

from ivr.desk.exports import csv_lines, ndjson_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Rows = Iterable[Mapping[str, Any]]


def as_csv(name: str, columns: Iterable[str], rows: Rows) -> flask.Response:
    """A CSV file. Each row has these columns, in this order."""
    return _file(f"{name}.csv", "text/csv; charset=utf-8", csv_lines(columns, rows))


def as_ndjson(name: str, rows: Rows) -> flask.Response:
    """An NDJSON file."""
    return _file(f"{name}.ndjson", "application/x-ndjson", ndjson_lines(rows))


def _file(name: str, kind: str, lines: Iterator[str]) -> flask.Response:
    response = flask.Response(flask.stream_with_context(lines), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
