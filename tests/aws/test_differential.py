"""The same operations by boto3's client and by the road, to one recorder: the same is sent, answered and raised."""

from __future__ import annotations

import base64
import json
import zlib

import botocore.endpoint
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.aws import clients
from tests.aws.conftest import REGION

CONFIG = Config(
    connect_timeout=30,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 2},
    parameter_validation=False,
)
COMPARED = ("x-amz-target", "content-type", "host", "x-amz-security-token", "x-amzn-query-mode", "accept-encoding")

text = st.text(max_size=12)
name = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=4) | st.sampled_from(
    ["B", "BS", "S", "M"]
)
number = st.integers(-(10**37), 10**37).map(str) | st.sampled_from(["0", "-0", "1E+125", "3.14159", "1E-130"])
scalar = (
    st.fixed_dictionaries({"S": text})
    | st.fixed_dictionaries({"N": number})
    | st.fixed_dictionaries({"B": st.binary(max_size=9)})
    | st.fixed_dictionaries({"BOOL": st.booleans()})
    | st.just({"NULL": True})
    | st.fixed_dictionaries({"SS": st.lists(text, max_size=3, unique=True)})
    | st.fixed_dictionaries({"NS": st.lists(number, max_size=3, unique=True)})
    | st.fixed_dictionaries({"BS": st.lists(st.binary(max_size=4), max_size=3, unique=True)})
)
value = st.recursive(
    scalar,
    lambda inner: (
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"M": st.dictionaries(name, inner, max_size=3)})
    ),
    max_leaves=6,
)
item = st.dictionaries(name, value, max_size=4)
placeholders = {
    "ExpressionAttributeNames": st.dictionaries(name.map("#{}".format), name, min_size=1, max_size=2),
    "ExpressionAttributeValues": st.dictionaries(name.map(":{}".format), value, min_size=1, max_size=2),
}


def arguments(*required, **optional):
    known = {
        "TableName": st.just("calls"),
        "Item": item,
        "Key": item,
        "RequestItems": st.dictionaries(
            st.sampled_from(["calls", "B"]),
            st.fixed_dictionaries(
                {"Keys": st.lists(item, min_size=1, max_size=3)}, optional={"ConsistentRead": st.booleans()}
            ),
            min_size=1,
        ),
        "TransactItems": st.lists(
            st.fixed_dictionaries({"Put": st.fixed_dictionaries({"TableName": st.just("calls"), "Item": item})})
            | st.fixed_dictionaries(
                {
                    "Update": st.fixed_dictionaries(
                        {"TableName": st.just("calls"), "Key": item, "UpdateExpression": text}, optional=placeholders
                    )
                }
            ),
            min_size=1,
            max_size=3,
        ),
    }
    return st.fixed_dictionaries({one: known[one] for one in required}, optional=optional)


once_failed = {"ReturnValuesOnConditionCheckFailure": st.just("ALL_OLD")}
OPERATIONS = {
    "get_item": arguments("TableName", "Key", ConsistentRead=st.booleans()),
    "batch_get_item": arguments("RequestItems"),
    "query": arguments(
        "TableName",
        IndexName=text,
        KeyConditionExpression=text,
        ScanIndexForward=st.booleans(),
        Limit=st.integers(1, 1000),
        ExclusiveStartKey=item,
        **placeholders,
    ),
    "scan": arguments("TableName", ConsistentRead=st.booleans(), ExclusiveStartKey=item),
    "put_item": arguments("TableName", "Item", ConditionExpression=text, **placeholders, **once_failed),
    "update_item": arguments(
        "TableName", "Key", UpdateExpression=text, ReturnValues=st.just("ALL_NEW"), **placeholders
    ),
    "delete_item": arguments("TableName", "Key", ConditionExpression=text, **placeholders),
    "transact_write_items": arguments("TransactItems", ClientRequestToken=st.just("a-token")),
}
calls = st.sampled_from(sorted(OPERATIONS)).flatmap(lambda one: st.tuples(st.just(one), OPERATIONS[one]))

