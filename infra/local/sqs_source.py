"""The function behind the queue, as Lambda runs it: a message that it processed is deleted, any other is retried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_BATCH = 10


class QueueFunction:
    """Gives each message of the queue at ``url`` to ``take``, which raises (and logs why) if it must be retried.

    A message that was received ``most_received`` times is a dead letter.
    """

    def __init__(self, url: str, client: SQSClient, take: Callable[[str], None], most_received: int) -> None:
        self._url = url
        self._client = client
        self._take = take
        self._most_received = most_received
        self._failed: set[str] = set()

    @property
    def put_off(self) -> int:
        """How many messages wait for their retry."""
        return len(self._failed)

    def work(self) -> bool:
        """Process one batch. False: the queue was empty."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=0,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
            for message in answer.get("Messages", []):
                self._receive(message)
        except (BotoCoreError, ClientError):  # the stand-in is ending: its messages are retried or lost with it
            return False
        return bool(answer.get("Messages"))

    def _receive(self, message: MessageTypeDef) -> None:
        try:
            self._take(message["Body"])
        except Exception:  # noqa: BLE001  # after any error the message stays in the queue
            self._failed.add(message["MessageId"])
            if int(message["Attributes"]["ApproximateReceiveCount"]) >= self._most_received:
                self._failed.discard(message["MessageId"])
            return
        self._failed.discard(message["MessageId"])
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
