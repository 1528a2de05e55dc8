"""The tests of the store pass over the short road that the deployed functions take, to both stand-ins."""

from __future__ import annotations

import subprocess
import sys
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from infra.build import docs
from infra.local import demo
from infra.local.database import client as local_client
from infra.local.table import create_table
from ivr.aws import clients
from ivr.aws.dynamodb import DynamoDB
from ivr.numbers import phone_number
from ivr.store.desk import Desk
from tests import chosen_database
from tests.chosen_database import STAND_INS
from tests.conftest import NOW
from tests.jobs.conftest import report
from tests.lean_road import ROADS
from tests.test_second_store import OF_THE_STORE

# Whole calls go over the road too, since they are what it is for. With ministack, requests travel over HTTP.
TO_MOTO = (*OF_THE_STORE, "calls", "care")
TO_MINISTACK = ("redeliver", "reputation", "screening")
OVER_THE_ROAD = [*(("moto", folder) for folder in TO_MOTO), *(("ministack", folder) for folder in TO_MINISTACK)]


@pytest.mark.slow
@pytest.mark.parametrize(("database", "folder"), OVER_THE_ROAD)
def test_the_stores_tests_pass_over_the_road(database, folder):
    chosen = [f"--database={database}", "--road=lean"]
    asked = [sys.executable, "-m", "pytest", "-n", "0", *chosen, "-m", "not slow", f"tests/{folder}"]
    run = subprocess.run([*asked, "-p", "no:cacheprovider"], cwd=docs.ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("file", ["jobs/test_lost_responses.py", "redeliver/test_every_operation.py", "desk"])
def test_what_the_network_loses_is_stored_over_the_road_too(file):
    asked = [sys.executable, "-m", "pytest", "-n", "0", "--road=lean", "-k", "lost or late or fail", f"tests/{file}"]
    run = subprocess.run([*asked, "-p", "no:cacheprovider"], cwd=docs.ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]


def test_the_chosen_road_is_the_one_that_is_asked(request, store):
    chosen = request.config.option.road
    assert chosen in ROADS
    assert isinstance(store.table.client, DynamoDB) == (chosen == "lean")


def test_the_store_works_over_the_road_to_a_server(address, monkeypatch):
    """A write, its repetition, a change, an index, a batch, pages and a refusal, as a deployed function makes them."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", address)
    client = clients.dynamodb(timeout=20)
    store = Desk("over-the-road", client)
    create_table(local_client(address), store.table.name)
    demo.seed(store)
    made = report()
    assert [is_new for _, is_new in (store.reports.put(made), store.reports.put(made))] == [True, False]
    store.reports.note(made.call_sid, made.which, {"category": "prize", "loss": "no"})
    [stored] = store.reports.by_reference(made.reference)
    assert (stored.category, stored.caller) == ("prize", made.caller)
    lookup = store.look_up(demo.PROTECTED_LINE, phone_number.read(demo.FLAGGED, "OM"), NOW)
    assert (lookup.line.ring_to, lookup.decision.verdict) == (demo.CUSTOMER, "flagged")
    assert len({item["pk"] for item in store.table.scan()}) > 3
    with pytest.raises(ClientError) as refused:
        client.put_item(TableName="nowhere", Item={"pk": {"S": "x"}, "sk": {"S": "x"}})
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    client.service.connections.close()


@pytest.fixture(params=[STAND_INS[0], pytest.param(STAND_INS[1], marks=pytest.mark.slow)])
def address(request):
    """Where a stand-in answers over HTTP."""
    if request.param == "ministack":
        with chosen_database.Ministack() as ministack:
            yield ministack.address
        return
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    urlopen(f"http://{host}:{port}/moto-api/reset", data=b"").close()  # moto keeps its tables in this process
    server.stop()
