"""What a person reads when a page is refused, is not there or fails: what is wrong, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from ivr.desk import audit
from ivr.desk.actor import Actor
from ivr.desk.change import ChangedError
from ivr.store import StoreUnavailableError
from ivr.web.rendering import chosen_words

if TYPE_CHECKING:
    from werkzeug.exceptions import HTTPException

    from ivr.desk.errors import DeskError

_NOBODY = Actor("nobody")


def refuse(status: int, why: str = "") -> tuple[str, int]:
    """Refuse a request. 401 and 403 are written to the audit.

    What nobody who is signed in asks for is written once a minute and status, or anybody could fill the table.
    """
    if status in {401, 403}:
        _note(status, why)
    return _page(f"refused.{why or status}"), status


def _note(status: int, why: str) -> None:
    site, person = flask.g.site, flask.g.person
    route = str(flask.request.url_rule or "no such page")
    what = f"{status} {flask.request.method} {route}"
    site.log.count("desk_refused", status=status, why=why or str(status))
    by = Actor(person.name, person.subject) if person else _NOBODY
    entry = audit.entry(site.context, audit.Action.REFUSED, by=by, what=what)
    try:
        audit.append(site.context, entry if person else audit.once_a_minute(entry, status))
    except StoreUnavailableError as error:
        site.log.failed("desk_failed", error)


def explain(error: DeskError) -> tuple[str, int]:
    """Show what the desk's rules refuse, and whose change it was that came before."""
    if isinstance(error, ChangedError):
        return _page("refused.changed", entry=error.entry), 409
    return _page("refused.rule", reason(error)), 409


def reason(error: DeskError) -> str:
    """Why the desk's rules refuse something, in the reader's language and without the number that it is about."""
    return chosen_words().text(f"error.{error.code}")


def unavailable(error: StoreUnavailableError) -> tuple[str, int]:
    """Show that the table does not answer."""
    flask.g.site.log.failed("desk_failed", error)
    return _page("refused.unavailable"), 503


def plain(error: HTTPException) -> flask.typing.ResponseReturnValue:
    """Show an error of HTTP."""
    status = error.code or 500
    if status < 400:  # a redirect
        return error.get_response()
    return _page(f"refused.{status}" if status in {400, 404, 405, 413} else "refused.400"), status


def failed(error: Exception) -> tuple[str, int]:
    """Show that something is wrong here, without a traceback."""
    flask.g.site.log.failed("desk_failed", error)
    return _page("refused.500"), 500


def _page(key: str, detail: str = "", **more: object) -> str:
    return flask.render_template("refused.html", key=key, detail=detail, back=flask.g.get("back", ""), **more)
