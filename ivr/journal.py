"""The log: what happened, never who: numbers show their last three digits at most (DESIGN 5).

Lines are plain ``logging`` with further fields; Lambda's runtime writes them as JSON (LogFormat in template.yaml), and
CloudWatch's metric filters count them by their ``metric``. Neither costs a call anything.
"""

from __future__ import annotations

import logging
from traceback import extract_tb
from typing import Any

from ivr.numbers import Number

NAME = "call-screening"


class Journal:
    """What a function says of its work."""

    def __init__(self, level: str) -> None:
        self._logger = logging.getLogger(NAME)
        self._logger.setLevel(level)
        self._call_sid = ""

    def begin(self, call_sid: str) -> None:
        """Name the call that the following lines are about."""
        self._call_sid = call_sid

    def count(self, metric: str, **fields: Any) -> None:
        """Write one countable happening."""
        shown = {name: _masked(value) for name, value in fields.items()}
        self._logger.info(metric, extra={"metric": metric, "call_sid": self._call_sid, **shown})

    def failed(self, metric: str, error: BaseException) -> None:
        """Write an error of ours: its kind and where it was raised, never its message, which may hold a number."""
        frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
        told = {"error": type(error).__name__, "frames": frames}
        self._logger.error(metric, extra={"metric": metric, "call_sid": self._call_sid, **told})


def _masked(value: Any) -> Any:
    if isinstance(value, Number):
        return f"...{value.last_digits}" if value.text else value.kind.value
    return value
