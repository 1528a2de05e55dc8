"""The function behind the queue, as Lambda runs it: what it stored is deleted, what it did not store comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_BATCH = 10


class QueueFunction:
    """Gives each message of the queue at ``url`` to ``take``, which logs why and raises where it must come again.

    Messages that were received ``most_received`` times are dead letters from then on.
    """

    def __init__(self, url: str, client: SQSClient, take: Callable[[str], None], most_received: int) -> None:
        self._url = url
        self._client = client
        self._take = take
        self._most_received = most_received
        self._failed: set[str] = set()

    @property
    def put_off(self) -> int:
        """How many messages wait to come again."""
        return len(self._failed)

    def work(self) -> bool:
        """Take one batch. Says whether there was any."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=0,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
            for message in answer.get("Messages", []):
                self._receive(message)
        except (BotoCoreError, ClientError):  # the stand-in is going, or gone: what it held comes again, or is gone too
            return False
        return bool(answer.get("Messages"))

    def _receive(self, message: MessageTypeDef) -> None:
        try:
            self._take(message["Body"])
        except Exception:  # noqa: BLE001  # whatever it is, the message stays in the queue
            self._failed.add(message["MessageId"])
            if int(message["Attributes"]["ApproximateReceiveCount"]) >= self._most_received:
                self._failed.discard(message["MessageId"])
            return
        self._failed.discard(message["MessageId"])
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
