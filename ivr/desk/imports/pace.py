"""How fast an import may write, so that calls and the desk are never slowed down by it.

All lines of one kind, and all audit entries of one day, stand in one partition of the index ``listing`` each, and
DynamoDB takes 1,000 write units a second for a partition of an index. Beyond that it refuses writes to the table
itself, those of calls too. A write of an item costs a unit for each kilobyte that it begins.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.records.base import Record

USUAL_UNITS = 900  # a second: what is left of 1,000 is the desk's, who go on deciding meanwhile
_UNIT = 1024  # bytes
_NUMBER = 21  # bytes, of a number at most
_OVERHEAD = 3  # bytes, of a map; and one for each value in it


class Pace:
    """Lets writes through at so many units a second. Threads may share one."""

    def __init__(
        self,
        units: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._units = units
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at = clock()

    def wait(self, units: float) -> None:
        """Return when so many units may be written."""
        with self._lock:
            begin = max(self._free_at, self._clock())
            self._free_at = begin + units / self._units
        self._sleep(max(0.0, begin - self._clock()))


def write_units(record: Record) -> int:
    """The units that a write of a record to an index costs, if the index holds the whole of it: rather too many."""
    return -(-_size(record.to_item()) // _UNIT)


def _size(value: Any) -> int:
    match value:
        case dict():
            return _OVERHEAD + sum(1 + len(name.encode()) + _size(inner) for name, inner in value.items())
        case str():
            return len(value.encode())
        case _:
            return _NUMBER
