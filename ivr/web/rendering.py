"""What every template may use: the words of the reader's language, addresses, and how things are shown."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask
from flask import g, request, session

from ivr.desk.actor import new_form
from ivr.desk.reports import why_uncounted
from ivr.desk.seen import fingerprint
from ivr.pseudonym import shortened
from ivr.records.base import is_in_force
from ivr.web import words
from ivr.web.opaque_ids import OpaqueIds
from ivr.web.roles import Right
from ivr.web.sessions import LANGUAGE

if TYPE_CHECKING:
    from ivr.web.words import Words


# A page's name among the desk's words, and its endpoint.
MENU = (
    ("today", "today.show"),
    ("callers", "callers.most_reported"),
    ("reports", "reports.show"),
    ("rules", "rules.show"),
    ("lines", "lines.show"),
    ("call_backs", "call_backs.show"),
    ("statistics", "statistics.show"),
    ("audit", "audit.show"),
)


_MOST_SHOWN = 3  # digits of a masked number


def chosen_words() -> Words:
    """The words of the language that the session keeps, else of the best that the browser asks for."""
    if "words" not in g:
        settings, known = g.site.context.settings, words.spoken_here()
        code = session.get(LANGUAGE) or request.accept_languages.best_match(known)
        g.words = words.load(code if code in known else words.usual(settings), settings)
    loaded: Words = g.words
    return loaded


def masked(number: str) -> str:
    """A number with its last three digits, but never more than half of them: a short code has few."""
    shown = min(_MOST_SHOWN, len(number.removeprefix("+")) // 2)
    return f"•••{number[len(number) - shown :]}"


def ids(kind: str) -> OpaqueIds:
    """The ids of one kind, such as "caller", in this deployment's addresses."""
    return OpaqueIds(g.site.derived_key("ids"), kind)


def cursor_kind(part: str = "") -> str:
    """The kind of the cursors of the list that this page shows, such as a caller's, or of a part of it."""
    return f"cursor {request.endpoint} {sorted((request.view_args or {}).items())} {part}"


def prepare(app: flask.Flask) -> None:
    """Give the templates what they use."""
    app.add_template_filter(shortened)
    static = Path(app.static_folder or "")

    @lru_cache(maxsize=32)
    def content_hash(name: str) -> str:
        return hashlib.sha256((static / name).read_bytes()).hexdigest()[:12]

    def asset(name: str) -> str:
        return flask.url_for("static", filename=name, v=content_hash(name))

    @app.context_processor
    def values() -> dict[str, Any]:
        spoken = chosen_words()
        return {
            "t": spoken.text,
            "word": spoken.word,
            "words": spoken,
            "languages": [words.load(code, g.site.context.settings) for code in words.spoken_here()],
            "person": g.person,
            "now": g.site.context.now(),
            "menu": MENU,
            "Right": Right,
            "masked": masked,
            "id_of": lambda kind, value: ids(kind).hide(value),
            "cursor_of": lambda place, part="": ids(cursor_kind(part)).hide(place),
            "asset": asset,
            "new_form": new_form,
            "fingerprint": fingerprint,
            "is_in_force": is_in_force,
            "why_uncounted": why_uncounted,
        }
