"""Signing in and out: OpenID Connect's code flow with PKCE, by Authlib. No token is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import flask
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import g, request, session
from joserfc.errors import JoseError

from ivr.web import refusals, sessions, words
from ivr.web.roles import Right, needs, roles_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.web.site import Site

_SCOPE = "openid profile"
_METADATA = "/.well-known/openid-configuration"
_WAITS_SECONDS = 5
_WRONG = (
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    RuntimeError,
    # Authlib takes an issuer's JSON for what it should be.
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
_SUBJECT = re.compile(r"[ -~]{1,255}", re.ASCII)  # as OpenID Connect Core says, section 2
_NAMES = ("name", "preferred_username", "cognito:username", "email", "sub")


class SigningIn:
    """The issuer of one deployment. It is first asked when somebody signs in."""

    def __init__(self, app: flask.Flask, site: Site) -> None:
        settings = site.context.settings
        self._site = site
        self._issuer = OAuth(app).register(
            "issuer",
            client_id=settings.desk_oidc_client_id,
            client_secret=site.client_secret or None,
            server_metadata_url=settings.desk_oidc_issuer.rstrip("/") + _METADATA,
            client_kwargs={
                "scope": _SCOPE,
                "code_challenge_method": "S256",
                # A public client has no secret to keep: PKCE protects the code.
                "token_endpoint_auth_method": "client_secret_basic" if site.client_secret else "none",
                "timeout": _WAITS_SECONDS,
            },
        )

    def pages(self, clock: Callable[[], float]) -> flask.Blueprint:
        """The pages of signing in and out, and of choosing the language, which everybody may."""
        pages = flask.Blueprint("signing_in", __name__)

        @pages.get("/sign-in")
        @needs(Right.NONE)
        def sign_in() -> flask.typing.ResponseReturnValue:
            sessions.forget_attempts()
            try:
                answer: flask.typing.ResponseReturnValue = self._issuer.authorize_redirect(self._back())
            except _WRONG as error:
                return self._failed(error)
            return answer

        @pages.get("/signed-in")
        @needs(Right.NONE)
        def signed_in() -> flask.typing.ResponseReturnValue:
            try:
                claims = self._issuer.authorize_access_token(claims_options=self._expected())["userinfo"]
                if not _SUBJECT.fullmatch(str(claims["sub"] or "")):
                    raise ValueError("the token names nobody")  # one answer for all that is wrong
            except _WRONG as error:
                return self._failed(error)
            sessions.end(self._site)  # another person's may be there, who left without signing out
            g.person = self._person(claims)
            if not g.person.roles:
                return refusals.refuse(403, "no_role")
            sessions.begin(g.person, int(clock()))
            return flask.redirect(flask.url_for("today.show"))

        @pages.post("/sign-out")
        @needs(Right.READ)
        def sign_out() -> flask.typing.ResponseReturnValue:
            sessions.end(self._site)
            g.person = None
            # A link and no redirect: the policy lets a form of these pages lead nowhere else.
            return flask.render_template("signed_out.html", way_out=self._way_out())

        @pages.post("/language")
        @needs(Right.NONE)
        def choose_language() -> flask.typing.ResponseReturnValue:
            code = request.form.get("language", "")
            if code in words.spoken_here():
                session[sessions.LANGUAGE] = code
            return flask.redirect(_page_of_this_desk(request.form.get("back", "")))

        return pages

    def _expected(self) -> dict[str, Any]:
        """What a token must say: whose it is, and that it is for this client, which a token for another's is not."""
        return {
            "iss": {"essential": True, "value": self._issuer.load_server_metadata()["issuer"]},
            "aud": {"essential": True, "value": self._site.context.settings.desk_oidc_client_id},
        }

    def _person(self, claims: dict[str, Any]) -> sessions.Person:
        roles = roles_in(claims.get(self._site.context.settings.desk_role_claim))
        names = (_plain(str(claims.get(claim) or "")) for claim in _NAMES)
        return sessions.Person(str(claims["sub"]), next(filter(None, names), "?"), roles)

    def _back(self) -> str:
        return self._site.context.settings.public_base_url + flask.url_for("signing_in.signed_in")

    def _way_out(self) -> str:
        """The issuer's own page for signing out, or an empty string: until then it lets the person in again."""
        settings = self._site.context.settings
        back = settings.public_base_url + flask.url_for("today.show")
        try:
            if not self._issuer.load_server_metadata().get("end_session_endpoint"):
                return ""
            return str(self._issuer.create_logout_url(back, client_id=settings.desk_oidc_client_id)["url"])
        except _WRONG:
            return ""

    def _failed(self, error: Exception) -> tuple[str, int]:
        self._site.log.failed("desk_sign_in_failed", error)
        return refusals.refuse(401, "sign_in")


def _plain(name: str) -> str:
    """A name as the audit may keep it: one line, and no mark that turns what stands beside it around."""
    return "".join(letter if letter.isprintable() else " " for letter in name).strip()[:80].strip()


def _page_of_this_desk(path: str) -> str:
    """A path of the desk, else its first page: a form can't send its reader elsewhere."""
    home = flask.url_for("today.show")
    is_ours = path == home or path.startswith(f"{home}/")
    is_plain = path.isprintable() and not any(turn in path for turn in ("//", "\\", "..", "%"))
    return path if is_ours and is_plain else home
