"""A loader for botocore that reads the model of one service only."""

from __future__ import annotations

from botocore.loaders import Loader


class BotocoreLoader(Loader):
    """Reads the models of one service (its botocore name, such as "dynamodb").

    Botocore's own loader lists the folders of all four hundred services twice, which takes a twelfth of a cold start.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  # the same for every type
        """List the one service."""
        return [self._name]
