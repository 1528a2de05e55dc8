"""Care's hours: what the setting may say, when care is open, when it opens next, and how long it is open until then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.care.hours import WEEKDAYS, read

MUSCAT = ZoneInfo("Asia/Muscat")
BERLIN = ZoneInfo("Europe/Berlin")
OMAN = "Su-Th 08:00-20:00; Fr 14:00-20:00; 2027-02-08..2027-03-09 09:00-15:00; 2027-01-01 closed"
HOUR = 3600


def at(text, zone=MUSCAT):
    """Epoch seconds of a time as people of the zone read it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


@pytest.fixture
def oman():
    return read(OMAN, MUSCAT)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-19 07:59:59", False),  # a Thursday
        ("2026-11-19 08:00", True),
        ("2026-11-19 19:59:59", True),
        ("2026-11-19 20:00", False),
        ("2026-11-20 10:00", False),  # Friday, in the morning
        ("2026-11-20 14:00", True),
        ("2026-11-21 12:00", False),  # Saturday, of which no rule speaks
        ("2027-01-01 15:00", False),  # a Friday, and a holiday
        ("2027-02-07 16:00", True),  # the day before Ramadan
        ("2027-02-08 16:00", False),
        ("2027-02-08 14:59", True),
        ("2027-03-09 08:30", False),  # its last day
        ("2027-03-10 08:30", True),
    ],
)
def test_care_is_open_as_the_setting_says(oman, moment, is_open):
    assert oman.open_at(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-19 09:30", "2026-11-19 09:30"),  # it is open
        ("2026-11-19 20:00", "2026-11-20 14:00"),
        ("2026-11-20 20:00", "2026-11-22 08:00"),  # over the Saturday
        ("2026-12-31 21:00", "2027-01-03 08:00"),  # over the holiday and the Saturday
        ("2027-02-07 23:00", "2027-02-08 09:00"),
    ],
)
def test_care_opens_next_as_the_setting_says(oman, moment, opens):
    assert oman.opens_next(at(moment)) == at(opens)


@pytest.mark.parametrize(
    ("moment", "hours", "until"),
    [
        ("2026-11-19 10:00", 4, "2026-11-19 14:00"),
        ("2026-11-19 18:00", 2, "2026-11-19 20:00"),
        ("2026-11-19 18:00", 4, "2026-11-20 16:00"),
        ("2026-11-20 19:00", 4, "2026-11-22 11:00"),
        ("2026-11-21 12:00", 12, "2026-11-22 20:00"),
        ("2026-12-31 19:00", 4, "2027-01-03 11:00"),
    ],
)
def test_a_call_back_hour_counts_only_while_care_is_open(oman, moment, hours, until):
    assert oman.after(at(moment), hours * HOUR) == at(until)


def test_hours_are_in_the_operators_time_zone(oman):
    assert oman.open_at(int(datetime(2026, 11, 19, 4, tzinfo=UTC).timestamp()))
    assert not oman.open_at(int(datetime(2026, 11, 19, 16, tzinfo=UTC).timestamp()))


def test_all_day_every_day_never_closes():
    always = read("24/7", MUSCAT)
    assert always.open_at(at("2026-11-21 03:00"))
    assert always.closes_next(at("2026-11-21 03:00"), timedelta(days=30)) is None
    assert always.after(at("2026-11-21 03:00"), 30 * HOUR) == at("2026-11-22 09:00")


def test_a_night_shift_is_of_the_day_on_which_it_begins():
    night = read("Th 20:00-02:00; 2027-01-01 closed", MUSCAT)
    assert night.open_at(at("2027-01-01 01:59"))  # a Friday, closed, but Thursday's shift
    assert not night.open_at(at("2027-01-01 02:00"))
    assert night.closes_next(at("2026-12-31 21:00"), timedelta(days=8)) == at("2027-01-01 02:00")


def test_days_that_adjoin_are_one_stretch():
    hours = read("Mo 08:00-24:00; Tu 00:00-06:00,09:00-12:00", MUSCAT)
    assert hours.closes_next(at("2026-11-16 10:00"), timedelta(days=8)) == at("2026-11-17 06:00")


