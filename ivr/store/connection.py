"""The DynamoDB client, with the timeouts of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ivr.aws import clients, environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def client(*, patient: bool = False) -> DynamoDBClient:
    """A DynamoDB client for the caller's path, with short timeouts and a fast start.

    ``patient``: for a command, with which nobody waits on the telephone.
    """
    # If DynamoDB hangs, an operation takes 2 s and a step at most 4 s; the function has 10 s, Twilio waits 15 s.
    if not patient and environment.suffices():
        return cast("DynamoDBClient", clients.dynamodb(timeout=1))
    from botocore.config import Config
    from botocore.session import Session  # boto3 would wrap it and import its S3 transfers

    from ivr.botocore_loader import BotocoreLoader

    config = Config(
        # If DynamoDB hangs, an operation takes 2 s and a step at most 4 s; the function has 10 s, Twilio waits 15 s.
        connect_timeout=5 if patient else 1,
        read_timeout=15 if patient else 1,
        retries={"mode": "standard", "total_max_attempts": 4 if patient else 2},
        parameter_validation=False,
        user_agent="call-screening-ivr",
        tcp_keepalive=True,
    )
    session = Session()
    session.register_component("data_loader", BotocoreLoader("dynamodb"))
    return cast("DynamoDBClient", session.create_client("dynamodb", config=config))
