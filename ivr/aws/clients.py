"""The clients of this process: they share their credentials, which are asked for once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ivr.aws import environment
from ivr.aws.connections import Connections
from ivr.aws.credentials import Credentials
from ivr.aws.service import Service

if TYPE_CHECKING:
    from ivr.aws.dynamodb import DynamoDB
    from ivr.aws.service import Protocol
    from ivr.aws.sqs import SQS
    from ivr.aws.ssm import SSM


def dynamodb(*, timeout: float, attempts: int = 2) -> DynamoDB:
    """A client of DynamoDB. ``timeout``: seconds, of connecting and of reading each."""
    from ivr.aws.dynamodb import PROTOCOL, DynamoDB

    return DynamoDB(_service(PROTOCOL, timeout, attempts))


def ssm(*, timeout: float, attempts: int = 1) -> SSM:
    """A client of SSM; the parameters are those of ``dynamodb``."""
    from ivr.aws.ssm import PROTOCOL, SSM

    return SSM(_service(PROTOCOL, timeout, attempts))


def sqs(address: str, *, timeout: float, attempts: int = 2) -> SQS:
    """A client of SQS at an address; the parameters are those of ``dynamodb``."""
    from ivr.aws.sqs import PROTOCOL, SQS

    return SQS(_service(PROTOCOL, timeout, attempts, address))


def _service(protocol: Protocol, timeout: float, attempts: int, address: str = "") -> Service:
    region = environment.region()
    connections = Connections(address or environment.endpoint(protocol.name, region), timeout, timeout)
    connections.prepare()  # so that a snapshot holds what it takes time to read
    return Service(protocol, region, connections, _credentials(), attempts=attempts)


@lru_cache(maxsize=1)
def _credentials() -> Credentials:
    return Credentials()
