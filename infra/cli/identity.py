"""Who types a command on a deployment: the identity to which the AWS credentials belong, for the audit."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from ivr.desk.actor import Actor

_PATIENCE = 3  # seconds; the change itself is not made to wait for longer
_LONGEST = 64  # characters of a name


@lru_cache(maxsize=1)
def identity() -> Actor | None:
    """The caller identity as STS gives it: its last words as the name, its ARN as the subject.

    The call needs no permission. None: AWS did not answer, or the table's endpoint is no AWS.
    """
    if os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") and not os.environ.get("AWS_ENDPOINT_URL"):
        return None
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    patience: Any = {"connect_timeout": _PATIENCE, "read_timeout": _PATIENCE, "retries": {"total_max_attempts": 1}}
    try:
        arn = str(boto3.client("sts", config=Config(**patience)).get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError, ResponseParserError, ValueError):  # a stand-in may know DynamoDB alone
        return None
    return Actor(name_of(arn), arn)


def name_of(arn: str) -> str:
    """The name in an ARN: of a user "user/salma", of a role's session "Desk/salma"."""
    return arn.rpartition(":")[2].removeprefix("assumed-role/")[-_LONGEST:]
