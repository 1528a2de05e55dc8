"""SQS, called as boto3's client is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.aws.service import Protocol

if TYPE_CHECKING:
    from ivr.aws.service import Service

PROTOCOL = Protocol("sqs", "AmazonSQS", "1.0", {"x-amzn-query-mode": "true"})


class SQS:
    """A client of SQS."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def send_message(self, **arguments: Any) -> dict[str, Any]:
        """Send a message. That it arrived whole, TLS and the signature of its body ensure: no MD5 is compared."""
        return self.service.ask("SendMessage", arguments)

    def get_queue_attributes(self, **arguments: Any) -> dict[str, Any]:
        """What a queue says of itself."""
        return self.service.ask("GetQueueAttributes", arguments)
