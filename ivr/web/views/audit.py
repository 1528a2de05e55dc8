"""The audit: who changed or looked at what, a day at a time. It can only be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import flask
from flask import g

from ivr.desk import audit
from ivr.desk.days import Days
from ivr.desk.statistics import this_day
from ivr.pseudonym import shortened
from ivr.web.attributes import differences
from ivr.web.forms import cursor
from ivr.web.forms import day as named_day
from ivr.web.rendering import chosen_words, masked
from ivr.web.roles import Right, needs

if TYPE_CHECKING:
    from ivr.desk.audit import AuditEntry

pages = flask.Blueprint("audit", __name__)


@pages.get("/audit")
@needs(Right.READ)
def show() -> str:
    """Show a day's entries, the newest first."""
    context = g.site.context
    today = this_day(context)
    day = named_day("day", today)
    days = Days.on(day.isoformat(), context.settings.timezone)
    page = audit.of_days(context, days, after=cursor(day.isoformat()))
    return flask.render_template(
        "audit.html",
        entries=[(one, about(one), differences(one)) for one in page.entries],
        next=page.next,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
    )


def about(one: AuditEntry) -> str:
    """What an entry is about, as it may be shown: numbers masked, pseudonyms shortened."""
    if one.action == audit.Action.EXPORT:
        return " ".join(chosen_words().word("exported", word) for word in one.what.split())
    if one.about in audit.NAMED_IN_CLEAR:
        return one.what
    # Forgetting puts a pseudonym in the place of a number; what a newer release names may be either.
    return masked(one.what) if one.what.removeprefix("+").isdecimal() else shortened(one.what)
