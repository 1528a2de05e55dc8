"""Customer care's opening hours: the syntax of the setting, and the arithmetic on it. No input or output.

    Su-Th 08:00-20:00; Fr 14:00-20:00; 2027-02-08..2027-03-09 09:00-15:00; 2027-01-01 closed

Rules are separated by semicolons: days, then hours. Days are weekdays (``Su-Th``, ``Mo,We``), dates (one, or
``FIRST..LAST``), or both, and then a day must be both (``2027-02-08..2027-03-09 Su-Th``). Hours are spans
(``08:00-12:00,16:00-20:00``) or ``closed``; ``24/7`` is a rule by itself. A span belongs to the day on which it begins:
it may end at 24:00, or on the next morning (``20:00-02:00``). A rule with dates overrides one without, and of two with
dates the later in the text overrides the earlier. A day without a rule is closed.

No library fits: opening-hours-py 2.1 is 14 MB of Rust, compiled for one processor, and the artifact is built for
another, without Docker; opening-hours-osm 0.1, its port, needs Python 3.13 and a compiled map of time zones; portion
2.6 takes 35 ms to import and knows no calendar; dateutil's recurrences can't let one day replace another. zoneinfo does
the difficult part, the changes of the clock.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from ivr.care import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")  # in the order of date.weekday()

YEARS = range(2000, 2101)  # of a date in a rule: far from the limits of datetime

_DAY = timedelta(days=1)
_LONGEST = timedelta(days=366)  # of a rule with dates, so that the search for the next opening ends
_MINUTES_A_DAY = 24 * 60
_TIME = r"(\d\d):([0-5]\d)"
_SPAN = re.compile(rf"{_TIME}-{_TIME}", re.ASCII)
_DATES = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?", re.ASCII)
_REMEDY = "write days and then hours, such as Su-Th 08:00-20:00, or 2027-01-01 closed, with ; between"


class Span(NamedTuple):
    """Open from ``opens`` until ``closes``, in minutes after midnight; more than 1440 is the next morning."""

    opens: int
    closes: int


class Rule(NamedTuple):
    """The hours of some days. No spans: closed. ``first`` and ``last`` are None for a rule without dates."""

    text: str
    weekdays: frozenset[int]  # 0 is Monday
    spans: tuple[Span, ...]
    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the rule is about this day."""
        within = self.first is None or self.last is None or self.first <= day <= self.last
        return within and day.weekday() in self.weekdays

    def hides(self, earlier: Rule) -> bool:
        """Whether this rule overrides every day of an earlier rule with dates."""
        if not (self.first and self.last and earlier.first and earlier.last):
            return False
        return self.first <= earlier.first and earlier.last <= self.last and earlier.weekdays <= self.weekdays


