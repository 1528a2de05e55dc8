"""What every test of a call shares: the template's table in moto, the real handler, and the carrier in front of it."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from handlers.reputation import follow
from handlers.voice import Voice
from infra.carrier import Answer, Carrier
from infra.local import demo
from infra.local.events import event
from infra.local.table import create_table
from ivr.settings import Settings
from ivr.store.derived import Derived
from ivr.store.desk import Desk

NOW = 1_795_000_000  # epoch seconds at which a test's calls begin
TOKEN = "12345"
BASE_URL = "https://ivr.example.com"
ENVIRONMENT = {**demo.SETTINGS, "TWILIO_AUTH_TOKEN": TOKEN, "PUBLIC_BASE_URL": BASE_URL}


@pytest.fixture(autouse=True)
def _no_real_cloud(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "me-central-1")


@pytest.fixture
def environment():
    """The settings of the deployment under test; a test may change them before it asks for the voice."""
    return dict(ENVIRONMENT)


@pytest.fixture
def dynamodb():
    with mock_aws():
        client = boto3.client("dynamodb")
        create_table(client, ENVIRONMENT["TABLE_NAME"])
        yield client


@pytest.fixture
def store(dynamodb):
    store = Desk(ENVIRONMENT["TABLE_NAME"], dynamodb)
    demo.seed(store)
    return store


@pytest.fixture
def voice(environment, store):
    """The handler's one, built at the first request, as it is in Lambda: a test may change its environment before."""
    return lru_cache(lambda: Voice(Settings.from_environment(environment), store))


@pytest.fixture
def post(voice):
    """Twilio's POST, answered by the real handler through an API Gateway event."""

    def post(url, form, headers):
        parts = urlsplit(url)
        request = event(
            method="POST",
            path=parts.path,
            query=parts.query,
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", **headers},
            body=urlencode(form).encode(),
            now_ms=0,
        )
        answer = voice().answer(request)
        return Answer(answer["statusCode"], answer["headers"]["content-type"], answer["body"])

    return post


@pytest.fixture
def pickups():
    """Who picks up, by number."""
    return {}


@pytest.fixture
def carrier(post, pickups):
    return Carrier(post, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=pickups, seed=7)


class Outage:
    """DynamoDB going down and coming back: while it is down every request, or those named, fails to connect."""

    def __init__(self, client):
        self.down = False
        self.only = ()  # operations, such as "PutItem"; empty means all of them
        self.touching = ""  # what a request must speak of, such as "REPORT#"; empty means anything
        self.asked = []
        client.meta.events.register("before-call.dynamodb", self._before_call)

    def _before_call(self, model, params, **_):
        self.asked.append(model.name)
        meant = not self.only or model.name in self.only
        if self.down and meant and self.touching in str(params["body"]):
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


@pytest.fixture
def outage(dynamodb):
    return Outage(dynamodb)


@pytest.fixture
def stream(dynamodb, store):
    """The table's stream: each call gives what was written since the last one, as Lambda gets it."""
    streams = boto3.client("dynamodbstreams")
    arn = dynamodb.describe_table(TableName=store.table)["Table"]["LatestStreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]

    def read():
        nonlocal iterator
        answer = streams.get_records(ShardIterator=iterator)
        iterator = answer["NextShardIterator"]
        return answer["Records"]

    return read


@pytest.fixture
def derived(store):
    return Derived(store.table, store.client)


@pytest.fixture
def settle(stream, derived):
    """Let the reputation function follow the stream until nothing is left."""

    def settle():
        while records := stream():
            for record in records:
                follow(record, derived)

    return settle
