"""Call-backs that customer care owes: losses first, the overdue marked. One agent takes each, and closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from flask import g, request, url_for

from ivr.desk import Code, DeskError, audit, call_backs
from ivr.desk.today import MOST_CALL_BACKS, owed_call_backs
from ivr.web.forms import actor, done, field, revealed, seen
from ivr.web.roles import Right, needs

if TYPE_CHECKING:
    from ivr.desk.today import OwedCallBack

pages = flask.Blueprint("call_backs", __name__)
KIND = "call_back"
A_PAGE = 25


@pages.get("/call-backs")
@needs(Right.READ)
def show() -> str:
    """Show the call-backs that are not done."""
    return _listed(*owed_call_backs(g.site.context), at=request.args.get("from", default=0, type=int))


@pages.post("/call-backs/<call_back_id>/number")
@needs(Right.CALL_BACK)
def show_number(call_back_id: str) -> str:
    """Show one customer's number, in this answer alone."""
    ticket, _ = _named(call_back_id)
    owed, more = owed_call_backs(g.site.context)
    one = _found(owed, ticket)
    audit.looked(
        g.site.context, audit.Action.SHOW_NUMBER, by=actor(), about=audit.About.CALL_BACK, what=one.call_back.ticket
    )
    return _listed(owed, more, at=_in_order(owed).index(one), shown=ticket)


@pages.post("/call-backs/<call_back_id>/take")
@needs(Right.CALL_BACK)
def take(call_back_id: str) -> flask.typing.ResponseReturnValue:
    """Take a call-back: it is in progress, and nobody else's."""
    ticket, person = _named(call_back_id)
    call_backs.take(g.site.context, ticket, by=actor(), person=person, seen=seen())
    return done("call_backs.taken", "call_backs.show")


@pages.post("/call-backs/<call_back_id>/give-back")
@needs(Right.CALL_BACK)
def give_back(call_back_id: str) -> flask.typing.ResponseReturnValue:
    """Give a call-back back, undone."""
    ticket, person = _named(call_back_id)
    call_backs.give_back(g.site.context, ticket, by=actor(), person=person, seen=seen())
    return done("call_backs.given_back", "call_backs.show")


@pages.post("/call-backs/<call_back_id>/done")
@needs(Right.CALL_BACK)
def finish(call_back_id: str) -> flask.typing.ResponseReturnValue:
    """Close a call-back with what came of it."""
    ticket, person = _named(call_back_id)
    call_backs.done(g.site.context, ticket, field("note"), by=actor(), person=person, seen=seen())
    return done("call_backs.finished", "call_backs.show")


def _listed(owed: list[OwedCallBack], more: bool, *, at: int, shown: str = "") -> str:  # noqa: FBT001  # as it is read
    """The page of the list that holds this place."""
    ordered = _in_order(owed)
    begin = min(max(at, 0), max(len(ordered) - 1, 0)) // A_PAGE * A_PAGE
    after = begin + A_PAGE
    following = url_for("call_backs.show") + f"?from={after}"
    return flask.render_template(
        "call_backs.html",
        owed=ordered[begin:after],
        next_page=following if after < len(ordered) else "",
        count=len(ordered),
        more=more,
        most=MOST_CALL_BACKS,
        shown=shown,
    )


def _in_order(owed: list[OwedCallBack]) -> list[OwedCallBack]:
    """Those that this person has taken come first: they are to be finished."""
    return sorted(owed, key=lambda one: one.call_back.taken_by != g.person.name)


def _named(call_back_id: str) -> tuple[str, str]:
    ticket, _, person = revealed(KIND, call_back_id).partition("#")
    return ticket, person


def _found(owed: list[OwedCallBack], ticket: str) -> OwedCallBack:
    for one in owed:
        if one.call_back.ticket == ticket:
            return one
    raise DeskError(Code.UNKNOWN_TICKET, f"the call-back {ticket} is not owed any more")
