from contextlib import ExitStack

import pytest

from infra.carrier import Answer, Carrier, Phone, rest_client

CALLER, LINE, CUSTOMER = "+96891234567", "+12025550100", "+12025550111"
BASE = "https://ivr.example"


def twiml(inner):
    return Answer(200, "text/xml", f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>')


class App:
    """A fake application: a path answers with TwiML, an Answer, an exception, or what a function of the form gives.

    A list is answered one after the other, its last item for ever. The status path answers 204 by itself.
    """

    def __init__(self):
        self.routes = {"/voice/status": Answer(204, "", "")}
        self.requests = []

    def __setitem__(self, path, reply):
        self.routes[path] = reply

    def __call__(self, url, form, headers):
        path = url.removeprefix(BASE).partition("?")[0]
        self.requests.append((path, dict(form), headers, url))
        reply = self.routes[path]
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if callable(reply):
            reply = reply(dict(form))
        if isinstance(reply, Exception):
            raise reply
        return twiml(reply) if isinstance(reply, str) else reply

    def asked(self, path):
        return [form for at, form, _, _ in self.requests if at == path]

    def headers(self, path):
        return [headers for at, _, headers, _ in self.requests if at == path]

    @property
    def paths(self):
        return [at for at, _, _, _ in self.requests if at != "/voice/status"]


@pytest.fixture
def app():
    return App()


@pytest.fixture
def carrier(app):
    def build(**options):
        usual = {"clock_start": 1_800_000_000, "empty_whisper": "bridges"}
        return Carrier(app, **{"base_url": BASE, "auth_token": "12345", **usual, **options})

    return build


@pytest.fixture
def rings(app, carrier):
    """Place one call and run it to its end: returns (call, carrier)."""

    def ring(phone=None, *, parameters=None, from_=CALLER, hang_up_at=None, **options):
        network = carrier(**options)
        call = network.place(from_=from_, to=LINE, phone=phone or Phone(), parameters=parameters)
        if hang_up_at is not None:
            call.hang_up_at(hang_up_at)
        network.run()
        assert network.left_behind == []
        return call, network

    return ring


class Rest:
    """A carrier with its REST server, and twilio's real client for it."""

    def __init__(self, carrier, server, timeout=30.0):
        self.carrier, self.server, self.faults = carrier, server, server.faults
        self.client = self.client_with(timeout=timeout)

    def client_with(self, *, token="12345", timeout=30.0):
        return rest_client(self.server.base_url, "AC" + "0" * 32, token, timeout)

    def calls_back(self, number="+12025550111", **more):
        return self.client.calls.create(
            **{"to": number, "from_": "+12025550100", "url": f"{BASE}/voice/back", **more},
        )


@pytest.fixture
def rest(carrier):
    """Build a carrier that answers REST requests until the test ends."""
    with ExitStack() as stack:

        def build(*, timeout=30.0, **options):
            network = carrier(**{"seed": 7, **options})
            return Rest(network, stack.enter_context(network.rest()), timeout)

        yield build
