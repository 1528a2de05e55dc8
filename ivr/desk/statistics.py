"""The days' numbers: calls by verdict and outcome, reports by category, and what followed from them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self
from zoneinfo import ZoneInfo

from ivr.calls.outcome import UNRUNG, Outcome
from ivr.desk.errors import Code, DeskError
from ivr.statistics import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.desk.context import Context

MOST_DAYS = 92  # that are read at a time, in four requests
_RANG_OUT = (Outcome.NOT_ANSWERED, Outcome.NO_KEY, Outcome.GAVE_UP, Outcome.NOT_JOINED, Outcome.DIAL_FAILED)


class Shares(NamedTuple):
    """How the calls of some days ended, in groups that add up to all calls."""

    taken: int  # the two talked, or the customer went on to customer care
    declined: int
    reported: int  # with 9 or with the star, during the call
    not_answered: int  # the telephone rang, and nobody took or declined the call
    not_put_through: int  # the customer's telephone did not ring
    going_on: int  # no end is known


class Numbers(NamedTuple):
    """The numbers of a day, or of some days. Each word that the product knows is in the mappings, with 0 if need be."""

    calls: int
    by_verdict: Mapping[str, int]
    by_reason: Mapping[str, int]
    by_outcome: Mapping[str, int]  # of the calls whose end is known
    calls_by_hour: tuple[int, ...]  # 24
    reports: int
    by_category: Mapping[str, int]  # "none": the customer did not say
    losses: int
    verified: int
    counted: int
    withdrawn: int
    stars: int  # talks that were stopped with the star
    reports_by_hour: tuple[int, ...]
    call_backs_asked: int
    call_backs_done: int
    call_backs_late: int  # of those done
    sms_sent: int
    sms_failed: int
    sms_unknown: int
    disputes_opened: int
    disputes_cleared: int
    disputes_kept: int
    messages: int  # that callers left

    @classmethod
    def of(cls, counts: Counter[str]) -> Self:
        """The numbers of a tally. None is below zero, even while an update is on its way from shard to shard."""
        number = {name: max(0, counts[name]) for name in names.NAMES}

        def words(beginning: str) -> dict[str, int]:
            # A category is called so itself, and is counted under the same name as one that is not known.
            known = {word: number[beginning + word] for word in names.WORDS[beginning]}
            other = number[beginning + names.OTHER]
            return {**known, names.OTHER: other} if other else known

        return cls(
            calls=number[names.CALLS],
            by_verdict=words(names.VERDICTS),
            by_reason=words(names.REASONS),
            by_outcome=words(names.OUTCOMES),
            calls_by_hour=tuple(number[names.of_hour(names.CALL_HOURS, hour)] for hour in names.HOURS),
            reports=number[names.REPORTS],
            by_category=words(names.CATEGORY),
            losses=number[names.LOSSES],
            verified=number[names.VERIFIED],
            counted=number[names.COUNTED],
            withdrawn=number[names.WITHDRAWN],
            stars=number[names.STARS],
            reports_by_hour=tuple(number[names.of_hour(names.REPORT_HOURS, hour)] for hour in names.HOURS),
            call_backs_asked=number[names.CALL_BACKS_ASKED],
            call_backs_done=number[names.CALL_BACKS_DONE],
            call_backs_late=number[names.CALL_BACKS_LATE],
            sms_sent=number[names.SMS_SENT],
            sms_failed=number[names.SMS_FAILED],
            sms_unknown=number[names.SMS_UNKNOWN],
            disputes_opened=number[names.DISPUTES_OPENED],
            disputes_cleared=number[names.DISPUTES_CLEARED],
            disputes_kept=number[names.DISPUTES_KEPT],
            messages=number[names.MESSAGES],
        )

    def shares(self) -> Shares:
        """How the calls ended, in groups."""
        ended = self.by_outcome
        not_put_through = (*UNRUNG, Outcome.BLOCKED)
        groups = {
            "taken": ended[Outcome.ACCEPTED] + ended[Outcome.CARE],
            "declined": ended[Outcome.DECLINED],
            "reported": ended[Outcome.REPORTED],
            "not_answered": sum(ended[one] for one in _RANG_OUT),
            "not_put_through": sum(ended[one] for one in not_put_through),
        }
        return Shares(**groups, going_on=max(0, self.calls - sum(groups.values())))


class DayNumbers(NamedTuple):
    """One day's numbers."""

    day: date  # in the deployment's time zone
    counts: Counter[str]  # as the table holds them, by the names of ``ivr.statistics.names``

    @property
    def numbers(self) -> Numbers:
        """The same, with a name for each number."""
        return Numbers.of(self.counts)


def this_day(context: Context) -> date:
    """Today, in the deployment's time zone."""
    return datetime.fromtimestamp(context.now(), ZoneInfo(context.settings.timezone)).date()


def of_days(context: Context, first: date, last: date) -> list[DayNumbers]:
    """The numbers of each day, oldest first; a day of which nothing is known has zeros. One request for 25 days.

    Raises ``DeskError`` for more than ``MOST_DAYS``, and for none.
    """
    many = (last - first).days + 1
    if not 1 <= many <= MOST_DAYS:
        raise DeskError(
            Code.NO_DAY, f"{first} to {last} are no days to count: name 1 to {MOST_DAYS} days, the earlier first"
        )
    days = [first + timedelta(days=nth) for nth in range(many)]
    found = context.store.statistics.days([day.isoformat() for day in days])
    return [DayNumbers(day, found[day.isoformat()]) for day in days]


def total(days: Iterable[DayNumbers]) -> Numbers:
    """The sum of some days' numbers."""
    counts: Counter[str] = Counter()
    for one in days:
        counts.update(one.counts)
    return Numbers.of(counts)
