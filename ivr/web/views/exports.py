"""Files to save: the callers with reports, the desk's decisions, a day's reports as they are chosen, a day's audit."""

from __future__ import annotations

import flask
from flask import g, request

from ivr.desk import audit, decisions, ranking
from ivr.desk.days import Days
from ivr.desk.exports import AUDIT, CALLERS, RANKED, REPORTS
from ivr.desk.report_pages import Wanted, all_of
from ivr.desk.statistics import this_day
from ivr.desk.whole_lists import MOST_CALLERS, MOST_DECISIONS, MOST_ENTRIES, PAGE, read_all
from ivr.web.exports import Chosen, offer
from ivr.web.forms import day

pages = flask.Blueprint("exports", __name__)


def _callers() -> Chosen:
    """The callers with reports, by number: their order by reports changes as reports come in."""
    context = g.site.context
    return Chosen("reported", read_all(lambda after: ranking.by_number(context, after, PAGE), MOST_CALLERS))


def _decisions() -> Chosen:
    context = g.site.context
    return Chosen("decisions", read_all(lambda after: decisions.page(context, after=after, most=PAGE), MOST_DECISIONS))


def _reports() -> Chosen:
    """A day's reports, newest first. Those that come in meanwhile are newer than the first, and so change nothing."""
    asked, days = _day()
    wanted = Wanted(*(request.args.get(name, "") for name in Wanted._fields))
    return Chosen(f"reports {asked}", all_of(g.site.context, days, wanted))


def _audit() -> Chosen:
    """A day's entries, newest first; that of this file itself is the first of today's."""
    context, (asked, days) = g.site.context, _day()
    entries = read_all(lambda after: audit.of_days(context, days, after=after, most=PAGE), MOST_ENTRIES)
    return Chosen(f"audit {asked}", entries)


def _day() -> tuple[str, Days]:
    asked = day("day", this_day(g.site.context)).isoformat()
    return asked, Days.on(asked, g.site.context.settings.timezone)


offer(pages, "/callers/reported", "callers", RANKED, _callers)
offer(pages, "/callers/decided", "decisions", CALLERS, _decisions)
offer(pages, "/reports", "reports", REPORTS, _reports)
offer(pages, "/audit", "audit", AUDIT, _audit)
