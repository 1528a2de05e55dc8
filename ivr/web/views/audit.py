"""The audit: who changed or looked at what, a day at a time. It can only be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import flask
from flask import g

from ivr.desk import audit
from ivr.web.forms import cursor
from ivr.web.forms import day as named_day
from ivr.web.rendering import chosen_words, masked
from ivr.web.roles import Right, needs

pages = flask.Blueprint("audit", __name__)
_NUMBER = re.compile(r"\+?[0-9]{7,15}", re.ASCII)
_FIRST_MOMENT = 1_000_000_000  # epoch seconds: no count of a record is as large, and telephone numbers are texts
_OF_NUMBERS = frozenset({audit.About.CALLER, audit.About.LINE})


@pages.get("/audit")
@needs(Right.READ)
def show() -> str:
    """Show a day's entries (UTC, as entries are kept), the newest first."""
    today = datetime.fromtimestamp(g.site.context.now(), UTC).date()
    day = named_day("day", today)
    page = audit.of_day(g.site.context, day.isoformat(), after=cursor(day.isoformat()))
    return flask.render_template(
        "audit.html",
        entries=[(one, _what(one), _differences(one)) for one in page.entries],
        next=page.next,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
    )


def _what(one: audit.AuditEntry) -> str:
    return masked(one.what) if one.about in _OF_NUMBERS else one.what


def _differences(one: audit.AuditEntry) -> list[tuple[str, str, str]]:
    """What differs between before and after: attribute, before, after. Numbers are masked, and times read as times."""
    before, after = one.before or {}, one.after or {}
    names = sorted({*before, *after})
    return [
        (name, _shown(before.get(name)), _shown(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _shown(value: object) -> str:
    if isinstance(value, int) and value >= _FIRST_MOMENT:
        return chosen_words().moment(value)
    return "" if value is None else _NUMBER.sub(lambda found: masked(found[0]), str(value))
