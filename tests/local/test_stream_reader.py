"""The one reader of the table's stream, of the stack and of the tests, over both stand-ins for DynamoDB."""

import logging

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.local.database import LocalDatabase, client, client_of
from infra.local.stream_source import Filter, Stream
from infra.local.table import create_table
from infra.local.template import stream_of
from ivr.observability.log import Log

TABLE = "calls"


@pytest.fixture(scope="module")
def ministack():
    with LocalDatabase() as local:
        yield client(local.address), client_of("dynamodbstreams", local.address)


@pytest.fixture(params=["moto", "ministack"])
def clients(request, ministack):
    """Clients for the table and for its stream, with a fresh table."""
    if request.param == "moto":
        with mock_aws():
            yield boto3.client("dynamodb"), boto3.client("dynamodbstreams")
    else:
        yield ministack
        ministack[0].delete_table(TableName=TABLE)


@pytest.fixture
def dynamodb(clients):
    create_table(clients[0], TABLE)
    return clients[0]


@pytest.fixture
def stream(dynamodb, clients):
    stream = Stream(TABLE, *clients, Log("INFO"))
    stream.open()
    return stream


@pytest.fixture
def put(dynamodb):
    def put(*names):
        """Put new items, all or none."""
        dynamodb.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": {"pk": {"S": name}, "sk": {"S": "CALL"}},
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                }
                for name in names
            ]
        )

    return put


def names(records):
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in records]


@pytest.mark.slow
def test_reading_goes_on_after_a_cancelled_transaction(put, stream):
    """Two calls at once on one line: the second one's transaction is cancelled, and what follows is not lost."""
    put("first")
    assert names(stream.read()) == ["first"]
    with pytest.raises(ClientError, match="TransactionCanceled"):
        put("undone", "first")
    put("second")
    assert names(stream.read()) == ["second"]
    with pytest.raises(ClientError, match="TransactionCanceled"):
        put("undone", "second")
    put("undone")
    assert names(stream.read()) == ["undone"]
    assert stream.read() == []


def test_unread_records_before_a_cancelled_transaction_are_read(put, stream):
    put("first")
    with pytest.raises(ClientError, match="TransactionCanceled"):
        put("first")
    put("second")
    assert names(stream.read()) == ["first", "second"]


def test_an_expired_iterator_loses_nothing_and_is_logged_once(put, stream, caplog):
    caplog.set_level(logging.INFO)
    put("first")
    assert names(stream.read()) == ["first"]
    put("second")
    read, stream._streams = Expired(stream._streams), Broken("ExpiredIteratorException")
    assert stream.read() == stream.read() == []
    stream._streams = read
    assert names(stream.read()) == ["second"]
    assert [line.message for line in caplog.records] == ["stream_not_read", "stream_read_again"]


def test_after_a_trim_reading_starts_at_the_oldest_record(put, stream):
    """A record read twice does no harm; a record that is never read would."""
    put("first")
    stream.read()
    put("second")
    stream._iterator = ""
    stream._streams = Trimmed(stream._streams)
    assert names(stream.read()) == ["first", "second"]


def test_a_binary_attribute_arrives_as_base64_text_as_in_the_json_that_lambda_gets(dynamodb, stream):
    item = {"pk": {"S": "CALL#CA1"}, "sk": {"S": "CALL"}, "one": {"B": b"x"}, "more": {"L": [{"BS": [b"y"]}]}}
    dynamodb.put_item(TableName=TABLE, Item=item)
    [record] = stream.read()
    image = record["dynamodb"]["NewImage"]
    assert (image["one"], image["more"]) == ({"B": "eA=="}, {"L": [{"BS": ["eQ=="]}]})
    assert not Filter(stream_of("FollowUpFunction")).passes(record)


class Expired:
    """Streams that answer once a new iterator was asked for: some stand-ins give one place the same iterator again."""

    def __init__(self, streams):
        self._streams, self._is_new = streams, False

    def __getattr__(self, name):
        return getattr(self._streams, name)

    def get_shard_iterator(self, **asked):
        self._is_new = True
        return self._streams.get_shard_iterator(**asked)

    def get_records(self, **asked):
        if not self._is_new:
            raise ClientError({"Error": {"Code": "ExpiredIteratorException", "Message": ""}}, "GetRecords")
        return self._streams.get_records(**asked)


class Broken:
    """Streams that answer nothing but an error."""

    def __init__(self, code):
        self.code = code

    def __getattr__(self, name):
        def refuse(**_):
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, name)

        return refuse


class Trimmed:
    """Streams that have forgotten every record by its number."""

    def __init__(self, streams):
        self.streams = streams

    def __getattr__(self, name):
        return getattr(self.streams, name)

    def get_shard_iterator(self, **arguments):
        if arguments["ShardIteratorType"] == "AFTER_SEQUENCE_NUMBER":
            Broken("TrimmedDataAccessException").get_shard_iterator()
        return self.streams.get_shard_iterator(**arguments)
