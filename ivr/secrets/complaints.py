"""What ops are told of a secret that can't be used: its parameter, and what to do, in closed words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log


def to(log: Log) -> Callable[[str, str], None]:
    """Where complaints go that belong into the log."""

    def complain(parameter: str, mend: str) -> None:
        log.count("secret_refused", parameter=parameter, mend=mend)

    return complain
