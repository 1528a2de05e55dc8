"""Callers: the most reported, a search by number, and a caller's page with their calls and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import flask
from flask import g, request

from ivr.desk import audit, caller_file, caller_history, decisions, disputes
from ivr.desk.audit import About, Action
from ivr.desk.ranking import most_reported as ranked
from ivr.desk.searching import find_caller
from ivr.web.charts import bars
from ivr.web.forms import actor, cursor, field, revealed
from ivr.web.rendering import chosen_words, ids
from ivr.web.roles import Right, needs
from ivr.web.scales import scales

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = flask.Blueprint("callers", __name__)
SHOWN = 10  # of their calls and reports, on their page; further pages have the others
STATES = (disputes.OPEN, disputes.KEPT, disputes.CLEARED)
HISTORY = 20  # entries of the audit


class Wish(NamedTuple):
    """What somebody typed about a decision."""

    verdict: str = "flagged"
    note: str = ""
    until: str = ""


def address_of(number: str) -> str:
    """The address of a caller's page."""
    return flask.url_for("callers.show", caller_id=ids("caller").hide(number))


@pages.get("/callers")
@needs(Right.READ)
def most_reported() -> str:
    """Show the callers with the most reports, a page at a time."""
    found = ranked(g.site.context, cursor())
    return flask.render_template("callers.html", callers=found.callers, next=found.next)


@pages.get("/callers/decided")
@needs(Right.READ)
def decided() -> str:
    """Show the desk's decisions on numbers, those that are over too, a page at a time."""
    page = decisions.page(g.site.context, after=cursor())
    return flask.render_template("decisions.html", page=page)


@pages.get("/callers/disputes")
@needs(Right.READ)
def disputed() -> str:
    """Show the disputes in a state: those that wait, the oldest first, or those decided, the newest first."""
    state = request.args.get("state", disputes.OPEN)
    if state not in STATES:
        flask.abort(404)
    is_open = state == disputes.OPEN
    page = disputes.page(g.site.context, state, newest_first=not is_open, after=cursor(state))
    return flask.render_template("disputes.html", page=page, state=state, states=STATES)


@pages.post("/callers/search")
@needs(Right.READ)
def search() -> Response:
    """Lead to the page of a caller whose number is typed, in any spelling; the audit keeps who searched."""
    g.back = flask.url_for("callers.most_reported")
    return flask.redirect(address_of(find_caller(g.site.context, field("number"), by=actor())), 303)


@pages.get("/callers/<caller_id>")
@needs(Right.READ)
def show(caller_id: str) -> str:
    """Show what is known about a caller."""
    return _page(revealed("caller", caller_id))


@pages.post("/callers/<caller_id>/number")
@needs(Right.READ)
def show_number(caller_id: str) -> str:
    """Show the same with the whole number, in this answer only; the audit keeps who looked."""
    caller = revealed("caller", caller_id)
    audit.looked(g.site.context, Action.SHOW_NUMBER, by=actor(), about=About.CALLER, what=caller)
    return _page(caller, is_shown=True)


@pages.get("/callers/<caller_id>/calls")
@needs(Right.READ)
def calls(caller_id: str) -> str:
    """Show a page of the caller's calls."""
    caller = revealed("caller", caller_id)
    found = caller_history.calls_of(g.site.context, caller, before=cursor())
    return flask.render_template("caller_list.html", caller=caller, kind="calls", calls=found.calls, next=found.next)


@pages.get("/callers/<caller_id>/reports")
@needs(Right.READ)
def reports(caller_id: str) -> str:
    """Show a page of the reports about the caller."""
    caller = revealed("caller", caller_id)
    found = caller_history.reports_on(g.site.context, caller, before=cursor())
    return flask.render_template(
        "caller_list.html", caller=caller, kind="reports", reports=found.reports, next=found.next
    )


@pages.get("/callers/<caller_id>/audit")
@needs(Right.READ)
def history(caller_id: str) -> str:
    """Show a page of what was done about the caller."""
    caller = revealed("caller", caller_id)
    found = audit.of(g.site.context, About.CALLER, caller, after=cursor())
    return flask.render_template(
        "caller_list.html", caller=caller, kind="audit", entries=found.entries, next=found.next
    )


def _page(caller: str, *, is_shown: bool = False) -> str:
    context, spoken = g.site.context, chosen_words()
    rtl = spoken.direction == "rtl"
    file = caller_file.of(context, caller, audit_entries=HISTORY)
    weeks = caller_history.evidence_by_week(context, caller)
    sums = file.explanation.reputation
    return flask.render_template(
        "caller.html",
        file=file,
        is_shown=is_shown,
        may_decide=g.person.may(Right.DECIDE),
        wish=Wish(),
        laid=scales(sums, right_to_left=rtl) if sums else None,
        weeks=weeks,
        by_week=bars(
            [spoken.short_day(one.monday) for one in weeks],
            [one.reports for one in weeks],
            [one.trusts for one in weeks],
            right_to_left=rtl,
        ),
        calls=caller_history.calls_of(context, caller, SHOWN).calls,
        reports=caller_history.reports_on(context, caller, SHOWN).reports,
    )
