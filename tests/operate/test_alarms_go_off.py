"""Each alarm goes off at its fault, made with the real handlers, and is over when the fault is.

The handlers' own log lines are the metrics, read by a model of CloudWatch; the alarms are those of template.yaml.
"""

import io
import json
import math
import time

import pytest

from infra.operate.table import table
from ivr.observability import log
from tests.conftest import NOW
from tests.operate import logs_insights
from tests.operate.cloudwatch import MINUTE, CloudWatch
from tests.operate.faults import NAMESPACE, STRANGER, Faults

START = NOW // MINUTE * MINUTE  # the minute of each fault
MOST_LOOKS = 75 * MINUTE  # no alarm takes longer than that to see its fault
LONG_AFTER = 4 * 3600


class Stopped:
    """A clock that stands: no minute ends within a fault, however slow the machine is."""

    strftime, gmtime = staticmethod(time.strftime), staticmethod(time.gmtime)

    def time_ns(self):
        return (START + 5) * 1_000_000_000


@pytest.fixture
def printed(monkeypatch):
    """All that the functions print."""
    monkeypatch.setattr(log, "time", Stopped())
    stream = io.StringIO()
    undo = log.write_to(stream)
    yield stream
    undo()


# What one person lost, and nobody hears of otherwise: its alarm goes off at the first.
AT_THE_FIRST = {
    "CallBackNotRecorded",
    "CallBackOverdue",
    "DialFailed",
    "FollowUpFailed",
    "ItemUnreadable",
    "MessageNotKept",
    "QueueSendFailed",
    "RecordSetAside",
    "RecordingNotErased",
    "ReportDeadLetters",
    "Undone",
    "Unfollowed",
}


def first_red(cloudwatch, alarm):
    """The first minute at which an alarm is red, or None."""
    looks = range(START + MINUTE, START + MOST_LOOKS + MINUTE, MINUTE)
    return next((at for at in looks if cloudwatch.is_red(alarm, at)), None)


def account(defaults, *, calls_stop):
    """CloudWatch on a day like others: calls come in, and the watch looks, until at most the fault and after it."""
    cloudwatch = CloudWatch("prod", defaults)
    for at in range(START - 7200, START + LONG_AFTER, 300):
        cloudwatch.put(NAMESPACE, "call_backs_overdue", {}, at, 0)
        if not (calls_stop and START <= at < START + 7200):
            cloudwatch.put(NAMESPACE, "call_screened", {}, at, 1)
    return cloudwatch


@pytest.mark.parametrize("of", table().alarms, ids=lambda of: of.name)
def test_an_alarm_goes_off_at_its_fault_and_is_over_when_the_fault_is(
    of, alarms, request, printed, defaults, line_fields
):
    alarm, cloudwatch = alarms[of.resource], account(defaults, calls_stop=True)
    assert hasattr(Faults, of.resource), f"make the fault that sets {of.name} off, in tests/operate/faults.py"
    assert first_red(account(defaults, calls_stop=False), alarm) is None
    faults = Faults(request, cloudwatch, START)
    getattr(faults, of.resource)()
    lines = printed.getvalue()
    assert STRANGER.removeprefix("+") not in lines
    # The same happens to more people in that minute; as many as the threshold says, or fewer.
    many = max(3, math.ceil(of.threshold) if of.threshold <= 20 else 1)
    for _ in range(1 if of.name in AT_THE_FIRST else many):
        cloudwatch.read(lines)
        if red := first_red(cloudwatch, alarm):
            break
    assert red, lines
    assert not cloudwatch.is_red(alarm, START + LONG_AFTER)
    for line in map(json.loads, lines.splitlines()):
        if "_aws" in line:  # what the saved queries are held to
            assert line.keys() - {"_aws"} <= line_fields[line["message"]]
    told = [json.loads(line) for line in [*lines.splitlines(), *faults.aws_wrote]]
    assert logs_insights.shown(table().query(of.query), told), (
        f"the saved query {of.query} shows nothing of it: {lines}"
    )


PAGES = [one for one in table().alarms if one.severity == "page"]


@pytest.mark.parametrize("of", PAGES, ids=lambda of: of.name)
def test_a_page_comes_on_a_quiet_service_too(of, alarms, request, printed, defaults):
    """One call in five minutes meets the fault, for an hour: a threshold for busy hours must not hide that."""
    cloudwatch = account(defaults, calls_stop=True)
    getattr(Faults(request, cloudwatch, START), of.resource)()
    for later in range(0, 3600, 300):
        cloudwatch.read(printed.getvalue(), later)
    assert first_red(cloudwatch, alarms[of.resource])


def test_somebody_is_woken_only_where_people_on_the_phone_lose_something_now():
    assert {one.name for one in PAGES} == {
        "ApiErrors",
        "ApologySpoken",
        "ConcurrencyQuota",
        "FallbackAsked",
        "FunctionErrors",
        "FunctionThrottles",
        "Latency",
        "NobodyGetsIn",
        "ReportNotRecorded",
        "ReputationBehind",
        "ReputationFailed",
        "RestFailed",
        "SecretUnavailable",
        "Silence",
        "StoreReadFailed",
        "StoreWriteFailed",
    }