def test_a_rule_with_dates_goes_first_wherever_it_stands_and_the_later_of_two():
    hours = read("2027-02-08..2027-03-09 09:00-15:00; 2027-02-15 closed; Mo-Su 08:00-20:00", MUSCAT)
    assert hours.on(date(2027, 2, 14)) == ((9 * 60, 15 * 60),)
    assert hours.on(date(2027, 2, 15)) == ()
    assert hours.on(date(2027, 3, 10)) == ((8 * 60, 20 * 60),)


def test_a_rule_may_speak_of_some_weekdays_of_some_dates():
    hours = read("Su-Th 08:00-20:00; Fr 14:00-20:00; 2027-02-08..2027-03-09 Su-Th 09:00-15:00", MUSCAT)
    assert not hours.open_at(at("2027-02-11 16:00"))
    assert hours.open_at(at("2027-02-12 16:00"))  # a Friday of Ramadan, as any other
    assert not hours.open_at(at("2027-02-13 10:00"))


@pytest.mark.parametrize(
    "text",
    [
        "24/7",
        "24/7; 2100-01-01..2100-12-31 closed",
        " 24/7 ; 2027-01-01 closed;",
        "su-th 08:00-12:00 , 16:00-20:00",
        "Fr-Su,We 00:00-24:00",
        "Sa 20:00-00:00",
    ],
)
def test_common_spellings_are_understood(text):
    assert read(text, UTC)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no hours for any weekday"),
        ("Su-Th closed", "no hours for any weekday"),
        ("2027-01-01 08:00-12:00", "no hours for any weekday"),
        ("08:00-20:00", "'08:00-20:00' is no rule: write days"),
        ("Su-Th", "'su-th' in 'Su-Th' is no span of hours"),
        ("Su-Th 8:00-20:00", "'8:00-20:00' in .* write it as 08:00-20:00"),
        ("Su-Th 08:00-25:00", "'08:00-25:00'"),
        ("Su-Th 24:00-25:00", "'24:00-25:00'"),
        ("Su-Th 08:60-20:00", "'08:60-20:00'"),
        ("Su-Th 08:00-08:00", "'08:00-08:00'"),
        ("Su-Th 12:00-20:00,08:00-12:00", "write them in order"),
        ("Su-Th 08:00-14:00,13:00-20:00", "write them in order"),
        ("Sun-Thu 08:00-20:00", "'sun-thu' in .* is neither a date nor a weekday"),
        ("Su- 08:00-20:00", "'su-'"),
        ("Su-Th Fr 08:00-20:00", "is no rule"),
        ("Su-Th 08:00 - 20:00", "is no span"),
        ("Mo-We 08:00-12:00; Tu-Fr 13:00-15:00", "'Mo-We 08:00-12:00' and 'Tu-Fr 13:00-15:00' both speak of Tu"),
        ("24/7; Fr closed", "both speak of Fr"),
        ("24/7; 2027-02-30 closed", "2027-02-30 in .* no calendar"),
        ("24/7; 9999-12-31 closed", "9999-12-31 in .* years 2000 to 2100"),
        ("24/7; 1999-12-31..2000-01-01 closed", "1999-12-31 in .* years 2000 to 2100"),
        ("24/7; 2100-12-31..2101-01-01 closed", "2101-01-01 in .* years 2000 to 2100"),
        ("24/7; 2027-03-09..2027-02-08 closed", "ends before it begins"),
        ("24/7; 2027-01-01..2028-01-03 closed", "longer than a year"),
        ("24/7; 2027-02-08-2027-03-09 closed", "neither a date nor a weekday"),
        ("24/7; 2027-02-15 closed; 2027-02-08..2027-03-09 09:00-15:00", "leaves no day of '2027-02-15 closed'"),
        ("٢٤/٧", "is no span"),
    ],
)
def test_an_error_names_the_wrong_part_and_the_remedy(text, says):
    with pytest.raises(ValueError, match=says):
        read(text, UTC)


@given(st.text(alphabet="SuMoThclosed0123456789:-.,;/ ٣", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        hours = read(text, UTC)
    except ValueError:
        return
    assert hours.open_at(hours.opens_next(0))


# Clocks that are put forward and back.


def test_the_hour_that_a_clock_skips_is_no_opening():
    hours = read("Su 02:15-03:00; Mo 10:00-11:00", BERLIN)
    assert hours.opens_next(at("2027-03-28 00:00", BERLIN)) == at("2027-03-29 10:00", BERLIN)
    assert hours.opens_next(at("2027-03-21 00:00", BERLIN)) == at("2027-03-21 02:15", BERLIN)


def test_a_night_in_which_the_clock_is_put_back_is_an_hour_longer():
    hours = read("Sa 20:00-04:00", BERLIN)
    assert hours.after(at("2027-10-30 20:00", BERLIN), 9 * HOUR) == at("2027-10-31 04:00", BERLIN)


# Any setting, any moment.

TIMES = st.integers(0, 95).map(lambda quarter: 15 * quarter)
NIGHTS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1])


