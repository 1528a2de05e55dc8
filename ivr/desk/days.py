"""Days and moments as people of the deployment's time zone write them, and the days of UTC that the table lists by.

Their digits may be of any script: a spreadsheet in Arabic writes its own, and marks of direction between them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from ivr.care.hours import YEARS
from ivr.desk.errors import Code, DeskError
from ivr.numbers.spelling import visible

USUAL_DAYS = 2
_AHEAD = timedelta(minutes=30)  # a simulated call's clock runs ahead of ours while it talks


class Days(NamedTuple):
    """A span of whole days: from ``begin`` up to, not including, ``end`` (epoch seconds)."""

    begin: int
    end: int

    @classmethod
    def last(cls, many: int, timezone: str) -> Self:
        """So many days, today included."""
        zone = ZoneInfo(timezone)
        now = datetime.now(zone)
        first = now.date() - timedelta(days=many - 1)
        return cls(_midnight(first, zone), _midnight((now + _AHEAD).date() + timedelta(days=1), zone))

    @classmethod
    def on(cls, day: str, timezone: str, what: str = "the day") -> Self:
        """One day, such as 2026-11-24. Raises ``DeskError``, which names it by ``what``."""
        zone, first = ZoneInfo(timezone), read_day(day, what)
        return cls(_midnight(first, zone), _midnight(first + timedelta(days=1), zone))

    @classmethod
    def between(
        cls, since: str, until: str | None, timezone: str, now: int, what: tuple[str, str] = ("the start", "the end")
    ) -> Self:
        """From a day or moment up to the end of another, or up to now (epoch seconds).

        It never goes beyond now. Raises ``DeskError``, which names the two by ``what``.
        """
        begin = moment(since, timezone, what[0])
        if begin >= now:
            raise DeskError(Code.NO_DAY, f"{what[0]} is {since!r}, which is still to come")
        end = min(now, moment(until, timezone, what[1], ends=True)) if until else now
        if end <= begin:
            raise DeskError(Code.NO_DAY, f"{what[1]} is {until!r}, which is before {since}")
        return cls(begin, end)

    def __contains__(self, moment: object) -> bool:
        """Whether a moment (epoch seconds) lies in these days."""
        return isinstance(moment, int) and self.begin <= moment < self.end

    @property
    def utc(self) -> list[str]:
        """Every day of UTC that these days touch, as the table names them."""
        first, last = (datetime.fromtimestamp(moment, UTC).date() for moment in (self.begin, self.end - 1))
        return [(first + timedelta(days=nth)).isoformat() for nth in range((last - first).days + 1)]


def read_day(text: str, what: str = "the day") -> date:
    """Read a day, such as 2026-11-24. Raises ``DeskError``, which names it by ``what``."""
    try:
        day = date.fromisoformat(visible(text))
    except ValueError as error:
        raise DeskError(Code.NO_DAY, f"{what} is {text!r}: write it as 2026-11-24") from error
    if day.year not in YEARS:  # the days beside it may be none
        raise DeskError(Code.NO_DAY, f"{what} is {text!r}: it must be of the years {YEARS[0]} to {YEARS[-1]}")
    return day


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def end_of(text: str, timezone: str, now: int, what: str = "the end") -> int:
    """Read the last day or moment of something and return its end in epoch seconds: of a day, the midnight after it.

    Raises ``DeskError``, which names it by ``what``, for no such moment and for one that is over.
    """
    end = moment(text, timezone, what, ends=True)
    if end <= now:
        raise DeskError(Code.OVER, f"{what} is {text!r}, which is over")
    return end


def moment(text: str, timezone: str, what: str = "the moment", *, ends: bool = False) -> int:
    """Read a moment as epoch seconds, or a day: the midnight with which it begins, or ``ends``.

    Raises ``DeskError``, which names it by ``what``.
    """
    zone, plain = ZoneInfo(timezone), visible(text)
    try:
        if len(plain) <= len("2026-12-31"):
            named = date.fromisoformat(plain)
            at = _midnight(named + timedelta(days=int(ends)), zone)
        else:
            named = written = datetime.fromisoformat(plain)
            at = int((written if written.tzinfo else written.replace(tzinfo=zone)).timestamp())
    except (ValueError, OverflowError) as error:
        raise DeskError(
            Code.NO_MOMENT, f"{what} is {text!r}: write a day or a moment, such as 2026-12-31 or 2026-12-31T18:00"
        ) from error
    if named.year not in YEARS:  # what is computed from it, such as when it is forgotten, must be a time too
        raise DeskError(Code.NO_MOMENT, f"{what} is {text!r}: it must be of the years {YEARS[0]} to {YEARS[-1]}")
    return at
