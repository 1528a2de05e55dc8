"""The report queue and its dead letters in the stand-in for SQS, made from template.yaml."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.local.database import ACCOUNT
from infra.local.template import properties

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REPORTS, DEAD_LETTERS = "reports", "report-dead-letters"
_RETRY_SECONDS = 1  # in a deployment it is minutes; nobody waits that long at a terminal


def queue_url(endpoint: str, name: str = REPORTS) -> str:
    """The URL of a queue of the stand-in, before its creation too."""
    return f"{endpoint}/{ACCOUNT}/{name}"


def watched_queues(endpoint: str) -> str:
    """The setting that has the desk show both queues."""
    return f"reports={queue_url(endpoint)}; report_dead_letters={queue_url(endpoint, DEAD_LETTERS)}"


def most_received() -> int:
    """How often a message may be received before it becomes a dead letter."""
    return int(properties("ReportQueue")["RedrivePolicy"]["maxReceiveCount"])


def create_queues(client: SQSClient) -> None:
    """Create both queues."""
    dead_letters = client.create_queue(QueueName=DEAD_LETTERS, Attributes=_attributes("ReportDeadLetters"))["QueueUrl"]
    answer = client.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": answer["Attributes"]["QueueArn"], "maxReceiveCount": most_received()}
    client.create_queue(
        QueueName=REPORTS,
        Attributes={
            **_attributes("ReportQueue"),
            "VisibilityTimeout": str(_RETRY_SECONDS),
            "RedrivePolicy": json.dumps(redrive),
        },
    )


def _attributes(logical_id: str) -> Any:
    return {"MessageRetentionPeriod": str(properties(logical_id)["MessageRetentionPeriod"])}
