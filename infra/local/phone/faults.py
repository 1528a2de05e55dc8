"""Faults to switch on in the running stack: its table and REST API down or slow, webhooks twice or out of order."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from infra.local.exchange import Trouble  # noqa: TC001  # get_type_hints reads it

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from infra.carrier.network import Network
    from infra.local.exchange import Exchange

LONGEST_SECONDS = 30.0
_GIVES_UP_AFTER = 2.0  # seconds: the deployed client's own limit for an answer of the table


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong now. ``slow_seconds``: how long a slow part takes for each request."""

    dynamodb: Trouble = "up"
    rest: Trouble = "up"
    duplicates: bool = False
    disorder: bool = False
    slow_seconds: float = 3.0

    @property
    def are_on(self) -> bool:
        """Whether anything is wrong."""
        return self != Faults(slow_seconds=self.slow_seconds)

    def changed(self, changes: Mapping[str, Any]) -> Faults:
        """These faults with some changed. Raises ``ValueError``, which names the wrong one."""
        kinds = get_type_hints(Faults)
        for name, value in changes.items():
            if name not in kinds:
                raise ValueError(f"{name!r} is no fault: there are {', '.join(kinds)}")
            words = get_args(kinds[name])
            if words and value not in words:
                raise ValueError(f"{name} is {value!r}: write {' or '.join(words)}")
            if kinds[name] is bool and not isinstance(value, bool):
                raise ValueError(f"{name} is {value!r}: write true or false")
            if kinds[name] is float and not _is_a_span(value):
                raise ValueError(f"{name} is {value!r}: write seconds, from 0.1 to {LONGEST_SECONDS:g}")
        return replace(self, **changes)


def _is_a_span(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= LONGEST_SECONDS


class FaultSwitch:
    """Switches faults on and off in one stack: of the handlers' client of the table, and of the REST API."""

    def __init__(self, dynamodb: DynamoDBClient, exchange: Exchange) -> None:
        self.present = Faults()
        self._exchange = exchange
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Faults], None]] = []
        dynamodb.meta.events.register("before-send.dynamodb", self._before_request)

    def change(self, changes: Mapping[str, Any]) -> Faults:
        """Switch some faults. Raises ``ValueError``, which names the wrong one."""
        with self._lock:
            self.present = self.present.changed(changes)
            self._exchange.trouble, self._exchange.slow_seconds = self.present.rest, self.present.slow_seconds
            told = list(self._listeners)
        for tell in told:
            tell(self.present)
        return self.present

    def listen(self, tell: Callable[[Faults], None]) -> None:
        """Have each change told."""
        with self._lock:
            self._listeners.append(tell)

    def leave(self, tell: Callable[[Faults], None]) -> None:
        """Have no further change told."""
        with self._lock:
            self._listeners.remove(tell)

    def _before_request(self, request: Any, **_: object) -> None:
        """Let a request of the handlers to their table pass, late or not at all. botocore calls this."""
        present = self.present
        if present.dynamodb == "down":
            raise EndpointConnectionError(endpoint_url=request.url)
        if present.dynamodb == "slow":
            time.sleep(min(present.slow_seconds, _GIVES_UP_AFTER))
            if present.slow_seconds > _GIVES_UP_AFTER:
                raise ReadTimeoutError(endpoint_url=request.url)


def apply(faults: Faults, network: Network) -> None:
    """Let a carrier deliver webhooks as these faults say. Only the thread of its simulation may call this."""
    network.webhooks.deliveries = 2 if faults.duplicates else 1
    if not faults.disorder:
        network.disorder = None
    elif network.disorder is None:
        network.disorder = random.Random()  # noqa: S311  # delays of a simulation


def as_json(faults: Faults) -> dict[str, Any]:
    """The faults as the page reads them."""
    return asdict(faults)
