"""Reports: a day's, by what is wanted; one by its spoken reference; and a report's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from flask import g, request

from ivr.desk import calls, reports
from ivr.desk.days import Days
from ivr.desk.report_pages import CATEGORIES, Wanted, page
from ivr.desk.statistics import this_day
from ivr.web.forms import actor, cursor, field, revealed
from ivr.web.forms import day as named_day
from ivr.web.rendering import chosen_words, ids
from ivr.web.roles import Right, needs

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from ivr.desk.report_pages import Report

pages = flask.Blueprint("reports", __name__)
STATES = ("verified", "unverified", "withdrawn")


def id_of(report: Report) -> str:
    """The id of a report in an address."""
    return ids("report").hide(report.source)


def named(report_id: str) -> reports.Found:
    """The report of an address; one that is there no longer is answered with 404."""
    call_sid, _, which = revealed("report", report_id).partition("#")
    found = reports.one(g.site.context, call_sid, which)
    if found is None:
        flask.abort(404)
    return found


@pages.get("/reports")
@needs(Right.READ)
def show() -> str:
    """Show a day's reports, newest first."""
    context, spoken = g.site.context, chosen_words()
    today = this_day(context)
    asked = named_day("day", today)
    day = asked.isoformat()
    wanted = Wanted(*(request.args.get(name, "") for name in Wanted._fields))
    found = page(context, Days.on(day, context.settings.timezone), wanted, after=cursor())
    every = ("", spoken.text("all"))
    return flask.render_template(
        "reports.html",
        day=day,
        is_today=asked == today,
        wanted=wanted,
        found=found,
        categories=[every, *((one, spoken.text(f"category.{one}")) for one in (*CATEGORIES, "none"))],
        losses=[every, ("yes", spoken.text("yes")), ("no", spoken.text("no")), ("none", spoken.text("not_said"))],
        states=[every, *((one, spoken.text(f"reports.{one}")) for one in STATES)],
    )


@pages.post("/reports/search")
@needs(Right.READ)
def search() -> ResponseReturnValue:
    """Lead to the report with a spoken reference; where several have it, show them to choose from."""
    g.back = flask.url_for("reports.show")
    found = reports.by_reference(g.site.context, field("reference"))
    if len(found) == 1:
        return flask.redirect(flask.url_for("reports.report", report_id=id_of(found[0])), 303)
    return flask.render_template("report_choice.html", reports=found)


@pages.get("/reports/<report_id>")
@needs(Right.READ)
def report(report_id: str) -> str:
    """Show a report with its call and what followed."""
    return _page(report_id, named(report_id))


@pages.post("/reports/<report_id>/confirm")
@needs(Right.READ)
def confirm(report_id: str) -> str:
    """Show the same, and whether its reporter is the person whose number is typed; the audit keeps who asked."""
    found = named(report_id)
    g.back = flask.url_for("reports.report", report_id=report_id)
    [is_theirs] = reports.confirm(g.site.context, [found.report], field("number"), by=actor())
    return _page(report_id, found, is_theirs=is_theirs)


def _page(report_id: str, found: reports.Found, *, is_theirs: bool | None = None) -> str:
    return flask.render_template(
        "report.html",
        report=found.report,
        voicemail=found.voicemail,
        call=calls.file(g.site.context, found.report.call_sid),
        report_id=report_id,
        is_theirs=is_theirs,
    )
