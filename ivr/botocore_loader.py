"""What botocore reads of its own files, kept to the one service that is asked for."""

from __future__ import annotations

from botocore.loaders import Loader


class BotocoreLoader(Loader):
    """Botocore's models, of one service.

    Before it reads a service's model, botocore lists the folders of all four hundred, and does so again for its
    endpoints: a twelfth of a cold start.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  # whatever of it is to be read
        """Name the services that there are."""
        return [self._name]
