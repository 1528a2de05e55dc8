"""What the desk changes about a caller: decide after a preview, take back, clear, keep, open a dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from flask import g

from ivr.desk import DeskError, decisions, disputes, preview
from ivr.desk.change import ChangedError
from ivr.web.forms import actor, done, field, revealed, seen
from ivr.web.refusals import reason
from ivr.web.roles import Right, needs
from ivr.web.views.callers import Wish, address_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = flask.Blueprint("caller_changes", __name__)


@pages.post("/callers/<caller_id>/decide")
@needs(Right.DECIDE)
def decide(caller_id: str) -> ResponseReturnValue:
    """Show what a decision would have done to last week's calls; sent again with ``make``, decide."""
    caller = _caller(caller_id)
    wish, problem, week = Wish(field("verdict"), field("note"), field("until")), "", None
    try:
        if field("step") == "make":
            decisions.decide(
                g.site.context, caller, wish.verdict, note=wish.note, by=actor(), until=wish.until or None, seen=seen()
            )
            return done("decide.done", "callers.show", caller_id=caller_id)
        week = preview.decision(g.site.context, caller, wish.verdict)
    except ChangedError:
        raise
    except DeskError as error:
        problem = reason(error)
    page = flask.render_template("decide.html", caller=caller, wish=wish, problem=problem, week=week, shown=seen())
    return page, 409 if problem else 200


@pages.post("/callers/<caller_id>/take-back")
@needs(Right.DECIDE)
def take_back(caller_id: str) -> ResponseReturnValue:
    """End the decision."""
    caller = _caller(caller_id)
    decisions.take_back(g.site.context, caller, note=field("note"), by=actor(), seen=seen())
    return done("take_back.done", "callers.show", caller_id=caller_id)


@pages.post("/callers/<caller_id>/clear")
@needs(Right.DECIDE)
def clear(caller_id: str) -> ResponseReturnValue:
    """Clear the caller: what was reported before counts no longer."""
    caller = _caller(caller_id)
    disputes.clear(g.site.context, caller, note=field("note"), by=actor(), seen=seen())
    return done("clear.done", "callers.show", caller_id=caller_id)


@pages.post("/callers/<caller_id>/keep")
@needs(Right.DECIDE)
def keep(caller_id: str) -> ResponseReturnValue:
    """Decide the dispute against the caller."""
    caller = _caller(caller_id)
    disputes.keep(g.site.context, caller, note=field("note"), by=actor(), seen=seen())
    return done("keep.done", "callers.show", caller_id=caller_id)


@pages.post("/callers/<caller_id>/dispute")
@needs(Right.DECIDE)
def dispute(caller_id: str) -> ResponseReturnValue:
    """Open a dispute for somebody who wrote or called."""
    caller = _caller(caller_id)
    disputes.open_dispute(g.site.context, caller, field("note"), by=actor(), seen=seen())
    return done("open_dispute.done", "callers.show", caller_id=caller_id)


def _caller(caller_id: str) -> str:
    """The caller of an address, to whose page a refused person is led back."""
    caller = revealed("caller", caller_id)
    g.back = address_of(caller)
    return caller
