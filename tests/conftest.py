"""What every test of a call shares: the template's table in moto, the real handler, and the carrier in front of it."""

from __future__ import annotations

import base64
import logging
import signal
from functools import lru_cache
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from handlers.reputation import count, follow
from handlers.voice import Voice
from infra.carrier import Answer, Carrier
from infra.local import demo, understanding
from infra.local.events import event
from infra.local.stream_source import Filter, Stream
from infra.local.template import stream_of
from ivr.dead_letters import DeadLetters
from ivr.observability import log
from ivr.settings import Settings
from ivr.store.desk import Desk
from ivr.store.projections import Projections
from tests import chosen_database, lean_road, quick_stand_ins, quick_tables, slowly
from tests.shared_database import SharedDatabases
from tests.twilio_post import posting

quick_stand_ins.hurry()
understanding.teach()

NOW = 1_795_000_000  # epoch seconds at which a test's calls begin
TOKEN = "12345"
BASE_URL = "https://ivr.example.com"
NOBODY_ANSWERS = "http://127.0.0.1:9"  # Twilio's REST API, where a test did not ask for the carrier's
ENVIRONMENT = {
    **demo.SETTINGS,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "PUBLIC_BASE_URL": BASE_URL,
    "TWILIO_API_BASE_URL": NOBODY_ANSWERS,
}


def pytest_addoption(parser):
    chosen_database.add_option(parser)
    lean_road.add_option(parser)


def pytest_configure(config):
    slowly.choose_profile(config)
    # A shell lets what runs in its background ignore interrupts, and so would every process that a test starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path, config):
    """Leave the tests in a browser alone where no slow test is asked for: `make test` installs no Playwright."""
    return True if collection_path.name == "browser" and config.option.markexpr == "not slow" else None


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what -m does not ask for
def pytest_collection_modifyitems(items):
    """Trace no line of a property's many examples: that doubles their time, and other tests walk the same lines.

    Tests that repeat themselves without hypothesis are marked ``no_cover`` where they stand, for the same reason.
    """
    for item in items:
        if getattr(getattr(item, "function", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")
    slowly.leave_to_all(items)


@pytest.fixture(autouse=True)
def _no_real_cloud(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "me-central-1")
    lean_road.leads_to_moto(monkeypatch)


@pytest.fixture(autouse=True)
def _log_as_it_was():
    """A handler's first request lets its log write to stdout, for the life of a Lambda; here for one test."""
    logger = logging.getLogger(log.NAME)
    handlers, propagates = list(logger.handlers), logger.propagate
    yield
    logger.handlers[:], logger.propagate = handlers, propagates


@pytest.fixture(scope="session")
def shared_databases():
    databases = SharedDatabases()
    yield databases
    databases.end()


@pytest.fixture
def database(shared_databases):
    """The local DynamoDB for a stack, empty when the stack has started."""
    return shared_databases.one()


@pytest.fixture(scope="session")
def rest_server():
    """Twilio's REST API on this machine, for one carrier after the other."""
    nobody = Carrier(None, base_url=BASE_URL, auth_token=TOKEN)
    with nobody.rest() as server:
        yield server


@pytest.fixture
def environment(rest_server):
    """The settings of the deployment under test; a test may change them before it asks for the voice."""
    return {**ENVIRONMENT, "TWILIO_API_BASE_URL": rest_server.base_url}


@pytest.fixture(scope="session")
def ministack(request):
    """The second stand-in, where it was chosen; else None."""
    if request.config.option.database != "ministack":
        yield None
        return
    with chosen_database.Ministack() as ministack:
        yield ministack


@pytest.fixture
def dynamodb(ministack, monkeypatch):
    if ministack:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", ministack.address)  # for a function that makes its own client
        with mock_aws(), ministack.table(ENVIRONMENT["TABLE_NAME"]) as client:  # moto has the other services
            yield client
        return
    quick_tables.prepare(ENVIRONMENT["TABLE_NAME"])
    with mock_aws(), quick_tables.borrowed() as client:
        quick_tables.lay(ENVIRONMENT["TABLE_NAME"])
        yield client


@pytest.fixture
def road(request, dynamodb):
    """The client under the store, as `--road` asks for it."""
    return lean_road.beside(dynamodb) if request.config.option.road == "lean" else dynamodb


@pytest.fixture
def store(road):
    store = Desk(ENVIRONMENT["TABLE_NAME"], road)
    quick_tables.seed(store)
    return store


@pytest.fixture
def voice(environment, store):
    """The handler's one, built at the first request, as it is in Lambda: a test may change its environment before."""
    return lru_cache(lambda: Voice(Settings.from_environment(environment), store))


@pytest.fixture
def post(voice):
    """Twilio's POST, answered by the real handler through an API Gateway event."""
    return posting(voice)


@pytest.fixture
def get(voice):
    """Twilio's GET of what a Play names, answered by the real handler."""

    def get(url, headers):
        parts = urlsplit(url)
        request = event(method="GET", path=parts.path, query=parts.query, headers=headers, body=b"", now_ms=0)
        answer = voice().answer(request)
        body = base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
        return Answer(answer["statusCode"], answer["headers"]["content-type"], body.decode("latin-1"))

    return get


@pytest.fixture
def pickups():
    """Who picks up, by number."""
    return {}


@pytest.fixture
def network():
    """How this test's carrier differs from the usual one: its options, which a module or a class gives."""
    return {}


@pytest.fixture
def carrier(post, get, pickups, rest_server, network):
    ours = [demo.PROTECTED_LINE, demo.REPORT_LINE]
    usual = {"get": get, "clock_start": NOW, "pickups": pickups, "seed": 7, "verified": ours}
    built = Carrier(post, base_url=BASE_URL, auth_token=TOKEN, **{**usual, **network})
    built.answers_on(rest_server)
    return built


class Outage:
    """DynamoDB going down and coming back: while it is down every request, or those named, fails to connect."""

    def __init__(self, client):
        self.down = False
        self.only = ()  # operations, such as "PutItem"; empty means all of them
        self.touching = ""  # text that a request must contain, such as "REPORT#"; empty means any request
        self.times = 0  # how many of these fail though it is not down
        self.asked = []
        client.meta.events.register("before-call.dynamodb", self._before_call)

    def _before_call(self, model, params, **_):
        self.asked.append(model.name)
        meant = (not self.only or model.name in self.only) and self.touching in str(params["body"])
        if meant and (self.down or self.times):
            self.times = max(0, self.times - 1)
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


@pytest.fixture
def outage(dynamodb):
    return Outage(dynamodb)


@pytest.fixture
def stream(dynamodb, store):
    """The table's stream as the reputation function gets it: each call gives what was written since the last one."""
    return new_stream(dynamodb, store.table.name, "ReputationFunction")


def new_stream(dynamodb, table, function):
    """The stack's reader over a table in moto: what the template's filter lets through to a function."""
    wakes = Filter(stream_of(function)).passes
    stream = Stream(table, dynamodb, chosen_database.streams_of(dynamodb, quick_tables.streams))
    stream.open()

    def read():
        while records := stream.read():
            if awake := [record for record in records if wakes(record)]:
                return awake
        return []

    return read


@pytest.fixture
def derived(store, environment):
    return Projections.of(store.table, Settings.from_environment(environment))


@pytest.fixture
def settle(stream, derived):
    """Let the reputation function follow the stream until nothing is left."""

    def settle():
        while records := stream():
            noted = log.Log("INFO")
            assert not follow(records, derived, noted, DeadLetters(noted))
            count(records, derived, DeadLetters(noted))

    return settle
