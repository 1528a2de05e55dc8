"""On a day like any other no alarm goes off; and on the same day with a fault in it, those of that fault alone."""

import io

import pytest

from ivr.observability import log
from tests.operate import standard_day
from tests.operate.cloudwatch import MINUTE, CloudWatch
from tests.operate.faults import NAMESPACE
from tests.operate.standard_day import DAY, MIDNIGHT, StandardDay

NOON = MIDNIGHT + DAY // 2


@pytest.fixture
def printed(request, monkeypatch):
    """All that the functions print in some hours of the day, or in all."""

    def in_hours(*hours):
        day, stream = StandardDay(request.getfixturevalue), io.StringIO()
        monkeypatch.setattr(log, "time", day)
        undo = log.write_to(stream)
        day.play(hours or range(24))
        undo()
        assert day.calls > (5 if hours else 100)
        return stream.getvalue()

    return in_hours


def red(alarms, cloudwatch, begins=MIDNIGHT, ends=MIDNIGHT + DAY):
    """Each alarm that is red in a minute of the day, and the first such minute after midnight."""
    minutes = range(begins + MINUTE, ends, MINUTE)
    first = {name: next((at for at in minutes if cloudwatch.is_red(alarm, at)), None) for name, alarm in alarms.items()}
    return {name: (at - MIDNIGHT) // MINUTE for name, at in first.items() if at}


def test_no_alarm_goes_off_in_an_hour_like_any_other(printed, alarms, defaults):
    cloudwatch = CloudWatch("prod", defaults)
    standard_day.publish(cloudwatch)
    cloudwatch.read(printed(4))  # the first in which calls are expected
    assert red(alarms, cloudwatch, MIDNIGHT + 4 * 3600, MIDNIGHT + 5 * 3600 + 1) == {}


@pytest.mark.slow  # some two hundred calls
def test_no_alarm_goes_off_on_a_day_like_any_other(printed, alarms, defaults):
    cloudwatch = CloudWatch("prod", defaults)
    standard_day.publish(cloudwatch)
    cloudwatch.read(printed())
    counted = {name for namespace, name, _ in cloudwatch.names() if namespace == NAMESPACE}
    usual = {"call_screened", "call_ended", "report_recorded", "care_talked", "care_not_taken", "call_back_asked"}
    usual |= {"message_sent", "leg_moved", "message_kept", "signature_rejected", "rest_failed", "errand_failed"}
    assert usual <= counted
    assert red(alarms, cloudwatch) == {}
    # The model is not deaf: if from noon on no call comes in, somebody is woken an hour later, and by nothing else.
    for (_, name, _), minutes in cloudwatch.values.items():
        if name == "call_screened":
            for minute in [one for one in minutes if one * MINUTE >= NOON]:
                del minutes[minute]
    assert set(red(alarms, cloudwatch)) == {"SilenceAlarm"}
    assert DAY // 2 <= red(alarms, cloudwatch)["SilenceAlarm"] * MINUTE <= DAY // 2 + 3600
