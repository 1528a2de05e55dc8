"""The queue for what DynamoDB refuses, and its dead letters: made from template.yaml, in the stand-in for SQS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.local.database import ACCOUNT
from infra.local.template import properties

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REPORTS, DEAD_LETTERS = "reports", "report-dead-letters"
_COMES_AGAIN_AFTER = 1  # second; deployed it is minutes, and nobody waits that long before a terminal


def queue_url(endpoint: str, name: str = REPORTS) -> str:
    """Where a queue of the stand-in is, whether it was made yet or not."""
    return f"{endpoint}/{ACCOUNT}/{name}"


def most_received() -> int:
    """How often a message may be received before it becomes a dead letter."""
    return int(properties("ReportQueue")["RedrivePolicy"]["maxReceiveCount"])


def create_queues(client: SQSClient) -> None:
    """Create both queues."""
    dead_letters = client.create_queue(QueueName=DEAD_LETTERS, Attributes=_attributes("ReportDeadLetters"))["QueueUrl"]
    told = client.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": told["Attributes"]["QueueArn"], "maxReceiveCount": most_received()}
    client.create_queue(
        QueueName=REPORTS,
        Attributes={
            **_attributes("ReportQueue"),
            "VisibilityTimeout": str(_COMES_AGAIN_AFTER),
            "RedrivePolicy": json.dumps(redrive),
        },
    )


def _attributes(logical_id: str) -> Any:
    return {"MessageRetentionPeriod": str(properties(logical_id)["MessageRetentionPeriod"])}
