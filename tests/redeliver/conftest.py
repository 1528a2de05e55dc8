"""The queue beside the table: made from the template, emptied by the real handler as Lambda would."""

from __future__ import annotations

import json
import random

import boto3
import pytest
from cfnlint.decode import cfn_yaml

from handlers import redeliver
from infra.local.template import TEMPLATE
from ivr.observability.log import Log
from ivr.store import Store
from tests.calls.conftest import reports, ring, rung_back_leg
from tests.conftest import ENVIRONMENT

__all__ = ["reports", "ring", "rung_back_leg"]

QUEUE = cfn_yaml.load(str(TEMPLATE))["Resources"]["ReportQueue"]["Properties"]
MOST_RECEIVED = int(QUEUE["RedrivePolicy"]["maxReceiveCount"])


class ReportQueue:
    """The queue and its dead letters, and what Lambda does with them: a batch to the handler, and back what failed."""

    def __init__(self, client):
        self.client = client
        self.dead_letters = client.create_queue(QueueName="dead-letters")["QueueUrl"]
        arn = self._attribute(self.dead_letters, "QueueArn")
        redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": MOST_RECEIVED}
        self.url = client.create_queue(QueueName="reports", Attributes={"RedrivePolicy": json.dumps(redrive)})[
            "QueueUrl"
        ]

    def send(self, *bodies):
        for body in bodies:
            self.client.send_message(QueueUrl=self.url, MessageBody=body)

    @property
    def waiting(self):
        """How many messages are there."""
        return int(self._attribute(self.url, "ApproximateNumberOfMessages"))

    @property
    def dead(self):
        """The bodies of the dead letters."""
        answer = self.client.receive_message(
            QueueUrl=self.dead_letters, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    def peek(self):
        """What the messages hold, without taking them."""
        answer = self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def deliver(self, order=None):
        """One batch to the handler. Answers how many messages it had, and how many of them are to be retried."""
        answer = self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        (order or random.Random(7)).shuffle(messages)
        if not messages:
            return 0, 0
        handed = [{"messageId": one["MessageId"], "eventSource": "aws:sqs", "body": one["Body"]} for one in messages]
        failed = redeliver.handler({"Records": handed}, None)["batchItemFailures"]
        again = {failure["itemIdentifier"] for failure in failed}
        for message in messages:
            if message["MessageId"] in again:
                self.client.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )
            else:
                self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages), len(again)

    def empty(self, order=None):
        """Deliver until nothing is left."""
        for _ in range(MOST_RECEIVED):
            had, _ = self.deliver(order)
            if not had:
                return
        raise AssertionError(f"{self.waiting} messages never get stored")

    def _attribute(self, url, name):
        return self.client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]


@pytest.fixture
def queue(dynamodb):
    return ReportQueue(boto3.client("sqs"))


@pytest.fixture
def environment(queue):
    return {**ENVIRONMENT, "REPORT_QUEUE_URL": queue.url}


@pytest.fixture(autouse=True)
def redelivery(dynamodb, monkeypatch):
    """The redelivery function's container, over the same table as the calls."""
    container = redeliver.Redelivery(Store(ENVIRONMENT["TABLE_NAME"], dynamodb), Log("INFO"))
    monkeypatch.setattr(redeliver, "redelivery", lambda: container)
    return container


@pytest.fixture
def counted(caplog):
    """What was counted so far: each log line's metric."""
    caplog.set_level("INFO")
    return lambda: [record.metric for record in caplog.records if hasattr(record, "metric")]
