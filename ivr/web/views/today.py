"""Today: what the desk should look at first."""

from __future__ import annotations

import flask
from flask import g

from ivr.desk.today import today
from ivr.web.roles import Right, needs

pages = flask.Blueprint("today", __name__)
MOST_SHOWN = 10  # of each list; its own page has them all


@pages.get("")
@needs(Right.READ)
def show() -> str:
    """Show the day so far."""
    return flask.render_template("today.html", today=today(g.site.context), most=MOST_SHOWN)
