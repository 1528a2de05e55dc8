"""Statistics: the days' numbers as tables and charts, and as CSV or NDJSON. One read for each 25 days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flask
from flask import g

from ivr.desk.statistics import MOST_DAYS, DayNumbers, of_days, this_day, total
from ivr.web import exports
from ivr.web.charts import bars
from ivr.web.forms import day
from ivr.web.rendering import chosen_words
from ivr.web.roles import Right, needs

pages = flask.Blueprint("statistics", __name__)
USUAL_DAYS = 7
# The columns of an export, in their order: the day, then these numbers of it (docs/desk.md).
PLAIN = (
    "calls",
    "reports",
    "losses",
    "verified",
    "counted",
    "withdrawn",
    "stars",
    "call_backs_asked",
    "call_backs_done",
    "call_backs_late",
    "sms_sent",
    "sms_failed",
    "sms_unknown",
    "disputes_opened",
    "disputes_cleared",
    "disputes_kept",
    "messages",
)
GROUPED = ("by_verdict", "by_outcome", "by_category", "by_reason")


@pages.get("/statistics")
@needs(Right.READ)
def show() -> str:
    """Show the numbers of some days."""
    days, spoken = _days(), chosen_words()
    numbers, rtl = total(days), spoken.direction == "rtl"
    named = [spoken.short_day(one.day) for one in days]
    each = [one.numbers for one in days]
    hours = [f"{hour:02}" for hour in range(24)]
    return flask.render_template(
        "statistics.html",
        days=days,
        numbers=numbers,
        most_days=MOST_DAYS,
        by_day=bars(named, [one.calls for one in each], [one.reports for one in each], right_to_left=rtl),
        by_hour=bars(hours, numbers.calls_by_hour, numbers.reports_by_hour, right_to_left=rtl),
    )


@pages.get("/statistics.csv")
@needs(Right.READ)
def as_csv() -> flask.Response:
    """Export the numbers of some days, a day a row."""
    rows = _rows()
    return exports.as_csv("statistics", list(rows[0]), rows)


@pages.get("/statistics.ndjson")
@needs(Right.READ)
def as_ndjson() -> flask.Response:
    """Export the same, a JSON object a line."""
    return exports.as_ndjson("statistics", _rows())


def _rows() -> list[dict[str, Any]]:
    return [_row(one) for one in _days()]


def _row(one: DayNumbers) -> dict[str, Any]:
    numbers = one.numbers
    row: dict[str, Any] = {"day": one.day.isoformat(), **{name: getattr(numbers, name) for name in PLAIN}}
    for group in GROUPED:
        counts = {"other": 0, **getattr(numbers, group)}  # a column of each day: a newer release may count other words
        row |= {f"{group.removeprefix('by_')}_{word}": count for word, count in counts.items()}
    return row


def _days() -> list[DayNumbers]:
    """The days that the address names, else the last week. Raises ``DeskError``."""
    last = day("to", this_day(g.site.context))
    return of_days(g.site.context, day("from", last - timedelta(days=USUAL_DAYS - 1)), last)
