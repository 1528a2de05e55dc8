"""The template's table in moto, made once a process through its API and copied for each test, with its stream."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from functools import lru_cache

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from infra.local import demo
from infra.local.table import create_table
from ivr.store.desk import Desk

REGION = "me-central-1"


@lru_cache(maxsize=1)
def _session():
    """Clients of one session read the same models; moto would have boto3 forget its own session at each test."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION)


def client(service):
    """A client of its own, for whatever a test hangs on it. Moto doesn't look at signatures."""
    return _session().client(service, config=Config(signature_version=UNSIGNED))


@contextmanager
def borrowed():
    """The one client of the table, for one test after the other. What a test registers on its events ends with it."""
    lent = _lent()
    events = lent.meta.events._emitter
    before = vars(copy.copy(events))
    yield lent
    vars(events).update(before)
    events._lookup_cache.clear()


@lru_cache(maxsize=1)
def _lent():
    return client("dynamodb")


@lru_cache(maxsize=1)
def streams():
    """The one client that reads streams: tests hang nothing on it."""
    return client("dynamodbstreams")


@lru_cache
def _made(name):
    """The empty table, and what the demo's data makes of its items and of its stream."""
    with mock_aws():
        dynamodb = client("dynamodb")
        create_table(dynamodb, name)
        table = _tables()[name]
        empty = copy.deepcopy(table)
        demo.seed(Desk(name, dynamodb))
        return empty, copy.deepcopy(table.items), copy.deepcopy(table.stream_shard.items)


def prepare(name):
    """Make what is copied; before the mock of a test begins, which it would empty."""
    _made(name)


def lay(name):
    """Put the empty table where moto looks for it."""
    empty, _, _ = _made(name)
    _tables()[name] = copy.deepcopy(empty)


def seed(store):
    """Store the demo data in a table that is empty still, as ``demo.seed`` does."""
    table = _tables().get(store.table.name)
    if table is None or any(table.items.values()) or table.stream_shard.items:  # None: another stand-in has it
        demo.seed(store)
        return
    _, items, records = _made(store.table.name)
    table.items, table.stream_shard.items = copy.deepcopy((items, records))


def _tables():
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
