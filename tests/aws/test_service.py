"""A request is sent once more where that may help, and an answer is read as it was meant."""

from __future__ import annotations

import random
import threading

import pytest
from botocore.exceptions import (
    ChecksumError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
)
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from ivr.aws.connections import Connections
from ivr.aws.credentials import Credentials
from ivr.aws.dynamodb import PROTOCOL, DynamoDB
from ivr.aws.service import Service
from tests.aws.conftest import REGION, resets

THROTTLED = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"})
FAILED = (500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"})
FOUND = (200, {"Item": {"pk": {"S": "x"}}})


@pytest.mark.parametrize("refusal", [THROTTLED, FAILED, (503, b""), (429, {})], ids=["throttled", "500", "503", "429"])
def test_what_was_refused_for_now_is_asked_again_after_a_tenth_of_a_second_at_most(lean, recorder, pauses, refusal):
    recorder.will(refusal, FOUND)
    assert lean.get_item(TableName="t", Key={})["Item"] == {"pk": {"S": "x"}}
    assert len(recorder.asked) == 2
    [pause] = pauses
    assert 0 <= pause <= 0.1


def test_not_all_come_again_at_once(lean, recorder, pauses):
    for _ in range(5):
        recorder.will(THROTTLED, FOUND)
        lean.get_item(TableName="t", Key={})
    assert len(set(pauses)) > 1


@pytest.mark.parametrize(
    "code",
    sorted({*ThrottledRetryableChecker._THROTTLED_ERROR_CODES, *TransientRetryableChecker._TRANSIENT_ERROR_CODES}),
)
def test_what_botocore_calls_passing_is_asked_again(lean, recorder, code):
    recorder.will((400, {"__type": f"x#{code}"}), FOUND)
    assert "Item" in lean.get_item(TableName="t", Key={})


def test_containers_that_one_snapshot_was_restored_to_do_not_pause_alike(lean, recorder, pauses):
    recorder.will(THROTTLED, FOUND, THROTTLED, FOUND)
    state = random.getstate()
    for _ in range(2):
        random.setstate(state)  # what the snapshot holds
        lean.get_item(TableName="t", Key={})
    assert len(set(pauses)) == 2


def test_it_is_asked_again_once(lean, recorder):
    recorder.will(THROTTLED)
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        lean.get_item(TableName="t", Key={})
    assert len(recorder.asked) == 2


@pytest.mark.parametrize("name", ["message", "Message"])
def test_what_a_refusal_says_is_told(lean, recorder, name):
    recorder.will((400, {"__type": "com.amazonaws.dynamodb.v20120810#ValidationException:http://x", name: "no"}))
    with pytest.raises(ClientError) as refused:
        lean.get_item(TableName="t", Key={})
    assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": "no"}


@pytest.mark.parametrize("page", [b"[]", b"overloaded"], ids=["a list", "no JSON"])
def test_a_refusal_that_is_no_services_is_told_as_it_came(lean, recorder, page):
    recorder.will((403, page))
    with pytest.raises(ClientError) as refused:
        lean.get_item(TableName="t", Key={})
    assert refused.value.response["Error"] == {"Code": "403", "Message": page.decode()}


@pytest.mark.parametrize("name", ["B", "BS"])
def test_what_is_called_like_a_type_is_none(lean, recorder, name):
    items = [{"pk": {"S": "x"}, name: {"M": {name: {"BS": ["eA=="]}}}, "one": {"B": "eA=="}}]
    recorder.will((200, {"Responses": {name: items}}))
    read = [{"pk": {"S": "x"}, name: {"M": {name: {"BS": [b"x"]}}}, "one": {"B": b"x"}}]
    assert lean.batch_get_item(RequestItems={})["Responses"] == {name: read}


@pytest.mark.parametrize("page", [b"", b" <html><b>no</b></html>"], ids=["no page", "a page"])
def test_of_the_page_of_a_server_on_the_way_the_status_alone_is_told(lean, recorder, page):
    recorder.will((503, page))
    with pytest.raises(ClientError) as refused:
        lean.get_item(TableName="t", Key={})
    assert refused.value.response["Error"] == {"Code": "503", "Message": "Service Unavailable"}


def test_what_was_refused_for_good_is_not(lean, recorder, pauses):
    recorder.will((400, {"__type": "x#ValidationException", "message": "no"}))
    with pytest.raises(ClientError) as refused:
        lean.put_item(TableName="t", Item={})
    assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": "no"}
    assert (len(recorder.asked), pauses) == (1, [])


def test_a_lost_connection_is_replaced_without_a_pause(lean, recorder, pauses):
    recorder.will(resets, FOUND)
    assert "Item" in lean.get_item(TableName="t", Key={})
    assert pauses == []


def test_two_lost_connections_are_an_error(lean, recorder):
    recorder.will(resets)
    with pytest.raises(ConnectionClosedError):
        lean.get_item(TableName="t", Key={})
    assert len(recorder.asked) == 2


def test_where_nobody_answers_it_is_tried_twice(monkeypatch):
    tried = []

    def refuse(*_, **__):
        tried.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    service = Service(PROTOCOL, REGION, Connections("http://127.0.0.1:9", 30, 30), Credentials())
    with pytest.raises(EndpointConnectionError):
        DynamoDB(service).get_item(TableName="t", Key={})
    assert len(tried) == 2


def test_a_transaction_that_is_sent_again_has_the_same_token(lean, recorder):
    recorder.will(resets, (200, {}))
    lean.transact_write_items(TransactItems=[])
    first, second = (asked.json["ClientRequestToken"] for asked in recorder.asked)
    assert first == second
    lean.transact_write_items(TransactItems=[])
    assert recorder.asked[-1].json["ClientRequestToken"] != first


def test_an_answer_that_was_damaged_on_its_way_is_asked_for_again(lean, recorder):
    recorder.will((200, {"Item": {}}, {"x-amz-crc32": "1"}), FOUND)
    assert lean.get_item(TableName="t", Key={})["Item"] == {"pk": {"S": "x"}}


def test_two_damaged_answers_are_an_error(lean, recorder):
    recorder.will((200, {"Item": {}}, {"x-amz-crc32": "1"}))
    with pytest.raises(ChecksumError):
        lean.get_item(TableName="t", Key={})


@pytest.mark.parametrize("checksum", ["", "none"])
def test_a_checksum_that_is_none_damages_no_answer(lean, recorder, checksum):
    recorder.will((*FOUND, {"x-amz-crc32": checksum}))
    assert lean.get_item(TableName="t", Key={})["Item"] == {"pk": {"S": "x"}}


def test_an_answer_without_a_body_says_nothing(lean, recorder):
    recorder.will((200, b""))
    assert lean.put_item(TableName="t", Item={}).keys() == {"ResponseMetadata"}


def test_an_answer_that_is_no_services_is_an_error_of_the_connection(lean, recorder):
    recorder.will((200, b"<html>Please sign in to this network</html>"))
    with pytest.raises(HTTPClientError):
        lean.get_item(TableName="t", Key={})


def test_the_pages_of_a_query_are_asked_for_one_by_one(lean, recorder):
    key, items = {"pk": {"S": "x"}}, [{"n": {"N": str(n)}} for n in range(4)]
    recorder.will((200, {"Items": items[:2], "LastEvaluatedKey": key}), (200, {"Items": items[2:]}))
    pages = lean.get_paginator("query").paginate(TableName="t")
    assert next(pages)["Items"] == items[:2]
    assert len(recorder.asked) == 1
    assert [page["Items"] for page in pages] == [items[2:]]
    assert [asked.json for asked in recorder.asked] == [
        {"TableName": "t"},
        {"TableName": "t", "ExclusiveStartKey": key},
    ]


def test_no_page_is_asked_for_beyond_the_items_that_are_wanted(lean, recorder):
    recorder.will((200, {"Items": [{}, {}, {}], "LastEvaluatedKey": {"pk": {"S": "x"}}}))
    limits = {"MaxItems": 4, "PageSize": 3}
    pages = lean.get_paginator("query").paginate(TableName="t", PaginationConfig=limits)
    assert [len(page["Items"]) for page in pages] == [3, 1]
    assert {asked.json["Limit"] for asked in recorder.asked} == {3}


def test_threads_share_a_client(lean, recorder):
    recorder.will(FOUND)
    found = []
    threads = [threading.Thread(target=lambda: found.append(lean.get_item(TableName="t", Key={}))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8


def test_what_no_service_takes_is_said(lean):
    with pytest.raises(TypeError, match="of the type object can't be sent"):
        lean.put_item(TableName="t", Item={"a": {"S": object()}})
