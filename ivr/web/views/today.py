"""Today: what the desk should look at first."""

from __future__ import annotations

import flask

from ivr.web.roles import Right, needs

pages = flask.Blueprint("today", __name__)


@pages.get("")
@needs(Right.READ)
def show() -> str:
    """Show the day so far."""
    return flask.render_template("today.html")
