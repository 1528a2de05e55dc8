"""A day's reports as CSV and NDJSON, as they are chosen on the page Reports. Numbers are masked, as they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask
from flask import g, request

from ivr.desk import audit
from ivr.desk.days import Days
from ivr.desk.report_pages import Wanted, all_of
from ivr.desk.reports import why_uncounted
from ivr.desk.statistics import this_day
from ivr.pseudonym import shortened
from ivr.records.base import moment_of
from ivr.web import exports
from ivr.web.forms import actor, day
from ivr.web.rendering import masked
from ivr.web.roles import Right, needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.report_pages import Report

pages = flask.Blueprint("report_exports", __name__)
COLUMNS = (
    "reported_at",
    "reference",
    "caller",
    "category",
    "loss",
    "verified",
    "counted",
    "why_uncounted",
    "withdrawn",
    "verdict",
    "reason",
    "reporter",
)


@pages.get("/reports.csv")
@needs(Right.READ)
def as_csv() -> flask.Response:
    """Export the reports of a day, one a row."""
    return exports.as_csv("reports", COLUMNS, _rows())


@pages.get("/reports.ndjson")
@needs(Right.READ)
def as_ndjson() -> flask.Response:
    """Export the same, a JSON object a line."""
    return exports.as_ndjson("reports", _rows())


def _rows() -> Iterator[dict[str, Any]]:
    """The rows, newest first. Reports that come in meanwhile are newer than the first, and so change nothing."""
    context = g.site.context
    asked = day("day", this_day(context)).isoformat()
    wanted = Wanted(*(request.args.get(name, "") for name in Wanted._fields))
    audit.looked(context, audit.Action.EXPORT, by=actor(), about=audit.About.NOTHING, what=f"reports {asked}")
    return (_row(report) for report in all_of(context, Days.on(asked, context.settings.timezone), wanted))


def _row(report: Report) -> dict[str, Any]:
    values = (
        moment_of(report.reported_at),
        report.reference,
        masked(report.caller) if report.caller else "",
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
    return dict(zip(COLUMNS, values, strict=True))
