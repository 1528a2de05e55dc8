"""What operations learn of a secret that can't be used: the name of its parameter, and the remedy as a closed word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ivr.observability.log import Log

OnProblem: TypeAlias = Callable[[str, str], None]
"""Gets the name of the parameter and the remedy, never a secret."""


def to_log(log: Log) -> OnProblem:
    """Write each problem to the log."""

    def write(parameter: str, remedy: str) -> None:
        log.count("secret_refused", parameter=parameter, mend=remedy)

    return write
