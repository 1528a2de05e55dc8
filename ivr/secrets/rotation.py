"""The auth tokens during a rotation: those that are stored now, and for a while those that were stored before."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ivr.secrets import values
from ivr.secrets.values import Signers

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_SECONDS = 300  # how long a rotated or revoked token may go unnoticed


class RotatingTokens:
    """The signers of the last read, and each token that has gone since until ``KEPT_SECONDS`` after it was last read.

    So a refresh that a forged webhook caused in the middle of a rotation takes no valid token away early.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._newest = Signers((), {})
        self._read_at = -inf
        self._gone: dict[str, float] = {}  # tokens that are no longer stored, and until when they are accepted

    def read(self, text: str) -> tuple[RotatingTokens, str]:
        """Read the stored text. Returns itself and the remedy for a wrong part. Raises ``ShapeError``: no change."""
        newest, remedy = values.signers(text, strict=True)
        for token in self._newest.tokens:
            self._gone.setdefault(token, self._read_at + KEPT_SECONDS)
        for token in newest.tokens:
            self._gone.pop(token, None)
        self._newest, self._read_at = newest, self._clock()
        return self, remedy

    def now(self) -> Signers:
        """The signers that are accepted at this moment."""
        now = self._clock()
        old = tuple(token for token, until in self._gone.items() if now < until)
        return self._newest._replace(tokens=self._newest.tokens + old)
