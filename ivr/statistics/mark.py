"""What was counted of one record: a mark beside it, written in one transaction with the numbers that it changes.

A repeated or late image of the record finds the mark, and adds only what differs. The mark of a call also lists it by
its caller and that of a report by whom it is about, since both are written off the caller's path: a campaign by one
number may slow down these lists, never a call.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ivr.records.base import Item, ItemKey, Record, moment_of, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DAY = r"\d{4}-\d\d-\d\d:[a-z0-9_]+(,[a-z0-9_]+)*"
_COUNTED = re.compile(rf"{_DAY}(;{_DAY})*", re.ASCII)
LIST_SHARDS = 4  # of each list below: 1,000 writes a second each
CALL, REPORT, CALL_BACK, SMS, DISPUTE, MESSAGE = "CALL", "REPORT", "CALL_BACK", "SMS", "DISPUTE", "LEFT"


def calls_of(caller: str, shard: int) -> str:
    """The name of one shard of the list of a caller's calls, by time."""
    return f"calls#{caller}#{shard}"


def reports_on(caller: str, shard: int) -> str:
    """The name of one shard of the list of the reports about a caller, by time."""
    return f"reports#{caller}#{shard}"


def calls_of_week(week: str, shard: int) -> str:
    """The name of one shard of the list of a week's calls (``week_of``), by the caller's number."""
    return f"calls#{week}#{shard}"


def week_of(at: int) -> str:
    """The ISO week of a moment (epoch seconds), in UTC, as 2026-W48."""
    year, week, _ = datetime.fromtimestamp(at, UTC).isocalendar()
    return f"{year}-W{week:02d}"


@record
class Mark(Record):
    """What was counted of the record ``what`` in the partition ``owner``.

    The image with the greatest ``stage`` is the one that counts, whatever the order in which images come.
    """

    owner: str
    what: str
    stage: int  # from 1
    counted: str  # ``written``
    expires: int  # after the record itself and everything that may repeat its images; 0: never
    # Of a call and a report, for their lists:
    at: int = 0
    caller: str = ""
    line: str = ""
    verdict: str = ""
    reason: str = ""

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return mark_key(self.owner, self.what)

    def makes_sense(self) -> bool:  # noqa: D102
        return _COUNTED.fullmatch(self.counted) is not None

    @property
    def call_sid(self) -> str:
        """Of a call's and a report's mark: the CallSid."""
        return self.owner.partition("#")[2]

    def index(self) -> Item:  # noqa: D102
        if not self.caller or not self.at:
            return {}
        shard = crc32(self.owner.encode()) % LIST_SHARDS
        by_time = f"{moment_of(self.at)}#{self.call_sid}"
        if self.what != CALL:
            return {"number_list": reports_on(self.caller, shard), "number_key": f"{by_time}#{self.what}"}
        return {
            "number_list": calls_of(self.caller, shard),
            "number_key": by_time,
            "list_kind": calls_of_week(week_of(self.at), shard),
            "list_key": f"{self.caller}#{by_time}",
        }


class Recount(NamedTuple):
    """A record's mark and, if it is known, the one that stands there now: what was counted of the image before."""

    mark: Mark
    before: Mark | None = None
    is_known: bool = False  # else ``before`` has to be read


def mark_key(owner: str, what: str) -> ItemKey:
    """The key of a mark: in the partition of the record that was counted."""
    return ItemKey(owner, f"COUNTED#{what}")


def written(counted: Mapping[str, Iterable[str]]) -> str:
    """What was counted, by day, as text: the names of ``ivr.statistics.names``, each once."""
    return ";".join(f"{day}:{','.join(sorted(names))}" for day, names in sorted(counted.items()))


def difference(new: Mark, old: Mark | None) -> dict[str, Counter[str]]:
    """What to add to each day's numbers, so that ``new`` is counted in place of ``old``."""
    changes = _read(new)
    for day, numbers in (_read(old) if old else {}).items():
        changes.setdefault(day, Counter()).subtract(numbers)
    return changes


def _read(mark: Mark) -> dict[str, Counter[str]]:
    days = (one.partition(":") for one in mark.counted.split(";") if one)
    return {day: Counter(names.split(",")) for day, _, names in days}
