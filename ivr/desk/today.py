"""Today: what came in so far against yesterday, and what waits for the desk. Three requests, and one to each queue."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from ivr.care.call_backs import CallBack
from ivr.desk.statistics import Numbers, of_days, this_day
from ivr.outbox.queue import QueueUnavailableError
from ivr.reputation.disputes import Dispute

if TYPE_CHECKING:
    from ivr.desk.context import Context

__all__ = ["CallBack", "Dispute", "OwedCallBack", "Today", "Waiting", "today"]

MOST_CALL_BACKS = 500  # that are read, the first due in front
MOST_DISPUTES = 100
_LOST = "yes"


class OwedCallBack(NamedTuple):
    """A call-back that is not done."""

    call_back: CallBack
    has_loss: bool  # the customer lost something, or gave something away
    is_late: bool  # it was due before now


class Waiting(NamedTuple):
    """A queue of records that are not stored, or were set aside."""

    name: str  # reports, report_dead_letters, unfollowed or undone
    messages: int | None  # about; None: the queue did not answer


class Today(NamedTuple):
    """The day so far."""

    day: date
    now: int  # epoch seconds
    numbers: Numbers
    yesterday: Numbers  # the whole day
    calls_by_now: int  # yesterday, up to the same time of day; the present hour in proportion
    reports_by_now: int
    call_backs: list[OwedCallBack]  # those with a loss first, then the first due
    more_call_backs: bool  # than were read
    disputes: list[Dispute]  # open, oldest first
    more_disputes: bool
    queues: list[Waiting]

    @property
    def late(self) -> int:
        """How many call-backs are overdue."""
        return sum(one.is_late for one in self.call_backs)


def today(context: Context) -> Today:
    """Read the day."""
    now, day = context.now(), this_day(context)
    before, so_far = of_days(context, day - timedelta(days=1), day)
    yesterday = before.numbers
    moment = datetime.fromtimestamp(now, ZoneInfo(context.settings.timezone))
    call_backs, more_call_backs = owed_call_backs(context)
    disputes, more_disputes = context.store.disputes.open_ones(MOST_DISPUTES)
    return Today(
        day=day,
        now=now,
        numbers=so_far.numbers,
        yesterday=yesterday,
        calls_by_now=_up_to(yesterday.calls_by_hour, moment),
        reports_by_now=_up_to(yesterday.reports_by_hour, moment),
        call_backs=call_backs,
        more_call_backs=more_call_backs,
        disputes=disputes,
        more_disputes=more_disputes,
        queues=[Waiting(name, _waiting(context, url)) for name, url in context.settings.desk_queue_urls.items()],
    )


def owed_call_backs(context: Context) -> tuple[list[OwedCallBack], bool]:
    """The call-backs that are not done, those with a loss in front, and whether there are more. One request."""
    now = context.now()
    owed, more = context.store.call_backs.owed(now, MOST_CALL_BACKS)
    listed = (OwedCallBack(one, one.loss == _LOST, one.is_late(now)) for one in owed)
    return sorted(listed, key=lambda one: not one.has_loss), more


def _up_to(by_hour: tuple[int, ...], moment: datetime) -> int:
    return sum(by_hour[: moment.hour]) + round(by_hour[moment.hour] * (moment.minute / 60))


def _waiting(context: Context, url: str) -> int | None:
    try:
        return context.queue(url).waiting()
    except QueueUnavailableError:
        return None
