"""The stand-in for the desk's OpenID Connect issuer: four people, who are signed in with one click. On 127.0.0.1 alone.

It asks for no password, so no artifact holds it, and the settings of a deployment refuse an issuer without https.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import flask
from oidc_provider_mock import User, init_app

from infra.local.http_server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CLIENT_ID = "desk-on-a-laptop"
ROLE_CLAIM = "roles"
PEOPLE = (
    User(sub="reader", claims={"name": "Rahma (reader)", ROLE_CLAIM: ["reader"]}),
    User(sub="agent", claims={"name": "Adil (agent)", ROLE_CLAIM: ["agent"]}),
    User(sub="decider", claims={"name": "Dana (decider)", ROLE_CLAIM: ["decider"]}),
    User(sub="no-role", claims={"name": "Nasser (no role)"}),
)


def create_issuer() -> LoopbackServer:
    """The issuer's server, which is not started yet. Its address is the issuer's name."""
    made, one_at_a_time = lru_cache(maxsize=1)(_issuer), Lock()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with one_at_a_time:
            issuer = made()  # at the first request: to draw its key takes longer than all else of a stack's start
        return issuer(environ, start_response)

    return LoopbackServer(answer)


def _issuer() -> flask.Flask:
    app = flask.Flask("oidc_provider_mock")
    plain = app.wsgi_app
    init_app(app, require_nonce=True, issue_refresh_token=False, user_claims=PEOPLE)
    app.debug, app.wsgi_app = False, plain  # type: ignore[method-assign]  # without the debugger that it brings along
    app.secret_key = secrets.token_bytes(16)
    return app
