"""Silence: in its hours an alarm goes off when no call comes, outside them never."""

import pytest

from tests.conftest import NOW
from tests.operate.cloudwatch import MINUTE, CloudWatch
from tests.operate.faults import NAMESPACE

DAY, HOUR = 86400, 3600
MIDNIGHT = NOW // DAY * DAY


@pytest.fixture
def red_at(alarms, defaults):
    """The minutes of a day, from midnight in UTC on, at which the alarm is red; each fifth is looked at."""

    def minutes(*, calls_at=(), beats=True, **hours):
        cloudwatch = CloudWatch("prod", {**defaults, "SilenceSeconds": HOUR, **hours})
        for at in range(MIDNIGHT - DAY, MIDNIGHT + DAY, 300) if beats else ():
            cloudwatch.put(NAMESPACE, "call_backs_overdue", {}, at, 0)
        for minute in calls_at:
            cloudwatch.put(NAMESPACE, "call_screened", {}, MIDNIGHT + minute * MINUTE, 1)
        looks = range(MIDNIGHT, MIDNIGHT + DAY, 5 * MINUTE)
        return [(at - MIDNIGHT) // MINUTE for at in looks if cloudwatch.is_red(alarms["SilenceAlarm"], at)]

    return minutes


def test_without_any_call_it_is_red_from_an_hour_after_the_first_hour_to_the_last(red_at):
    assert red_at(CallsFromHourUtc=4, CallsHours=14) == list(range(5 * 60, 18 * 60 + 1, 5))


def test_hours_may_go_over_midnight(red_at):
    assert red_at(CallsFromHourUtc=20, CallsHours=8) == [*range(0, 4 * 60 + 1, 5), *range(21 * 60, 24 * 60, 5)]


def test_hours_of_zero_turn_it_off(red_at):
    assert red_at(CallsFromHourUtc=4, CallsHours=0) == []


def test_it_can_watch_all_day(red_at):
    assert len(red_at(CallsFromHourUtc=0, CallsHours=24)) > 23 * 12


def test_one_call_in_each_hour_keeps_it_green(red_at):
    assert red_at(CallsFromHourUtc=4, CallsHours=14, calls_at=range(4 * 60 + 30, 18 * 60, 59)) == []


def test_it_is_over_as_soon_as_a_call_comes(red_at):
    red = red_at(CallsFromHourUtc=4, CallsHours=14, calls_at=[10 * 60])
    assert {10 * 60, 10 * 60 + 5} & set(red) == {10 * 60}


@pytest.mark.parametrize("seconds", [900, 7200])
def test_the_time_that_may_pass_is_the_operators(red_at, seconds):
    red = red_at(CallsFromHourUtc=4, CallsHours=14, SilenceSeconds=seconds)
    assert (red[0], red[-1]) == (4 * 60 + seconds // 60, 18 * 60)
