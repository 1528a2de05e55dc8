"""Days as people of the deployment's time zone mean them, and the days of UTC that the table keeps reports by."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_USUAL_DAYS = 2
_AHEAD = timedelta(minutes=30)  # a simulated call's clock runs ahead of ours while it talks


def day_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--day`` and ``--days``, of which one may be given; ``Days.of`` reads them."""
    many = click.option("--days", type=click.IntRange(1, 400), help=f"So many days, up to now ({_USUAL_DAYS}).")
    one = click.option("--day", help="One day of the deployment's time zone, such as 2026-11-24.")
    return one(many(command))


class Days(NamedTuple):
    """A span of whole days: from ``begin`` up to, not including, ``end`` (epoch seconds)."""

    begin: int
    end: int

    @classmethod
    def of(cls, day: str | None, days: int | None, timezone: str) -> Self:
        """The days that the two options name. Raises ``click.ClickException``."""
        zone = ZoneInfo(timezone)
        if day is not None and days is not None:
            raise click.ClickException("--day and --days exclude each other: give one of them")
        if day is not None:
            try:
                first = last = date.fromisoformat(day.strip())
                return cls(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))
            except (ValueError, OverflowError) as error:
                raise click.ClickException(f"--day is {day!r}: write it as 2026-11-24") from error
        now = datetime.now(zone)
        first = now.date() - timedelta(days=(days or _USUAL_DAYS) - 1)
        return cls(_midnight(first, zone), _midnight((now + _AHEAD).date() + timedelta(days=1), zone))

    def __contains__(self, moment: object) -> bool:
        """Whether a moment (epoch seconds) lies in these days."""
        return isinstance(moment, int) and self.begin <= moment < self.end

    @property
    def utc(self) -> list[str]:
        """Every day of UTC that these days touch, as the table names them."""
        first, last = (datetime.fromtimestamp(moment, UTC).date() for moment in (self.begin, self.end - 1))
        return [(first + timedelta(days=nth)).isoformat() for nth in range((last - first).days + 1)]


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
