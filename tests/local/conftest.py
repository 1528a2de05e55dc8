import io
import logging
import socket

import boto3
import pytest
import requests

from infra.carrier import Carrier, http_post
from infra.local.stack import Stack

TOKEN = "12345"


@pytest.fixture
def log():
    return io.StringIO()


@pytest.fixture
def unused_port():
    """A port for a carrier that comes and goes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def stack(log, unused_port, database):
    settings = {"TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_API_BASE_URL": f"http://127.0.0.1:{unused_port}"}
    with Stack(settings, log=log, database=database) as stack:
        yield stack
    logging.getLogger("werkzeug").setLevel(logging.NOTSET)


@pytest.fixture
def dynamodb(stack):
    """What any client finds at the local DynamoDB's address."""
    return boto3.client("dynamodb", endpoint_url=stack.database.address, region_name=stack.region)


@pytest.fixture
def pickups():
    return {}


@pytest.fixture
def carrier(stack, pickups):
    return Carrier(http_post(), base_url=stack.address, auth_token=TOKEN, pickups=pickups)


@pytest.fixture
def settled(stack):
    """Wait until what can be done is done; answers how much was put off."""

    def settled():
        told = requests.get(f"{stack.address}/settled", timeout=10).json()
        assert told["settled"]
        return told["put_off"]

    return settled
