"""The connection to DynamoDB, tuned for a caller who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def client() -> DynamoDBClient:
    """A DynamoDB client tuned for the caller's path: short time-outs, no work that can be left out."""
    from botocore.config import Config
    from botocore.session import Session  # boto3 would only wrap it, and bring the S3 transfers that we have none of

    from ivr.botocore_loader import BotocoreLoader

    config = Config(
        # A hanging DynamoDB costs 2 s an operation and 4 s a step at the worst; the function has 10, Twilio waits 15.
        connect_timeout=1,
        read_timeout=1,
        retries={"mode": "standard", "total_max_attempts": 2},
        parameter_validation=False,
        user_agent="call-screening-ivr",
        tcp_keepalive=True,
    )
    session = Session()
    session.register_component("data_loader", BotocoreLoader("dynamodb"))
    return cast("DynamoDBClient", session.create_client("dynamodb", config=config))