found = st.fixed_dictionaries(
    {},
    optional={
        "Item": item,
        "Items": st.lists(item, max_size=3),
        "Count": st.integers(0, 9),
        "Attributes": item,
        "LastEvaluatedKey": item,
        "Responses": st.dictionaries(st.sampled_from(["calls", "B", "BS"]), st.lists(item, max_size=2)),
        "UnprocessedKeys": st.dictionaries(
            st.sampled_from(["calls", "B"]), st.fixed_dictionaries({"Keys": st.lists(item, max_size=2)})
        ),
    },
)
ANSWERED = {
    "get_item": {"Item"},
    "batch_get_item": {"Responses", "UnprocessedKeys"},
    "query": {"Items", "Count", "LastEvaluatedKey"},
    "scan": {"Items", "Count", "LastEvaluatedKey"},
    "transact_write_items": set(),
}
codes = st.sampled_from(
    [
        "ConditionalCheckFailedException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionCanceledException",
        "ValidationException",
        "ResourceNotFoundException",
        "ExpiredTokenException",
        "InternalServerError",
        "Unheard",
    ]
)
reasons = st.lists(
    st.fixed_dictionaries(
        {"Code": st.sampled_from(["None", "ConditionalCheckFailed", "TransactionConflict", "ValidationError"])},
        optional={"Item": item, "Message": text},
    ),
    min_size=1,
    max_size=3,
)
refused = st.tuples(
    st.sampled_from([400, 413, 500, 503]),
    st.fixed_dictionaries(
        {"__type": codes.map("com.amazonaws.dynamodb.v20120810#{}".format) | codes | codes.map("{}:http://x".format)},
        optional={"message": text, "Message": text},
    ),
)
broken = st.tuples(
    st.sampled_from([400, 403, 429, 500, 502, 503]),
    st.sampled_from([b"", b"<html><b>no</b></html>", b"overloaded", b"{}"]),
)


def on_the_wire(answer):
    """An answer as DynamoDB writes it: binary values as text."""
    return json.dumps(answer, default=lambda one: base64.b64encode(one).decode()).encode()


@pytest.fixture(scope="module")
def both():
    """The two clients' makers, which share one configuration."""
    from tests.aws.conftest import Recorder

    recorder = Recorder()
    yield recorder
    recorder.close()


