"""What a form brings: who sent it, what they saw, and its fields. And what follows a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask
from flask import g, request

from ivr.desk.actor import Actor, form_word
from ivr.desk.days import read_day
from ivr.web.rendering import chosen_words, cursor_kind, ids

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

_TOKEN = "csrf_token"  # noqa: S105  # the name of a field


def actor() -> Actor:
    """The person who sent this form; sent twice, it changes once."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != _TOKEN]
    return Actor(g.person.name, g.person.subject, form_word(fields) if "form" in request.form else "")


def seen() -> str:
    """The fingerprint of what the person saw as they sent the form. A form without one saw nothing that is stored."""
    return request.form.get("seen", "")


def field(name: str) -> str:
    """A field's text, without blanks around it; empty where it is missing."""
    return request.form.get(name, "").strip()


def day(name: str, usual: date) -> date:
    """The day that the address names, as 2026-11-26. Raises ``DeskError``."""
    text = request.args.get(name, "")
    return read_day(text) if text else usual


def revealed(kind: str, opaque: str) -> str:
    """What an id in an address stands for. Anything else is no page."""
    value = ids(kind).reveal(opaque)
    if value is None:
        flask.abort(404)
    return value


def cursor(part: str = "") -> str:
    """Where the page that the address names begins; empty: at the first one. Another list's cursor is no page."""
    after = request.args.get("after", "")
    return revealed(cursor_kind(part), after) if after else ""


def done(key: str, endpoint: str, **values: Any) -> Response:
    """Say that a change was made, on the page that follows it."""
    flask.flash(chosen_words().text(key), "good")
    return flask.redirect(flask.url_for(endpoint, **values), 303)
