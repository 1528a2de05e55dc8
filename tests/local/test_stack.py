"""The whole stack over real HTTP on loopback, as `make run` starts it."""

import json
import os
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from infra.carrier import ANNOUNCED, Phone, SharedKeys
from infra.local import demo
from infra.local.http_server import LoopbackServer, PortError
from infra.local.stack import Stack, StackError, environment_of
from ivr.settings import SettingsError


def items(dynamodb, stack, sort_key):
    found = dynamodb.scan(TableName=stack.settings.table_name)["Items"]
    return [item for item in found if item["sk"]["S"].startswith(sort_key)]


def test_a_report_pressed_in_a_call_over_http_is_in_the_table_once(carrier, pickups, stack, dynamodb):
    script = SharedKeys([ANNOUNCED, "9", "1", "2"])
    pickups[demo.CUSTOMER] = Phone(keys=script, name="customer")
    call = carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone(keys=script))
    carrier.run()

    [report] = items(dynamodb, stack, "REPORT#")
    assert report["pk"]["S"] == f"CALL#{call.sid}"
    assert report["caller"]["S"] == "+96891234567"
    assert report["category"]["S"] == "prize"
    assert report["loss"]["S"] == "no"
    assert not script.tokens


def test_the_log_has_a_json_line_for_each_request_and_never_a_query_or_a_number(carrier, log):
    carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["verdict"] for line in lines if line.get("message") == "call_screened"] == ["unknown"]
    assert lines[1]["request"] == "POST /voice/incoming"
    assert lines[1]["status"] == 200
    assert "?" not in log.getvalue()
    assert "91234567" not in log.getvalue()


def test_a_forged_signature_gets_an_empty_403_and_writes_nothing(stack, dynamodb):
    before = items(dynamodb, stack, "")
    answer = requests.post(
        f"{stack.address}/voice/incoming",
        data={"CallSid": "CA1", "From": "+96891234567", "To": demo.PROTECTED_LINE},
        headers={"X-Twilio-Signature": "Zm9yZ2Vk"},
        timeout=5,
    )
    assert (answer.status_code, answer.content) == (403, b"")
    assert items(dynamodb, stack, "") == before


def test_a_call_is_still_answered_and_warned_when_the_database_is_killed(carrier, pickups, stack):
    pickups[demo.CUSTOMER] = Phone(name="customer")
    carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone(keys=["9"]))
    carrier.run()  # the line's record is read
    stack.database.end()

    call = carrier.place(from_="+96891234568", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert call.billed
    assert "fraud" in call.transcript.said("caller", "en")[0]
    assert call.transcript.of("customer")


def test_another_line_is_answered_with_200_and_twiml_when_the_database_is_killed(carrier, stack):
    stack.database.end()
    call = carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone())
    carrier.run()
    assert not carrier.failures
    assert call.transcript.said(language="en")
    assert call.transcript.said(language="ar")


def test_an_ended_stack_leaves_nothing_behind(log):
    before = set(threading.enumerate())
    with Stack({}, log=log) as stack:
        addresses = [stack.address, stack.database.address]
        assert "<title>" in requests.get(stack.address, timeout=5).text
    stack.stop()
    for address in addresses:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), 1)
    assert set(threading.enumerate()) <= before


def test_a_stack_starts_with_the_demo_data_and_nothing_of_the_one_before(log):
    with Stack({}, log=log) as first:
        first.store.put(demo.Line(number="+12025550123", kind="report"))
    with Stack({}, log=log) as second:
        assert [line.number for line in second.store.lines.all()] == [demo.PROTECTED_LINE, demo.REPORT_LINE]
        assert len([*second.store.decisions.all()]) == 3


def test_the_environment_sets_what_it_names_and_the_demo_sets_the_rest():
    given = environment_of(
        {"CARE_NUMBER": "", "TABLE_NAME": "", "RING_SECONDS": "7", "HMAC_KEY_PARAMETER": "/x", "HOME": "/"},
        PUBLIC_BASE_URL="http://a",
    )
    assert given["CARE_NUMBER"] == ""
    assert given["TABLE_NAME"] == "call-screening-local"
    assert given["RING_SECONDS"] == "7"
    assert given["PUBLIC_BASE_URL"] == "http://a"
    assert given["TWILIO_AUTH_TOKEN"]
    assert not {"HOME", "HMAC_KEY_PARAMETER"} & set(given)


def test_a_local_stack_has_its_own_queue(log, database):
    with Stack(
        {"REPORT_QUEUE_URL": "https://sqs.me-central-1.amazonaws.com/1/of-a-real-account"}, log=log, database=database
    ) as stack:
        assert stack.settings.report_queue_url.startswith(f"{stack.database.address}/")


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9"])
def test_the_stand_in_for_twilio_can_be_named_or_left_out(log, address, database):
    with Stack({"TWILIO_API_BASE_URL": address}, log=log, database=database) as stack:
        assert stack.running.settings["TWILIO_API_BASE_URL"] == address


def test_a_wrong_setting_is_named_and_leaves_no_port(log):
    with pytest.raises(SettingsError, match="RING_SECONDS"):
        Stack({"RING_SECONDS": "soon"}, log=log)


def test_a_port_in_use_is_named():
    with LoopbackServer(lambda *_: []) as taken, pytest.raises(PortError, match=f"Port {taken.port} .* in use"):
        LoopbackServer(lambda *_: [], taken.port)


@pytest.mark.parametrize("region", ["xx-nowhere-1", "bad region"])
def test_an_invalid_region_is_named(log, region):
    with pytest.raises(StackError, match=f"AWS_REGION is '{region}'"):
        Stack({"AWS_REGION": region}, log=log)


def test_a_table_that_the_database_refuses_is_named_and_leaves_no_port(log, monkeypatch):
    def refuse(*_):
        raise ClientError({"Error": {"Code": "ValidationException", "Message": "no"}}, "CreateTable")

    monkeypatch.setattr("infra.local.stack.create_table", refuse)
    stack = Stack({}, log=log)
    with pytest.raises(StackError, match="TABLE_NAME"):
        stack.start()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", urlsplit(stack.address).port), 1)


def test_the_users_aws_profile_is_neither_used_nor_changed(log, monkeypatch, database):
    monkeypatch.setenv("AWS_PROFILE", "of-a-real-account")
    with Stack({}, log=log, database=database) as stack:
        assert len([*stack.store.lines.all()]) == 2
    assert os.environ["AWS_PROFILE"] == "of-a-real-account"
