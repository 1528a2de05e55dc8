"""The local queue, SMS and ring-backs run off the caller's path, as in the cloud."""

import json
import time
from urllib.parse import urlsplit

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, Carrier, Phone, http_post
from infra.local import demo
from infra.local.database import client_of
from infra.local.queues import DEAD_LETTERS, most_received, queue_url
from tests.conftest import Outage
from tests.local.conftest import TOKEN

STRANGER = "+96891234567"


@pytest.fixture
def rest(stack, carrier):
    """The carrier as the stack finds it, as long as it answers."""
    return lambda: carrier.rest(urlsplit(stack.settings.twilio_api_base_url).port)


@pytest.fixture
def ring(carrier, pickups):
    def ring(from_=STRANGER, to=demo.PROTECTED_LINE, *, caller=(ANNOUNCED,), customer=()):
        pickups[demo.CUSTOMER] = Phone(keys=list(customer), name="customer")
        call = carrier.place(from_=from_, to=to, phone=Phone(keys=list(caller)))
        carrier.run()
        return call

    return ring


@pytest.fixture
def items(stack, dynamodb):
    def items(begins):
        found = dynamodb.scan(TableName=stack.settings.table_name)["Items"]
        return [item for item in found if item["sk"]["S"].startswith(begins)]

    return items


@pytest.fixture
def sqs(stack):
    return client_of("sqs", stack.database.address, stack.region)


@pytest.fixture
def logged(log):
    """The metrics that were counted so far."""
    return lambda: [json.loads(line).get("message") for line in log.getvalue().splitlines()]


@pytest.fixture
def wait_until():
    def wait_until(true):
        until = time.monotonic() + 30
        while not true():
            assert time.monotonic() < until
            time.sleep(0.05)

    return wait_until


def test_a_report_is_followed_by_a_message_over_twilios_rest_api(ring, rest, carrier, settled):
    with rest():
        ring(customer=["9", "1", "2", HANG_UP])
        settled()
    [message] = carrier.messages
    assert (message.to, message.from_) == (demo.CUSTOMER, demo.REPORT_LINE)


@pytest.mark.slow
def test_simultaneous_calls_on_one_line_keep_the_workers_alive(
    stack, ring, rest, carrier, pickups, items, settled, logged, wait_until
):
    """The second one's transaction is cancelled; reputation, SMS and ring-back go on."""
    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer")
    carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.place(from_="+96891234568", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]), after=1)
    with rest():
        carrier.run()
        assert [leg.to for leg in carrier.legs].count(demo.CUSTOMER) == 1
        settled()
        _all_still_follows(ring, carrier, items, settled, wait_until)
    assert "stream_not_read" not in logged()


@pytest.mark.slow
def test_a_broken_off_call_keeps_the_workers_alive(stack, ring, rest, carrier, pickups, items, settled, wait_until):
    """Ctrl-C while the customer's telephone rings: the line stays engaged for the next caller."""
    broken_off = Carrier(http_post(), base_url=stack.address, auth_token=TOKEN, pickups=pickups, strict=False)
    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer")
    broken_off.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    while not items("RING"):
        broken_off.wait(1)
    with rest():
        assert ring("+96891234568", customer=["1"]).transcript.of("caller")
        assert demo.CUSTOMER not in [leg.to for leg in carrier.legs]
        settled()
        carrier.wait(1000)  # until the line is free again
        _all_still_follows(ring, carrier, items, settled, wait_until)


def _all_still_follows(ring, carrier, items, settled, wait_until):
    ring("+96891234569", customer=["9", "1", "2", HANG_UP])
    settled()
    [reputation] = items("REPUTATION")
    assert reputation["pk"]["S"] == "CALLER#+96891234569"
    assert [message.to for message in carrier.messages] == [demo.CUSTOMER]
    ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2", "1"])
    wait_until(lambda: settled() == 0)
    carrier.run()
    assert [leg.to for leg in carrier.legs if leg.direction == "outbound-api"] == [demo.CUSTOMER]


@pytest.mark.slow
def test_a_ring_back_waits_until_somebody_answers_as_twilio_and_rings_once(
    ring, rest, carrier, settled, items, logged, wait_until
):
    ring(customer=["1"])
    ring(demo.CUSTOMER, demo.REPORT_LINE, caller=["2", "1"])
    assert settled() == 1
    [job] = items("RING_BACK")
    assert job["state"]["S"] == "asked"
    assert "follow_up_put_off" in logged()
    with rest():
        wait_until(lambda: settled() == 0)
        carrier.run()
    assert [leg.to for leg in carrier.legs if leg.direction == "outbound-api"] == [demo.CUSTOMER]
    [job] = items("RING_BACK")
    assert job["state"]["S"] == "done"


@pytest.mark.slow
def test_a_refused_report_waits_in_the_queue_and_is_stored_later(
    stack, ring, rest, carrier, items, settled, logged, wait_until
):
    outage = Outage(stack.store.table.client)
    outage.down, outage.touching = True, "REPORT#"
    call = ring(customer=["9", "1", "2", HANG_UP])
    assert "Your report has been recorded." in call.transcript.said("customer", "en")
    assert settled() > 0
    assert items("REPORT#") == []
    outage.down = False
    with rest():
        wait_until(lambda: settled() == 0)
    [report] = items("REPORT#")
    assert report["pk"]["S"] == f"CALL#{call.sid}"
    assert (report["category"]["S"], report["loss"]["S"]) == ("prize", "no")
    assert logged().count("report_recorded") == 1
    assert [message.to for message in carrier.messages] == [demo.CUSTOMER]


def test_the_queue_is_reached_on_a_machine_without_any_account(stack, ring, items, monkeypatch, logged):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    outage = Outage(stack.store.table.client)
    outage.down, outage.touching = True, "REPORT#"
    ring(customer=["9", HANG_UP])
    assert "sent_to_queue" in logged()
    assert "queue_send_failed" not in logged()


@pytest.mark.slow
def test_an_unreadable_message_becomes_a_dead_letter_and_holds_up_nothing(stack, sqs, settled, wait_until):
    url = stack.settings.report_queue_url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    sqs.send_message(QueueUrl=url, MessageBody="no message of ours")
    dead = queue_url(stack.database.address, DEAD_LETTERS)

    def letters():
        answer = sqs.receive_message(QueueUrl=dead, VisibilityTimeout=0, MessageSystemAttributeNames=["All"])
        return answer.get("Messages", [])

    wait_until(letters)
    [letter] = letters()
    assert letter["Body"] == "no message of ours"
    assert int(letter["Attributes"]["ApproximateReceiveCount"]) >= most_received()
    assert settled() == 0
