"""The DynamoDB client, with the timeouts of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ivr.aws import clients, environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# To connect, and to read. An operation is tried twice: 2 s where DynamoDB hangs, nearly 4 s where connecting takes its
# second too. The function has 10 s, Twilio waits 15 s.
_SECONDS = 1


def client(*, patient: bool = False) -> DynamoDBClient:
    """A DynamoDB client for the caller's path, with short timeouts and a fast start.

    ``patient``: for a command, with which nobody waits on the telephone.
    """
    if not patient and environment.suffices():
        return cast("DynamoDBClient", clients.dynamodb(timeout=_SECONDS))
    from botocore.config import Config
    from botocore.session import Session  # boto3 would wrap it and import its S3 transfers

    from ivr.botocore_loader import BotocoreLoader

    config = Config(
        connect_timeout=5 if patient else _SECONDS,
        read_timeout=15 if patient else _SECONDS,
        retries={"mode": "standard", "total_max_attempts": 4 if patient else 2},
        parameter_validation=False,
        user_agent="call-screening-ivr",
        tcp_keepalive=True,
    )
    session = Session()
    session.register_component("data_loader", BotocoreLoader("dynamodb"))
    return cast("DynamoDBClient", session.create_client("dynamodb", config=config))
