"""The stand-in for the desk's OpenID Connect issuer: four people, who are signed in with one click. On 127.0.0.1 alone.

It asks for no password, so no artifact holds it, and the settings of a deployment refuse an issuer without https.
"""

from __future__ import annotations

import secrets
import warnings
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import flask

from infra.local.http_server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CLIENT_ID = "desk-on-a-laptop"
ROLE_CLAIM = "roles"
PEOPLE = (  # the subject, which is also the role, and the name
    ("reader", "Rahma (reader)"),
    ("agent", "Adil (agent)"),
    ("decider", "Dana (decider)"),
    ("no-role", "Nasser (no role)"),
)


def create_issuer() -> LoopbackServer:
    """The issuer's server, which is not started yet. Its address is the issuer's name."""
    made, one_at_a_time = lru_cache(maxsize=1)(_issuer), Lock()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with one_at_a_time:
            issuer = made()  # at the first request: its import and its key take longer than all else of a stack's start
        return issuer(environ, start_response)

    return LoopbackServer(answer)


def _issuer() -> flask.Flask:
    with warnings.catch_warnings():  # what its libraries deprecate helps no user of `ivr`
        import authlib.deprecate  # noqa: F401  # first, for it turns these warnings on

        warnings.simplefilter("ignore")
        from oidc_provider_mock import User, init_app
    people = [
        User(sub=subject, claims={"name": name, **({} if subject == "no-role" else {ROLE_CLAIM: [subject]})})
        for subject, name in PEOPLE
    ]
    app = flask.Flask("oidc_provider_mock")
    plain = app.wsgi_app
    init_app(app, require_nonce=True, issue_refresh_token=False, user_claims=people)
    app.debug, app.wsgi_app = False, plain  # type: ignore[method-assign]  # without the debugger that it brings along
    app.secret_key = secrets.token_bytes(16)
    return app