class Hours(NamedTuple):
    """Care's hours in a time zone. Times are epoch seconds. ``read`` makes it; some weekday has hours."""

    rules: tuple[Rule, ...]  # the first that holds on a day decides
    zone: tzinfo

    def open_at(self, at: int) -> bool:
        """Whether care is open."""
        begins, _ = next(self._open_from(at))
        return begins <= at

    def opens_next(self, at: int) -> int:
        """When care opens next; ``at`` itself while it is open."""
        begins, _ = next(self._open_from(at))
        return max(begins, at)

    def closes_next(self, at: int, within: timedelta) -> int | None:
        """When care, open at ``at``, closes. None: not ``within`` this time."""
        until = at
        for begins, ends in self._open_from(at):
            if begins > until:
                return until
            until = max(until, ends)
            if until - at >= within.total_seconds():
                return None
        raise AssertionError("some day care opens again")

    def after(self, at: int, seconds: int) -> int:
        """The time at which care has been open for so many seconds since ``at``."""
        counted = at
        for begins, ends in self._open_from(at):
            begins_anew = max(begins, counted)  # where two spans overlap, count once
            if begins_anew + seconds <= ends:
                return begins_anew + seconds
            seconds -= max(0, ends - begins_anew)
            counted = max(counted, ends)
        raise AssertionError("some day care opens again")

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on a day."""
        return next((rule.spans for rule in self.rules if rule.holds_on(day)), ())

    def _open_from(self, at: int) -> Iterator[tuple[int, int]]:
        """Every span that ends after ``at``, as epoch seconds, in the order of their beginnings; without an end."""
        day = datetime.fromtimestamp(at, self.zone).date() - _DAY  # its last span may end today
        while True:
            for span in self.on(day):
                begins, ends = self._moment(day, span.opens), self._moment(day, span.closes)
                if ends > max(begins, at):  # a span may vanish in the hour that a clock skips
                    yield begins, ends
            day += _DAY

    def _moment(self, day: date, minutes: int) -> int:
        ahead, minutes = divmod(minutes, _MINUTES_A_DAY)
        day += ahead * _DAY
        return int(datetime(day.year, day.month, day.day, *divmod(minutes, 60), tzinfo=self.zone).timestamp())


def read(text: str, zone: tzinfo) -> Hours:
    """Read the setting. Raises ``ValueError``, which names the rule that is wrong and says what to write."""
    rules = tuple(_rule(part) for part in text.split(";") if part.strip())
    weekly, dated = [one for one in rules if one.first is None], [one for one in rules if one.first]
    taken: dict[int, Rule] = {}
    for rule in weekly:
        for weekday in sorted(rule.weekdays):
            if weekday in taken:
                raise ValueError(
                    f"{taken[weekday].text!r} and {rule.text!r} both speak of {WEEKDAYS[weekday].title()}: write all "
                    "the hours of a day in one rule, such as Su-Th 08:00-12:00,16:00-20:00"
                )
            taken[weekday] = rule
    if not any(rule.spans for rule in weekly):
        raise ValueError(f"it has no hours for any weekday: {_REMEDY}")
    for nth, rule in enumerate(dated):
        for later in dated[nth + 1 :]:
            if later.hides(rule):
                raise ValueError(f"{later.text!r} leaves no day of {rule.text!r}: write it after, for the later holds")
    return Hours((*reversed(dated), *weekly), zone)


def _rule(part: str) -> Rule:
    text = " ".join(part.split())
    words = re.sub(r"\s*,\s*", ",", text).lower().split()
    first = last = None
    weekdays = frozenset(range(7))
    if words == [ALWAYS]:
        return Rule(text, weekdays, (Span(0, _MINUTES_A_DAY),))
    *days, hours = words
    spans = _spans(hours, text)
    if days and (dates := _DATES.fullmatch(days[0])):
        first, last = _date(dates[1], text), _date(dates[2] or dates[1], text)
        if last < first:
            raise ValueError(f"{text!r} ends before it begins: write the earlier date first")
        if last - first > _LONGEST:
            raise ValueError(f"{text!r} is longer than a year: change the hours of the weekdays instead")
        days = days[1:]
    elif not days:
        raise ValueError(f"{text!r} is no rule: {_REMEDY}")
    if days:
        weekdays = _weekdays(days[0], text)
    if len(days) > 1:
        raise ValueError(f"{text!r} is no rule: {_REMEDY}")
    return Rule(text, weekdays, spans, first, last)


def _spans(hours: str, text: str) -> tuple[Span, ...]:
    if hours == "closed":
        return ()
    spans: list[Span] = []
    for part in hours.split(","):
        found = _SPAN.fullmatch(part)
        opens, closes = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
        if not found or opens >= _MINUTES_A_DAY or closes > _MINUTES_A_DAY or opens == closes:
            raise ValueError(f"{part!r} in {text!r} is no span of hours: write it as 08:00-20:00, or closed")
        span = Span(opens, closes if closes > opens else closes + _MINUTES_A_DAY)
        if spans and span.opens < spans[-1].closes:
            raise ValueError(f"{part!r} in {text!r} begins before the span in front of it ends: write them in order")
        spans.append(span)
    return tuple(spans)


def _date(text: str, rule: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} in {rule!r} is a date that no calendar has: write it as 2027-02-08") from error
    if day.year not in YEARS:
        raise ValueError(f"{text} in {rule!r} is not of the years {YEARS[0]} to {YEARS[-1]}: write it as 2027-02-08")
    return day


def _weekdays(days: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in days.split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS or part.endswith("-"):
            raise ValueError(f"{part!r} in {text!r} is neither a date nor a weekday: {_REMEDY}")
        begin = WEEKDAYS.index(first)
        found.update((begin + nth) % 7 for nth in range((WEEKDAYS.index(last or first) - begin) % 7 + 1))
    return frozenset(found)
