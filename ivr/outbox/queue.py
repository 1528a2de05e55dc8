"""The queue for records that DynamoDB refuses. Only this module knows SQS.

A message holds a record's plain fields with its original time and reference, so that it can be stored later, once.
This module is imported only after a failed write: while the table works no call pays for it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast, get_type_hints
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from ivr.aws import clients, environment
from ivr.calls.call_record import CallRecord
from ivr.care.call_backs import CallBack
from ivr.observability.failures import CodedError, code_of
from ivr.outbox.pending import Details, DetailsByReference, ReportByCall
from ivr.reports import Report
from ivr.voicemail import Voicemail

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# A person waits on the phone, and has waited up to 4 s for DynamoDB; the function has 10 s in all.
_SECONDS = 1
VERSION = 1  # of the messages; it changes when an older release would misread them


PendingWrite = CallRecord | Report | ReportByCall | Details | DetailsByReference | CallBack | Voicemail

_KINDS: dict[str, type[PendingWrite]] = {
    "call": CallRecord,
    "report": Report,
    "report_by_call": ReportByCall,
    "details": Details,
    "details_by_reference": DetailsByReference,
    "call_back": CallBack,
    "left_message": Voicemail,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class MessageError(ValueError):
    """A message that this version can't read. The text holds none of its values.

    ``newer``: it has a kind or a field that this version does not know, but a later one may.
    """

    def __init__(self, text: str, *, newer: bool = False) -> None:
        super().__init__(text)
        self.newer = newer


class QueueUnavailableError(CodedError):
    """SQS did not confirm a message. The text is a code for the reason."""


def kind_of(message: PendingWrite) -> str:
    """The word for the kind of record in a message."""
    return _NAMES[type(message)]


def write(message: PendingWrite) -> str:
    """A message's body: the record's fields, with the kind and the version."""
    record = {name: getattr(message, name) for name in get_type_hints(type(message))}
    return json.dumps({"version": VERSION, "kind": kind_of(message), "record": record}, separators=(",", ":"))


def read(body: str) -> PendingWrite:
    """Read a message of ``write``. Raises ``MessageError`` for anything else, also for an unknown field.

    So a function of an older release leaves a newer message in the queue for its successor.
    """
    try:
        envelope = json.loads(body)
        version, name, record = envelope["version"], str(envelope["kind"]), dict(envelope["record"])
    except (ValueError, KeyError, TypeError) as error:
        raise MessageError(f"not a message of ours: {type(error).__name__}") from error
    if type(version) is not int or version != VERSION:
        raise MessageError("a message of another version", newer=type(version) is int and version > VERSION)
    if name not in _KINDS:
        raise MessageError("a message of another kind", newer=True)
    kind = _KINDS[name]
    types = get_type_hints(kind)
    for name, value in record.items():
        if name not in types or type(value) is not types[name]:
            raise MessageError(f"the field {name!r} is unknown or of another type", newer=name not in types)
    try:
        message = kind(**record)
    except TypeError as error:
        raise MessageError("a field is missing") from error
    if not message.call_sid:
        raise MessageError("a record of no call")
    return message


class Queue:
    """The queue at ``url``. Without ``client`` it makes one for the first message."""

    def __init__(self, url: str, client: SQSClient | None = None) -> None:
        self.url = url
        self._client = client

    def send(self, message: PendingWrite) -> None:
        """Send one message. Raises ``QueueUnavailableError`` if SQS does not confirm it."""
        self.send_text(write(message))

    def waiting(self) -> int:
        """About how many messages wait. Raises ``QueueUnavailableError`` if SQS does not say."""
        try:
            self._client = self._client or _client(self.url)
            names: list[Any] = ["ApproximateNumberOfMessages"]
            answer = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        except (ClientError, BotoCoreError) as error:
            raise QueueUnavailableError(code_of(error)) from error
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def send_text(self, body: str) -> None:
        """Send a text that is no record. Raises ``QueueUnavailableError`` if SQS does not confirm it."""
        try:
            self._client = self._client or _client(self.url)
            self._client.send_message(QueueUrl=self.url, MessageBody=body)
        except (ClientError, BotoCoreError) as error:
            raise QueueUnavailableError(code_of(error)) from error


def _client(url: str) -> SQSClient:
    where = urlsplit(url)
    endpoint = f"{where.scheme}://{where.netloc}"  # where the queue's own address says, on a laptop too
    if environment.suffices():
        return cast("SQSClient", clients.sqs(endpoint, timeout=_SECONDS))
    from botocore.config import Config
    from botocore.session import Session

    config: Any = Config(
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
        parameter_validation=False,
        user_agent="call-screening-ivr",
    )
    return cast("SQSClient", Session().create_client("sqs", endpoint_url=endpoint, config=config))
