"""One secret of Parameter Store, as a container keeps it between webhooks."""

from __future__ import annotations

import threading
from math import inf
from typing import TYPE_CHECKING, Generic, TypeVar

from ivr.secrets import SecretUnavailableError
from ivr.secrets.parameter_store import NoAnswerError
from ivr.secrets.values import ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.secrets.parameter_store import ParameterStore
    from ivr.secrets.problems import OnProblem

REFRESH_SECONDS = 60  # a wrong signature makes this container read Parameter Store at most this often
_RETRY_SECONDS = 2  # how soon a secret that was never read is asked for again after a failure

V = TypeVar("V")


class CachedSecret(Generic[V]):
    """A secret that is read again when it is ``kept_seconds`` old.

    ``read`` turns the stored text into the value and, where a part of it is wrong, the remedy. It raises
    ``ShapeError`` where the text can't be used.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[str], tuple[V, str]],
        store: ParameterStore,
        on_problem: OnProblem,
        clock: Callable[[], float],
        *,
        kept_seconds: float,
    ) -> None:
        self.name = name
        self._read, self._store, self._on_problem, self._clock = read, store, on_problem, clock
        self._kept_seconds = kept_seconds
        self._value: V | None = None
        self._asked_at = self._refreshed_at = -inf
        self._due_at = -inf
        self._why = ""
        self._lock = threading.Lock()

    def value(self) -> V:
        """The value. Raises ``SecretUnavailableError`` where this container never read a good one."""
        with self._lock:
            now = self._clock()
            if self._value is None:
                if now - self._asked_at >= _RETRY_SECONDS:
                    self._ask(self._store.get_patiently)
            elif now >= self._due_at and not self._ask(self._store.get):
                self._refreshed_at = now  # a refresh would fail in the same way
            if self._value is None:
                raise SecretUnavailableError(self.name, self._why)
            return self._value

    def refresh(self) -> bool:
        """Read it again, at most once a minute. False: too soon, or Parameter Store gave no good value."""
        with self._lock:
            now = self._clock()
            if now - self._refreshed_at < REFRESH_SECONDS:
                return False
            self._refreshed_at = now
            return self._ask(self._store.get)

    def _ask(self, get: Callable[[str], str]) -> bool:
        try:
            text = get(self.name)
            self._value, remedy = self._read(text)
        except NoAnswerError as error:
            remedy, good = "", False
            self._why = str(error)
        except ShapeError as error:
            remedy, good = str(error), False
            self._why = "ill_shaped"
        else:
            good = True
        now = self._asked_at = self._clock()
        # After a failure the last good value serves for a minute, so that not every call waits for Parameter Store.
        self._due_at = now + (self._kept_seconds if good else REFRESH_SECONDS)
        if remedy:
            self._on_problem(self.name, remedy)
        return good
