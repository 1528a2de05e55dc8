"""The queue's client and address. A call without faults loads nothing of it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from handlers import redeliver as handler
from ivr.outbox.pending import Details
from ivr.outbox.queue import Queue, QueueUnavailableError
from ivr.settings import Settings, SettingsError, current
from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
OF_A_CONTAINER = handler.redelivery  # the tests put another in its place
DETAILS = Details(call_sid="CA1", which="screened", category="prize")


def test_nothing_of_the_queue_is_loaded_before_a_write_has_failed():
    program = "import sys, handlers.voice; print('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "ivr.outbox.outbox" in loaded
    assert "ivr.outbox.queue" not in loaded


def test_only_the_queue_and_the_road_to_it_know_sqs():
    product = [path for folder in ("handlers", "ivr") for path in (ROOT / folder).rglob("*.py")]
    assert {path.name for path in product if '"sqs"' in path.read_text("utf-8")} == {"queue.py", "sqs.py"}


def test_a_message_holds_plain_fields_with_their_kind_and_version(queue):
    Queue(queue.url).send(DETAILS)
    assert queue.peek() == [
        {
            "version": 1,
            "kind": "details",
            "record": {"call_sid": "CA1", "which": "screened", "category": "prize", "loss": "", "withdrawn": 0},
        }
    ]


def test_a_given_client_is_used(queue):
    Queue(queue.url, boto3.client("sqs")).send(DETAILS)
    assert queue.waiting == 1


@pytest.mark.slow
def test_a_queue_that_hangs_keeps_nobody_waiting_for_long():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(QueueUnavailableError):
            Queue(f"http://127.0.0.1:{silent.getsockname()[1]}/1/reports").send(DETAILS)
        assert time.monotonic() - began < 5  # after 4 s of DynamoDB, within the function's 10


@pytest.mark.parametrize(
    "url",
    [
        "reports",
        "https://sqs.me-central-1.amazonaws.com",
        "http://sqs.me-central-1.amazonaws.com/1/reports",
        "https://sqs.me-central-1.amazonaws.com/1/reports?a=1",
        "arn:aws:sqs:me-central-1:123456789012:reports",
    ],
)
def test_a_wrong_address_of_the_queue_names_its_setting_and_the_remedy(url):
    with pytest.raises(SettingsError, match=r"REPORT_QUEUE_URL is .*https://sqs\."):
        Settings.from_environment({**ENVIRONMENT, "REPORT_QUEUE_URL": url})


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:5000/123456789012/reports"])
def test_a_laptop_has_a_queue_of_its_own_or_none(url):
    assert Settings.from_environment({**ENVIRONMENT, "REPORT_QUEUE_URL": url}).report_queue_url == url


def test_the_functions_container_is_made_of_its_settings(monkeypatch, dynamodb):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    current.cache_clear()
    try:
        assert OF_A_CONTAINER().store.table.name == ENVIRONMENT["TABLE_NAME"]
    finally:
        OF_A_CONTAINER.cache_clear()
        current.cache_clear()


def test_a_batch_response_names_the_messages_to_retry(queue):
    record = {"messageId": "m1", "eventSource": "aws:sqs", "body": json.dumps({"version": 1})}
    assert handler.handler({"Records": [record]}, None) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
