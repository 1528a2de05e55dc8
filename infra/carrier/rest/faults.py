"""Faults of REST requests, set by a test: for an endpoint, once or always, or for a number."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal, TypeAlias

Endpoint: TypeAlias = Literal[
    "calls.create",
    "calls.update",
    "calls.fetch",
    "messages.create",
    "recordings.list",
    "recordings.fetch",
    "recordings.sound",
    "recordings.delete",
    "account.fetch",
    "numbers.list",
    "numbers.fetch",
    "numbers.update",
    "webhooks.rules",
    "webhooks.setting",
]


@dataclass(frozen=True, slots=True)
class Refused:
    """Answered with an error and not done. Without a `code` the body is no JSON, like a proxy's."""

    status: int = 500
    code: int | None = None
    message: str = "refused by the script of a test"


@dataclass(frozen=True, slots=True)
class Slow:
    """Done and answered after so many real seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Late:
    """Answered at once; takes effect after so many simulated seconds (calls only)."""

    after: float


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset before the request is read: nothing is done."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Never answered, and not done. The connection is held for so many real seconds, or until the server stops."""

    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class DoneButTimedOut:
    """Never answered, and yet done: the client can't know."""

    seconds: float = 30.0


RestFault: TypeAlias = Refused | Slow | Late | Reset | TimedOut | DoneButTimedOut

TEST_NUMBERS: dict[tuple[Endpoint, str], RestFault] = {
    ("messages.create", "+15005550001"): Refused(400, 21211, "The 'To' number is not a valid phone number."),
    ("messages.create", "+15005550002"): Refused(400, 21612, "The 'To' number is not reachable."),
    ("messages.create", "+15005550003"): Refused(400, 21408, "Permission to send to this region is not enabled."),
    ("messages.create", "+15005550004"): Refused(400, 21610, "Attempt to send to an unsubscribed recipient."),
    ("messages.create", "+15005550009"): Refused(400, 21614, "The 'To' number is not a valid mobile number."),
    ("calls.create", "+15005550001"): Refused(400, 21217, "The phone number does not appear to be valid."),
    ("calls.create", "+15005550002"): Refused(400, 21214, "The 'To' phone number cannot be reached."),
    ("calls.create", "+15005550003"): Refused(400, 21215, "Account not authorized to call this number."),
    ("calls.create", "+15005550004"): Refused(400, 21216, "The 'To' phone number is blocked."),
}
"""The answers of Twilio's test credentials for these numbers."""


class Faults:
    """The faults of the next REST requests. Without any, all succeed except those to Twilio's test numbers."""

    def __init__(self) -> None:
        self._next: dict[Endpoint, deque[RestFault | None]] = defaultdict(deque)
        self._always: dict[Endpoint, RestFault] = {}
        self._numbers = dict(TEST_NUMBERS)

    def next(self, endpoint: Endpoint, *faults: RestFault | None) -> None:
        """Give the next requests these faults, one each; None is success."""
        self._next[endpoint].extend(faults)

    def always(self, endpoint: Endpoint, fault: RestFault | None) -> None:
        """Give this fault to every request without another one; None ends it."""
        self._always.pop(endpoint, None)
        if fault is not None:
            self._always[endpoint] = fault

    def forget(self) -> None:
        """Remove all faults."""
        self._next.clear()
        self._always.clear()

    def for_number(self, endpoint: Endpoint, number: str, fault: RestFault) -> None:
        """Give every request with this To the fault."""
        self._numbers[endpoint, number] = fault

    def take(self, endpoint: Endpoint, to: str) -> RestFault | None:
        """Take the fault of the present request."""
        if (endpoint, to) in self._numbers:
            return self._numbers[endpoint, to]
        if self._next[endpoint]:
            return self._next[endpoint].popleft()
        return self._always.get(endpoint)
