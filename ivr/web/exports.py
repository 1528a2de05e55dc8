"""Rows as a file to save, written as it is read: CSV with a line of columns, or NDJSON, an object a line."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from typing import TYPE_CHECKING, Any

import flask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Rows = Iterable[Mapping[str, Any]]


def as_csv(name: str, columns: Sequence[str], rows: Rows) -> flask.Response:
    """A CSV file. Each row has these columns, in this order."""
    lines = chain((columns,), (row.values() for row in rows))
    return _file(f"{name}.csv", "text/csv; charset=utf-8", map(_line, lines))


def as_ndjson(name: str, rows: Rows) -> flask.Response:
    """An NDJSON file."""
    return _file(f"{name}.ndjson", "application/x-ndjson", (json.dumps(row) + "\n" for row in rows))


def _line(values: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _file(name: str, kind: str, lines: Iterator[str]) -> flask.Response:
    response = flask.Response(flask.stream_with_context(lines), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
