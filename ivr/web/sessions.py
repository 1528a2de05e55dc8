"""The session of a signed-in person, in a signed cookie, with an idle limit and a total limit.

The cookie holds no token of the issuer. Signing out is remembered by the session's id, so that a copy of the cookie
ends with it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import session

from ivr.desk import sessions as ended
from ivr.web.roles import Right, Role, rights_of, roles_in

if TYPE_CHECKING:
    from ivr.web.site import Site

_WHO = "who"
LANGUAGE = "language"
_ATTEMPT = "_state_"  # as Authlib's keys begin
_MOST_ATTEMPTS = 3


class Person(NamedTuple):
    """Somebody who is signed in."""

    subject: str  # the issuer's name for them, which never changes
    name: str  # for people to read
    roles: tuple[Role, ...]
    session_id: str = ""

    def may(self, right: Right) -> bool:
        """Whether their roles give them this right."""
        return right in rights_of(self.roles)


def begin(person: Person, now: int) -> None:
    """Begin a session. Nothing of the one before stays but the language."""
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language
    session[_WHO] = {
        "id": secrets.token_urlsafe(18),
        "sub": person.subject,
        "name": person.name,
        "roles": list(person.roles),
        "since": now,
        "seen": now,
    }


def forget_attempts() -> None:
    """Keep the newest attempts to sign in, of several windows: a browser keeps no cookie of more than 4 kB."""
    attempts = [key for key in session if key.startswith(_ATTEMPT)]
    attempts.sort(key=lambda key: session[key].get("exp", 0))
    for key in attempts[: 1 - _MOST_ATTEMPTS]:
        session.pop(key)


def current(site: Site, now: int) -> Person | None:
    """The person whose session this is, seen now. None: nobody is signed in, or the session is over."""
    who: dict[str, Any] | None = session.get(_WHO)
    if who is None:
        return None
    settings = site.context.settings
    over = now - who["since"] >= settings.desk_session_hours * 3600
    idle = now - who["seen"] >= settings.desk_idle_minutes * 60
    if over or idle or ended.is_ended(site.context, who["id"]):
        session.pop(_WHO)
        return None
    session[_WHO] = {**who, "seen": now}
    return Person(who["sub"], who["name"], roles_in(who["roles"]), who["id"])


def end(site: Site) -> None:
    """Sign the person out, in every copy of the cookie."""
    who = session.pop(_WHO, None)
    if who:
        until = who["since"] + site.context.settings.desk_session_hours * 3600
        ended.end(site.context, who["id"], until)
