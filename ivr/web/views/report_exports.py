"""A day's reports as CSV and NDJSON, as they are chosen on the page Reports. Numbers are masked, as they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask
from flask import g, request

from ivr.desk import audit
from ivr.desk.days import Days
from ivr.desk.exports import REPORTS
from ivr.desk.report_pages import Wanted, all_of
from ivr.desk.statistics import this_day
from ivr.web import exports
from ivr.web.forms import actor, day
from ivr.web.rendering import masked
from ivr.web.roles import Right, needs

if TYPE_CHECKING:
    from collections.abc import Iterator

pages = flask.Blueprint("report_exports", __name__)


@pages.get("/reports.csv")
@needs(Right.READ)
def as_csv() -> flask.Response:
    """Export the reports of a day, one a row."""
    return exports.as_csv("reports", REPORTS.columns, _rows())


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
    return REPORTS.rows(all_of(context, Days.on(asked, context.settings.timezone), wanted), masked)
