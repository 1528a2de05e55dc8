"""Parameter Store of SSM, called as boto3's client is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.aws.service import Protocol

if TYPE_CHECKING:
    from ivr.aws.service import Service

PROTOCOL = Protocol("ssm", "AmazonSSM", "1.1")


class SSM:
    """A client of SSM."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def get_parameter(self, **arguments: Any) -> dict[str, Any]:
        """One parameter."""
        return self.service.ask("GetParameter", arguments)

    def get_parameters(self, **arguments: Any) -> dict[str, Any]:
        """Several parameters. Those that do not exist are named in the answer."""
        return self.service.ask("GetParameters", arguments)
