"""Customer care's hours, as they stand at a moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from ivr.care.hours import read
from ivr.desk.errors import Code, DeskError

if TYPE_CHECKING:
    from ivr.settings import Settings

LOOKS_AHEAD = timedelta(days=8)  # longer than any week of hours


class Opening(NamedTuple):
    """How customer care's hours stand at a moment. Times are epoch seconds."""

    at: int
    is_open: bool
    opens: int  # when it opens next; the moment itself where it is open
    closes: int | None  # None: not within ``LOOKS_AHEAD``
    call_back_due: int  # of a call-back that is asked for then


def opening(settings: Settings, hours: str, at: int) -> Opening:
    """Tell how hours, written as CARE_HOURS are, stand at a moment. Raises ``DeskError``."""
    try:
        read_hours = read(hours, ZoneInfo(settings.timezone))
    except ValueError as error:
        raise DeskError(Code.NO_HOURS, f"the hours are {hours!r}: {error}") from error
    opens = read_hours.opens_next(at)
    closes = read_hours.closes_next(opens, LOOKS_AHEAD)
    due = read_hours.after(at, settings.call_back_within_hours * 3600)
    return Opening(at, read_hours.open_at(at), opens, closes, due)
