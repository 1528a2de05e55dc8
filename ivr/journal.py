"""The log: JSON lines that say what happened, never who: numbers show their last three digits at most (DESIGN 5).

CloudWatch metric filters (template.yaml) count the lines by their ``metric``, which costs a call nothing.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.logging import Logger

from ivr.numbers import Number

SERVICE = "call-screening"


class Journal:
    """What a function says of its work."""

    def __init__(self, level: str) -> None:
        self._logger = Logger(service=SERVICE, level=level, utc=True)

    def begin(self, call_sid: str) -> None:
        """Name the call that the following lines are about."""
        self._logger.append_keys(call_sid=call_sid)

    def count(self, metric: str, **fields: Any) -> None:
        """Write one countable happening."""
        shown = {name: _masked(value) for name, value in fields.items()}
        self._logger.info(metric, metric=metric, **shown)

    def failed(self, metric: str, error: BaseException) -> None:
        """Write an error of ours with its traceback, which holds code and no values."""
        self._logger.error(metric, metric=metric, error=type(error).__name__, exc_info=error)


def _masked(value: Any) -> Any:
    if isinstance(value, Number):
        return f"...{value.last_digits}" if value.text else value.kind.value
    return value
