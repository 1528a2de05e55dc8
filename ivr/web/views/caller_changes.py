"""What the desk changes about a caller: decide, take back, clear and keep, each after its preview; open a dispute."""

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
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from ivr.desk import Context

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
    """Show what last week would have been without the decision; sent again with ``make``, end it."""
    return _changed(caller_id, "take_back", preview.take_back, decisions.take_back)


@pages.post("/callers/<caller_id>/clear")
@needs(Right.DECIDE)
def clear(caller_id: str) -> ResponseReturnValue:
    """Show what last week would have been without the reports; sent again with ``make``, clear the caller."""
    return _changed(caller_id, "clear", preview.clear, disputes.clear)


@pages.post("/callers/<caller_id>/keep")
@needs(Right.DECIDE)
def keep(caller_id: str) -> ResponseReturnValue:
    """Show what last week was; sent again with ``make``, decide the dispute against the caller."""
    return _changed(caller_id, "keep", preview.keep, disputes.keep)


@pages.post("/callers/<caller_id>/dispute")
@needs(Right.DECIDE)
def dispute(caller_id: str) -> ResponseReturnValue:
    """Open a dispute for somebody who wrote or called."""
    caller = _caller(caller_id)
    disputes.open_dispute(g.site.context, caller, field("note"), by=actor(), seen=seen())
    return done("open_dispute.done", "callers.show", caller_id=caller_id)


def _changed(
    caller_id: str, kind: str, trial: Callable[[Context, str], preview.LastWeek], make: Callable[..., object]
) -> ResponseReturnValue:
    caller, problem, week = _caller(caller_id), "", None
    try:
        if field("step") == "make":
            make(g.site.context, caller, note=field("note"), by=actor(), seen=seen())
            return done(f"{kind}.done", "callers.show", caller_id=caller_id)
        week = trial(g.site.context, caller)
    except ChangedError:
        raise
    except DeskError as error:
        problem = reason(error)
    page = flask.render_template(
        "change.html", kind=kind, caller=caller, note=field("note"), problem=problem, week=week, shown=seen()
    )
    return page, 409 if problem else 200


def _caller(caller_id: str) -> str:
    """The caller of an address, to whose page a refused person is led back."""
    caller = revealed("caller", caller_id)
    g.back = address_of(caller)
    return caller
