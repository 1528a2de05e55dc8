"""The desk's pages over the template's table in moto, and people who visit them."""

from __future__ import annotations

import html
import re
import time

import pytest

from infra.carrier import ANNOUNCED, Phone
from infra.local import demo
from ivr.desk import Context
from ivr.observability.log import Log
from ivr.settings import Settings
from ivr.web.app import create_app
from ivr.web.site import Site
from tests.conftest import ENVIRONMENT

REPORTED_CALLER = "+96891234567"
ISSUER = {
    "DESK_OIDC_ISSUER": "https://login.example.com",
    "DESK_OIDC_CLIENT_ID": "desk",
    "DESK_ROLE_CLAIM": "roles",
}
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_ACTION = re.compile(r'action="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Clock:
    """The clock of sessions; a test moves it."""

    def __init__(self):
        self.now = time.time()

    def __call__(self):
        return self.now


class Visitor:
    """A browser of somebody who is signed in with these roles, or, with none given, of somebody who is not."""

    def __init__(self, app, clock, *roles, language="en", name="Dana"):
        self.client = app.test_client()
        self.name = name if roles else ""
        with self.client.session_transaction() as session:
            session["language"] = language
            if roles:
                who = {"id": f"session-{id(self)}", "sub": "sub-1", "name": self.name, "roles": list(roles)}
                session["who"] = {**who, "since": int(clock()), "seen": int(clock())}

    def get(self, path):
        return self.client.get(path)

    def post(self, path, **form):
        """Send a form, with the token that every page's forms hold."""
        token = _TOKEN.search(self.client.get("/desk").text)[1]
        return self.client.post(path, data={"csrf_token": token, **form})

    def submit(self, page, action, **fields):
        """Fill in the form of a page that leads to an address with ``action`` in it, and send it with what it hides."""
        for form in _FORM.findall(page.text):
            found = _ACTION.search(form)  # a form that only chooses what is shown leads to its own page
            address = html.unescape(found[1]) if found else ""
            if action in address:
                hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(form)}
                return self.client.post(address, data={**hidden, **fields}, follow_redirects=True)
        raise AssertionError(f"no form leads to {action}")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk_settings():
    return Settings.from_environment({**ENVIRONMENT, **ISSUER})


@pytest.fixture
def context(store, desk_settings):
    return Context(store, desk_settings)


@pytest.fixture
def app(context, clock):
    app = create_app(Site(context, ENVIRONMENT["HMAC_KEY"], Log.of(context.settings)), clock=clock)
    app.testing = False  # errors become pages, as they do for people
    return app


@pytest.fixture
def visitor(app, clock):
    """Make a visitor: ``visitor("decider")``, or ``visitor()`` for somebody who is not signed in."""
    return lambda *roles, language="en": Visitor(app, clock, *roles, language=language)


@pytest.fixture
def network():
    """Calls are of today: the pages show the present day."""
    return {"clock_start": time.time()}


@pytest.fixture
def reported_call(carrier, pickups, settle):
    """An unknown caller, whom the customer reports for a prize, with a loss."""
    pickups[demo.CUSTOMER] = Phone(keys=["9", "1", "1"])
    carrier.place(from_=REPORTED_CALLER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    settle()
