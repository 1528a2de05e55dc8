"""Customer care's hours, and the call-backs that it owes: each is taken by one person, and done once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from ivr.care.call_backs import DONE, CallBack
from ivr.care.hours import YEARS, read
from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.pseudonym import is_reference
from ivr.records.base import expiry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.context import Context
    from ivr.settings import Settings

__all__ = ["CallBack", "Opening", "call_backs", "done", "give_back", "moment", "opening", "take"]

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


def moment(text: str, timezone: str, what: str = "the moment") -> int:
    """Read a moment, such as 2027-02-10T16:00, as epoch seconds. Raises ``DeskError``, which names it by ``what``."""
    try:
        read_moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise DeskError(Code.NO_MOMENT, f"{what} is {text!r}: write it as 2027-02-10T16:00") from error
    if read_moment.year not in YEARS:
        raise DeskError(Code.NO_MOMENT, f"{what} is {text!r}: it must be of the years {YEARS[0]} to {YEARS[-1]}")
    zoned = read_moment if read_moment.tzinfo else read_moment.replace(tzinfo=ZoneInfo(timezone))
    return int(zoned.timestamp())


def call_backs(context: Context, *, done_too: bool = False) -> Iterator[CallBack]:
    """Yield the call-backs that are open, the one that is due first in front."""
    listed = context.store.call_backs.listed(context.now())
    return (one for one in listed if done_too or one.state != DONE)


def take(context: Context, ticket: str) -> CallBack:
    """Take a call-back: it is in progress, and nobody else's. Raises ``DeskError``."""
    found = _located(context, ticket)
    context.announce()
    taken = context.store.call_backs.take(found, context.now())
    if taken is None:
        raise DeskError(Code.NOT_TO_TAKE, f"{ticket} is not to be taken any more")
    return taken


def give_back(context: Context, ticket: str) -> CallBack:
    """Give a call-back back, undone: it waits again, for anybody to take. Raises ``DeskError``."""
    found = _located(context, ticket)
    context.announce()
    given_back = context.store.call_backs.give_back(found)
    if given_back is None:
        raise DeskError(Code.NOT_IN_PROGRESS, f"{ticket} is not in progress")
    return given_back


def done(context: Context, ticket: str, note: str) -> CallBack:
    """Close a call-back with what became of it. Its number is forgotten. Raises ``DeskError``."""
    note = one_line(note, "the note")
    found = _located(context, ticket)
    now = context.now()
    context.announce()
    expires = expiry(now, context.settings.retention_call_backs_days)
    finished = context.store.call_backs.finish(found, now, note, expires)
    if finished is None:
        raise DeskError(Code.DONE, f"{ticket} is done already")
    return finished


def _located(context: Context, ticket: str) -> CallBack:
    if not is_reference(ticket):
        raise DeskError(Code.NO_TICKET, f"{ticket!r} is no ID of a call-back: a digit is wrong or missing")
    found = next((one for one in call_backs(context, done_too=True) if one.ticket == ticket), None)
    if found is None:
        raise DeskError(Code.UNKNOWN_TICKET, f"there is no call-back {ticket}")
    return found
