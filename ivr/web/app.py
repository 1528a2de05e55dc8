"""The desk's Flask application.

Every page names the right that it needs (``ivr.web.roles.needs``); a page that names none stops the start. So no page
can be forgotten: what is not named is not served.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import flask
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from ivr.desk.errors import DeskError
from ivr.store import StoreUnavailableError
from ivr.web import headers, refusals, rendering
from ivr.web.roles import Right, right_for
from ivr.web.sessions import current
from ivr.web.signing_in import SigningIn
from ivr.web.views import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.web.site import Site

PREFIX = "/desk"
COOKIE = "desk_session"
MOST_FORM_BYTES = 64 * 1024
_HERE = Path(__file__).parent


class OpenPageError(RuntimeError):
    """A page names no right: anybody could read it."""


def create_app(site: Site, *, clock: Callable[[], float] = time.time) -> flask.Flask:
    """Build the application of one deployment. ``clock`` is for sessions alone. Raises ``OpenPageError``."""
    app = flask.Flask(
        __name__,
        static_folder=str(_HERE / "static"),
        static_url_path=f"{PREFIX}/static",
        template_folder=str(_HERE / "templates"),
    )
    app.config.update(
        SECRET_KEY=site.derived_key("session"),
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # Strict would lose the session on the way back from the issuer
        SESSION_COOKIE_SECURE=not site.is_local,
        MAX_CONTENT_LENGTH=MOST_FORM_BYTES,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, and these pages send none
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # a file's address holds a hash of what is in it
        SITE=site,
    )
    app.jinja_options = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    signing_in = SigningIn(app, site)

    @app.before_request
    def admit() -> flask.typing.ResponseReturnValue | None:
        flask.g.site, flask.g.person = site, None
        if flask.request.endpoint == "static":  # of no session: a shared cache may keep the answer with its cookies
            return None
        flask.g.person = current(site, int(clock()))
        if flask.request.endpoint is None:
            return refusals.refuse(404) if flask.g.person else refusals.refuse(401)
        needed = right_for(_view(app))
        if needed is Right.NONE:
            return None
        if flask.g.person is None:
            return refusals.refuse(401)
        return None if needed and flask.g.person.may(needed) else refusals.refuse(403)

    CSRFProtect(app)  # after admit: who is not signed in learns nothing of tokens
    app.register_blueprint(signing_in.pages(clock), url_prefix=PREFIX)
    for pages in PAGES:
        app.register_blueprint(pages, url_prefix=PREFIX)
    rendering.prepare(app)
    app.after_request(headers.protect)
    app.register_error_handler(CSRFError, lambda _: refusals.refuse(403, "csrf"))
    app.register_error_handler(DeskError, refusals.explain)
    app.register_error_handler(StoreUnavailableError, refusals.unavailable)
    app.register_error_handler(HTTPException, refusals.plain)
    app.register_error_handler(Exception, refusals.failed)
    open_pages = [name for name, view in app.view_functions.items() if name != "static" and right_for(view) is None]
    if open_pages:
        raise OpenPageError(f"{', '.join(open_pages)}: name the right that each needs (ivr.web.roles.needs)")
    return app


def _view(app: flask.Flask) -> object:
    return app.view_functions[flask.request.endpoint or ""]
