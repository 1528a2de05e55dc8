"""One AWS service that is asked by JSON: a request is signed, sent, sent once more where that may help, and read."""

from __future__ import annotations

import json
import random
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from botocore.exceptions import ChecksumError, ClientError, ConnectionError, HTTPClientError  # noqa: A004

from ivr.aws.answers import attributes_in, error_in, metadata_of
from ivr.aws.signature import Scope, authorization

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.aws.connections import Connections
    from ivr.aws.credentials import Credentials
    from ivr.aws.signature import KeyPair
    from ivr.http.answer import Answer

_MOST_PAUSE = 0.1  # seconds before what the service could not do is asked again; the caller of a function waits
_CHANCE = random.SystemRandom()  # which no snapshot holds: a generator's state would be that of every container
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException"})
_PASSING_STATUS = frozenset({429, 500, 502, 503, 504})
_PASSING = frozenset(  # the codes that botocore's standard mode retries
    {
        *("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"),
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException"),
        *("TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException"),
        *("RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown"),
        "EC2ThrottledException",
    }
)


class Protocol(NamedTuple):
    """How a service is asked."""

    name: str  # in endpoints and signatures
    target: str  # the beginning of x-amz-target
    version: str  # of the JSON protocol
    headers: Mapping[str, str] = {}  # that each request has besides


class Service:
    """A service in a region. ``attempts``: how often a request is sent at most."""

    def __init__(
        self,
        protocol: Protocol,
        region: str,
        connections: Connections,
        credentials: Credentials,
        *,
        attempts: int = 2,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.protocol, self.connections, self.credentials = protocol, connections, credentials
        self._scope = Scope(region, protocol.name)
        self._attempts, self._pause = attempts, pause
        self._host = connections.address.partition("://")[2]

    def ask(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to an operation such as "GetItem". Raises botocore's ``ClientError`` or ``BotoCoreError``."""
        body = json.dumps(arguments, default=_sent_as, separators=(",", ":")).encode()
        keys, sent, renewed = self.credentials.current(), 0, False
        while True:
            sent += 1
            is_last = sent >= self._attempts
            try:
                answer = self.send(operation, self._headers(operation, body, keys), body)
            except (ConnectionError, HTTPClientError):
                if is_last:
                    raise
                continue
            if answer.status == 200:
                if _is_whole(answer):
                    return {**_told(answer), "ResponseMetadata": metadata_of(answer, sent)}
                if is_last:
                    raise ChecksumError(
                        checksum_type="crc32",
                        expected_checksum=answer.headers["x-amz-crc32"],
                        actual_checksum=str(crc32(answer.body)),
                    )
                continue
            error = error_in(answer, sent)
            code = error["Error"]["Code"]
            if code in _EXPIRED and not renewed and (others := self.credentials.instead_of(keys)):
                keys, renewed, sent = others, True, sent - 1
                continue
            if is_last or not (code in _PASSING or answer.status in _PASSING_STATUS):
                raise ClientError(error, operation)  # type: ignore[arg-type]  # which has what botocore's has
            self._pause(_CHANCE.uniform(0, _MOST_PAUSE))  # so that not all come again at once

    def send(self, operation: str, headers: dict[str, str], body: bytes) -> Answer:  # noqa: ARG002  # for who watches
        """Send a signed request once."""
        return self.connections.send("POST", "/", headers, body)

    def _headers(self, operation: str, body: bytes, keys: KeyPair) -> dict[str, str]:
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {
            "host": self._host,
            "content-type": f"application/x-amz-json-{self.protocol.version}",
            "x-amz-date": at,
            "x-amz-target": f"{self.protocol.target}.{operation}",
            **self.protocol.headers,
        }
        if keys.token:
            headers["x-amz-security-token"] = keys.token
        headers["authorization"] = authorization(headers, body, at, self._scope, keys)
        headers["user-agent"] = "call-screening-ivr"
        return headers


def _sent_as(value: object) -> Any:
    match value:
        case bytes() | bytearray():
            return b64encode(value).decode()
        case set() | frozenset():
            return list(value)
    raise TypeError(f"a value of the type {type(value).__name__} can't be sent")


def _told(answer: Answer) -> dict[str, Any]:
    try:
        return attributes_in(answer.body) if answer.body else {}
    except ValueError as error:  # something on the way answered in the service's place
        raise HTTPClientError(error=error) from error


def _is_whole(answer: Answer) -> bool:
    """Whether an answer is what DynamoDB sent; the other services send no checksum."""
    told = answer.headers.get("x-amz-crc32")
    return told is None or not told.isdecimal() or int(told) == crc32(answer.body)
