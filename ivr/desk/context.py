"""What the desk works with: one deployment's store and settings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from ivr.outbox.queue import Queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.secrets.problems import OnProblem
    from ivr.settings import Settings
    from ivr.store.desk import Desk


def _silent(*_: str) -> None:
    """Tell nobody."""


class Context(NamedTuple):
    """One deployment, as a person of the desk works on it."""

    store: Desk
    settings: Settings
    announce: Callable[[], None] = _silent  # is called once nothing speaks against a change, just before it is made
    on_problem: OnProblem = _silent  # gets the name of a parameter of secrets that is wrong, and the remedy
    queue: Callable[[str], Queue] = Queue  # the queue at a URL

    @staticmethod
    def now() -> int:
        """The time, in epoch seconds."""
        return int(time.time())
