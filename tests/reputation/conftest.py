"""Tables of their own for reputation functions, in moto: hypothesis wants a fresh one for each example."""

from __future__ import annotations

from itertools import count

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from moto import mock_aws

from handlers import reputation
from infra.local.database import client
from infra.local.table import create_table
from ivr.dead_letters import DeadLetters
from ivr.observability.log import Log
from ivr.reputation.campaigns import LISTED, Campaign
from ivr.reputation.evidence import Clearing
from ivr.reputation.items import Block, Reputation, block_key, blocks_of, members_key, reputation_key
from ivr.reputation.scoring import Score, weighed
from ivr.store.attributes import untyped
from ivr.store.paging import page_of
from ivr.store.projections import Projections
from ivr.store.table import Table
from tests.reputation import reference_model
from tests.reputation.events import DAY, START

OPERATIONS = ("get_item", "query", "put_item", "update_item", "batch_get_item", "transact_write_items")


class Unsteady:
    """A client whose requests fail as told: "lost" never arrives, "unsure" is done and never confirmed.

    "conflict" is a transaction that meets another one.
    """

    def __init__(self, client, faults):
        self._client, self._faults = client, iter(faults)

    def __getattr__(self, name):
        operation = getattr(self._client, name)
        return operation if name not in OPERATIONS else lambda **arguments: self._try(operation, arguments)

    def _try(self, operation, arguments):
        fault = next(self._faults, "")
        if fault == "lost":
            raise ConnectTimeoutError(endpoint_url="http://127.0.0.1:1")
        if fault == "conflict":
            refusal = {"Error": {"Code": "TransactionCanceledException"}}
            raise ClientError({**refusal, "CancellationReasons": [{"Code": "TransactionConflict"}]}, "Transact")
        answer = operation(**arguments)
        if fault == "unsure":
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1:1")
        return answer


def follow_all(records, table):
    """Have records followed one by one, by a function that sets nothing aside: each can be stored."""
    log = Log("INFO")
    strict = DeadLetters(log, passing=(Exception,))
    assert [reputation.follow([record], table, log, strict) for record in records] == [set()] * len(records)


class World:
    """One table, the functions that follow its stream, and what they have come to."""

    def __init__(self, client, table):
        self.client, self.table = client, table
        self.rows = Table(table, client)
        self.steady = Projections(self.rows)
        self.aside = DeadLetters(Log("INFO"))

    def function(self, client):
        """A further reputation function, over a client of its own."""
        return Projections(Table(self.table, client))

    def follow(self, record, function=None):
        """Have one record followed. Returns the sequence numbers of the records to be retried.

        The desk's clearing is in the table before the stream tells of it.
        """
        self._desk_has_written(record)
        return reputation.follow([record], function or self.steady, self.aside.log, self.aside)

    def deliver(self, batch, monkeypatch, faults=()):
        """Have the handler follow a batch as Lambda has it: from the first record that failed on, until none does."""
        function = self.function(Unsteady(self.client, faults))
        monkeypatch.setattr(reputation, "derived", lambda: function)
        monkeypatch.setattr(reputation, "aside", lambda: self.aside)
        for record in batch:
            self._desk_has_written(record)
        while batch:
            failed = reputation.handler({"Records": batch}, None)["batchItemFailures"]
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            firsts = [numbers.index(failure["itemIdentifier"]) for failure in failed]
            batch = batch[min(firsts) :] if firsts else []

    def _desk_has_written(self, record):
        image = record["dynamodb"].get("NewImage")
        if image and image["sk"]["S"] == "CLEARING":
            told = Clearing.from_item({name: untyped(value) for name, value in image.items()})
            there = self.rows.read(Clearing, self.rows.get(told.key))
            if not there or there.cleared_at < told.cleared_at:
                self.rows.put(told)

    def reputation(self, caller):
        return self.rows.read(Reputation, self.rows.get(reputation_key(caller)))

    def members(self, block):
        """A block's members, by their last one or two digits."""
        item = self.rows.get(members_key(block))
        return Block.from_item(item).members if item else {}

    def block(self, block):
        """What a verdict reads of a block."""
        item = self.rows.get(block_key(block))
        return Block.from_item(item) if item else Block({})

    def campaigns(self):
        """The campaigns that are listed, in order, the one heard of last in front."""
        items = page_of(self.rows, LISTED, index="listing", most=100).items
        return [*self.rows.read_all(Campaign, items)]

    def everything(self):
        """All items of the table, for comparison."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.table)
        return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}

    def must_be(self, happened, callers):
        """Assert that what is stored is what the plain computation says."""
        for caller in callers:
            wanted, stored = reference_model.reputation(happened, caller), self.reputation(caller)
            if stored is None:
                assert wanted.live == 0
                continue
            found = stored.score
            assert (found.live, found.category, found.as_of, found.more) == (
                wanted.live,
                wanted.category,
                wanted.as_of,
                0,
            )
            for name in ("spam", "legit"):
                assert abs(getattr(found, name) - 1e6 * getattr(wanted, name)) <= 1, (caller, name)
            for days in (1, 6.9, 7, 7.1, 30):  # and as it is read later, with no event in between
                later = int(found.as_of + days * DAY)
                then = reference_model.reputation(happened, caller, later)
                spam, legit = weighed(found, later)
                assert abs(spam - then.spam) < 1e-5, (caller, days)
                assert abs(legit - min(then.legit, 0.7)) < 1e-5, (caller, days)
        listed = self.campaigns()
        assert {
            one.block: {number.number: (number.reports, number.first, number.last) for number in one.numbers}
            for one in listed
        } == reference_model.campaigns(happened, callers)
        assert [one.newest for one in listed] == sorted((one.newest for one in listed), reverse=True)
        for caller in callers:
            stored = self.reputation(caller)
            found = stored.score if stored else Score()
            wanted = reference_model.reputation(happened, caller)
            for block in blocks_of(caller):
                told, members = self.block(block), Block(self.members(block))
                assert told.members == {}
                for days in (0, 1, 7, 30, 60, 200):  # the one time says what the members would, whenever it is asked
                    later = START + days * DAY
                    assert told.is_bad(later) == members.is_bad(later), (block, days)
                member = self.members(block).get(caller[len(block) :])
                if member:  # a number that was bad once stays a member, with today's score
                    assert (member.as_of, member.spam, member.legit, member.young) == (
                        found.as_of,
                        found.spam,
                        found.legit,
                        found.young,
                    )
                else:
                    assert not reference_model.flagged(wanted, wanted.as_of)


@pytest.fixture(autouse=True)
def _no_settings_needed(monkeypatch):
    """The handler's log; its table and where it sets records aside are each test's own."""
    monkeypatch.setattr(reputation, "log", lambda: Log("INFO"))


@pytest.fixture(scope="module")
def cloud(ministack):
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        with mock_aws():
            config = Config(region_name="me-central-1", parameter_validation=False, retries={"total_max_attempts": 1})
            yield client(ministack.address) if ministack else boto3.client("dynamodb", config=config)


@pytest.fixture(scope="module")
def new_world(cloud):
    """Make a world with an empty table; the one before it ends, for moto's transactions copy all there is."""
    number = count()
    last = []

    def make():
        while last:
            cloud.delete_table(TableName=last.pop())
        last.append(f"world-{next(number)}")
        create_table(cloud, last[0])
        return World(cloud, last[0])

    yield make
    while last:
        cloud.delete_table(TableName=last.pop())


@pytest.fixture
def world(new_world):
    return new_world()
