"""The local DynamoDB and SQS: a process whose requests keep their cost, and that ends with its parent."""

import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.local import database
from infra.local.database import DatabaseError, LocalDatabase, client, client_of
from infra.local.table import create_table
from ivr.store import Store

TABLE = "calls"


@pytest.fixture
def local():
    with LocalDatabase() as local:
        yield local


@pytest.fixture
def refused():
    """Whether nothing listens at an address, at the latest in a few seconds."""

    def refused(address):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", urlsplit(address).port), 1).close()
            except ConnectionRefusedError:
                return True
            time.sleep(0.05)
        return False

    return refused


@pytest.mark.slow
def test_a_write_costs_the_same_after_thousands_of_others_and_memory_stays_small(local):
    """What a webhook pays: a transaction and a look-up. moto copied the table and its stream at each transaction."""
    dynamodb = client_of("dynamodb", local.address, attempts=1)  # no request of thousands may need a second try
    create_table(dynamodb, TABLE)

    def key(nth, sk):
        return {"pk": {"S": f"CALL#{nth}"}, "sk": {"S": sk}}

    def put(nth, sk):
        item = {**key(nth, sk), "caller": {"S": "+96891234567"}}
        return {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}

    def one(nth):
        began = time.perf_counter()
        dynamodb.transact_write_items(TransactItems=[put(nth, "CALL"), put(nth, "RING")])
        dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": [key(nth, f"K{k}") for k in range(20)]}})
        return time.perf_counter() - began

    took = [one(nth) for nth in range(1500)]
    # The fastest tenth: other work on this machine makes single requests slower, never faster.
    early, late = (statistics.quantiles(part, n=10)[0] for part in (took[10:210], took[-200:]))
    assert late < 3 * early  # generous: a machine that does other work is no growth
    pages = int(Path(f"/proc/{local.pid}/statm").read_text("ascii").split()[1])
    assert pages * os.sysconf("SC_PAGE_SIZE") < 150 * 1024 * 1024


@pytest.mark.slow
def test_the_server_starts_empty_and_leaves_no_port(refused):
    first, second = LocalDatabase(), LocalDatabase()
    try:
        for one in (first, second):
            one.start()
            assert client(one.address).list_tables()["TableNames"] == []
            create_table(client(one.address), TABLE)
    finally:
        for one in (first, second):
            one.stop()
            one.stop()
            assert refused(one.address)


@pytest.mark.slow
def test_the_server_ends_with_a_killed_parent(refused):
    """After any end of the stack: an orphan would keep the port and the customers' reports."""
    started = "from infra.local.database import LocalDatabase as L; d = L(); d.start(); print(d.address, flush=True)"
    command = [sys.executable, "-c", f"{started}; input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        address = parent.stdout.readline().strip()
        client(address).list_tables()
        parent.kill()
    assert refused(address)


def test_its_unexpected_end_is_printed_and_reads_as_an_outage(local, capfd):
    os.kill(local.pid, 9)
    until = time.monotonic() + 10
    while "has ended by itself" not in (said := capfd.readouterr().err):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert "start it anew" in said
    assert not local.is_alive
    with pytest.raises(Exception, match="no_connection"):
        Store(TABLE, client(local.address)).calls.get("CA1")


def test_a_requested_end_prints_nothing(capfd):
    with LocalDatabase():
        pass
    assert capfd.readouterr().err == ""


def test_a_failed_start_shows_the_servers_output(monkeypatch, refused):
    monkeypatch.setattr(database, "_environment", lambda *_: {"PYTHONHOME": "/nowhere"})
    local = LocalDatabase()
    with pytest.raises(DatabaseError, match="it said last"):
        local.start()
    assert refused(local.address)


def test_the_server_gets_no_credentials_of_this_user(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("AWS_PROFILE", "real")
    assert not [name for name in database._environment("/x", "dynamodb") if name.startswith("AWS_")]