@pytest.fixture
def pair(both, monkeypatch):
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _: None)
    # A client of botocore's stops repeating after some dozens of failures: so many examples fail.
    monkeypatch.setattr("botocore.retries.quota.RetryQuota.acquire", lambda *_: True)
    monkeypatch.setattr("random.Random.uniform", lambda *_: 0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", both.address)
    usual = Session().create_client("dynamodb", region_name=REGION, config=CONFIG)
    lean = clients.dynamodb(timeout=30)
    yield both, usual, lean
    usual.close()
    lean.service.connections.close()


def played(recorder, client, operation, given, answers):
    """What was sent, and what came of it."""
    recorder.asked.clear()
    recorder.will(*answers)
    try:
        came = getattr(client, operation)(**given)
        metadata = came.pop("ResponseMetadata")
        came = (came, metadata["HTTPStatusCode"], metadata["RetryAttempts"])
    except ClientError as error:
        response = dict(error.response)
        read = {one: response[one] for one in ("Error", "CancellationReasons", "Item") if one in response}
        came = (error.operation_name, read, response["ResponseMetadata"]["HTTPStatusCode"])
    except BotoCoreError as error:
        came = type(error)
    sent = [
        (one.method, one.path, {name: one.headers.get(name) for name in COMPARED}, one.json) for one in recorder.asked
    ]
    return sent, came


def pair_of(service, recorder):
    usual = Session().create_client(service, region_name=REGION, endpoint_url=recorder.address, config=CONFIG)
    return usual, clients.sqs(recorder.address, timeout=30) if service == "sqs" else clients.ssm(timeout=30, attempts=2)


NO_QUEUE = {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no such queue"}
OLD_NAME = {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"}
PARAMETER = {"Name": "/a", "Type": "SecureString", "Value": "v", "Version": 3, "DataType": "text"}
OTHERS = {
    "a message": (
        "sqs",
        "send_message",
        {"QueueUrl": "http://q/1", "MessageBody": "{é}"},
        (200, {"MessageId": "m"}, {}),
    ),
    "no such queue": ("sqs", "send_message", {"QueueUrl": "http://q/1", "MessageBody": "x"}, (400, NO_QUEUE, OLD_NAME)),
    "what waits": (
        "sqs",
        "get_queue_attributes",
        {"QueueUrl": "http://q/1", "AttributeNames": ["ApproximateNumberOfMessages"]},
        (200, {"Attributes": {"ApproximateNumberOfMessages": "3"}}, {}),
    ),
    "a parameter": (
        "ssm",
        "get_parameter",
        {"Name": "/a", "WithDecryption": True},
        (200, {"Parameter": PARAMETER}, {}),
    ),
    "parameters": (
        "ssm",
        "get_parameters",
        {"Names": ["/a", "/b"], "WithDecryption": True},
        (200, {"Parameters": [PARAMETER], "InvalidParameters": ["/b"]}, {}),
    ),
    "no such parameter": ("ssm", "get_parameter", {"Name": "/b"}, (400, {"__type": "ParameterNotFound"}, {})),
    "throttled": ("ssm", "get_parameter", {"Name": "/b"}, (400, {"__type": "ThrottlingException"}, {})),
}


@pytest.mark.parametrize(("service", "operation", "given", "answer"), OTHERS.values(), ids=OTHERS)
def test_the_queue_and_the_secrets_are_asked_alike(pair, monkeypatch, service, operation, given, answer):
    recorder, *_ = pair
    usual, lean = pair_of(service, recorder)
    theirs, ours = (played(recorder, client, operation, given, [answer]) for client in (usual, lean))
    assert ours == theirs
    usual.close()
    lean.service.connections.close()


def without_tokens(sent):
    """A transaction's token is drawn by each client anew, and is the same in each try."""
    tokens = {body.get("ClientRequestToken") for *_, body in sent}
    assert len(tokens) == 1
    for *_, body in sent:
        token = body.pop("ClientRequestToken", None)
        assert token is None or token == "a-token" or len(token) == 36
    return sent


anything = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@anything
@given(call=calls, answer=found, checksum=st.booleans())
def test_an_answer_is_the_same(pair, call, answer, checksum):
    recorder, usual, lean = pair
    operation, given = call
    known = ANSWERED.get(operation, {"Attributes"})
    body = on_the_wire({member: one for member, one in answer.items() if member in known})
    headers = {"x-amz-crc32": str(zlib.crc32(body))} if checksum else {}
    told = [(200, body, {"x-amzn-requestid": "R1", **headers})]
    theirs, ours = (played(recorder, client, operation, given, told) for client in (usual, lean))
    assert (without_tokens(ours[0]), ours[1]) == (without_tokens(theirs[0]), theirs[1])


@anything
@given(call=calls, refusals=st.lists(refused | broken, min_size=1, max_size=2), reasons=reasons, item=item)
def test_an_error_is_the_same_and_sent_again_where_botocore_does(pair, call, refusals, reasons, item):
    recorder, usual, lean = pair
    operation, given = call

    def wire(status, said):
        if isinstance(said, bytes):
            return status, said
        told = dict(said)
        if "TransactionCanceled" in told["__type"]:
            told["CancellationReasons"] = reasons
        if "ConditionalCheckFailed" in told["__type"]:
            told["Item"] = item
        return status, on_the_wire(told)

    told = [*(wire(*one) for one in refusals), (200, b"{}")]
    theirs, ours = (played(recorder, client, operation, given, told) for client in (usual, lean))
    assert len(ours[0]) == len(theirs[0])
    assert (without_tokens(ours[0]), ours[1]) == (without_tokens(theirs[0]), theirs[1])