@st.composite
def spans(draw):
    if draw(st.booleans()):
        edges = sorted(draw(st.sets(st.integers(0, 96).map(lambda quarter: 15 * quarter), min_size=2, max_size=6)))
        return list(zip(edges[::2], edges[1::2], strict=False))
    return [draw(NIGHTS)]


def written(pairs):
    return ",".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in pairs) or "closed"


@st.composite
def care_hours(draw):
    """A setting's text, and the same as plain data: the hours of weekdays, and rules with dates in their order."""
    weekly = draw(st.dictionaries(st.integers(0, 6), spans(), min_size=1))
    days = st.integers(0, 20).map(lambda n: date(2027, 1, 1) + timedelta(days=n))
    dated = []
    for first, length, hours in draw(
        st.lists(st.tuples(days, st.integers(0, 9), st.one_of(st.just([]), spans())), max_size=3)
    ):
        last = first + timedelta(days=length)
        dated = [one for one in dated if not (first <= one[0] and one[1] <= last)]  # which `read` would refuse
        dated.append((first, last, hours))
    rules = [f"{WEEKDAYS[day]} {written(pairs)}" for day, pairs in weekly.items()]
    rules += [f"{first}..{last} {written(pairs)}" for first, last, pairs in dated]
    return "; ".join(rules), weekly, dated


def plainly_open(weekly, dated, moment):
    """Looked up as somebody would on paper, in a zone whose clock is never put back."""
    local = datetime.fromtimestamp(moment, MUSCAT)
    minute = local.hour * 60 + local.minute

    def on(day):
        for first, last, pairs in reversed(dated):
            if first <= day <= last:
                return pairs
        return weekly.get(day.weekday(), [])

    today, yesterday = local.date(), local.date() - timedelta(days=1)
    return any(a <= minute < b or (b <= a <= minute) for a, b in on(today)) or any(
        b <= a and minute < b for a, b in on(yesterday)
    )


MOMENTS = st.integers(at("2026-12-28 00:00") // 60, at("2027-02-05 00:00") // 60).map(lambda minute: minute * 60)


@settings(deadline=None)
@given(care_hours(), MOMENTS)
def test_opening_agrees_with_a_minute_by_minute_look_up(setting, moment):
    text, weekly, dated = setting
    assert read(text, MUSCAT).open_at(moment) is plainly_open(weekly, dated, moment)


@settings(deadline=None)
@given(care_hours(), MOMENTS)
def test_the_next_opening_is_the_first_open_minute(setting, moment):
    text, weekly, dated = setting
    opens = read(text, MUSCAT).opens_next(moment)
    assert opens >= moment
    assert plainly_open(weekly, dated, opens)
    quarters = range(moment, opens, 900)
    assert not any(plainly_open(weekly, dated, quarter) for quarter in quarters)


@settings(deadline=None)
@given(care_hours(), MOMENTS, st.integers(1, 12))
def test_a_due_time_lies_the_given_open_hours_ahead(setting, moment, hours):
    text, weekly, dated = setting
    begins = moment // 900 * 900  # every span begins and ends with a quarter
    until = read(text, MUSCAT).after(begins, hours * HOUR)
    counted = sum(plainly_open(weekly, dated, quarter) for quarter in range(begins, until, 900))
    assert counted == hours * 4


@given(
    care_hours(), MOMENTS, st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"])
)
def test_in_any_zone_the_answers_agree_with_each_other(setting, moment, zone):
    hours = read(setting[0], ZoneInfo(zone))
    opens = hours.opens_next(moment)
    assert hours.open_at(opens)
    assert hours.open_at(moment) is (opens == moment)
    closes = hours.closes_next(opens, timedelta(days=60))
    assert closes is None or (closes > opens and not hours.open_at(closes) and hours.open_at(closes - 1))
    assert hours.after(moment, 60) > opens
