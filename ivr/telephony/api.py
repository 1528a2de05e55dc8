"""The provider's API as one process of ours asks it: one client, and one breaker before it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from ivr.secrets import SecretUnavailableError
from ivr.telephony.port import NotSentError, UnknownOutcomeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.telephony.port import Account, Capabilities

AVOIDED_SECONDS = 30  # after a failure: so long nobody waits for the next one


class Api:
    """The API of the provider. ``connect`` makes the account's client, at the first request."""

    def __init__(self, capabilities: Capabilities, connect: Callable[[], Account]) -> None:
        self.capabilities = capabilities
        self._connect = connect
        self._avoided_until = 0.0

    @cached_property
    def account(self) -> Account:
        """The account, for what is asked whatever failed before."""
        return self._connect()

    def is_avoided(self, now: float) -> bool:
        """Whether a request failed so short a time ago that the next one is better not made. ``now``: epoch seconds."""
        return now < self._avoided_until

    @contextmanager
    def asking(self, now: float) -> Iterator[Account]:
        """Ask the account. Where it can't be reached or does not say what it did, it is avoided for a while.

        Raises what the request raises.
        """
        try:
            yield self.account
        except (NotSentError, UnknownOutcomeError, SecretUnavailableError):
            self._avoided_until = now + AVOIDED_SECONDS
            raise
