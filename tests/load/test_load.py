"""A small load test: a few callers for a few seconds, and a result that finds lost reports."""

from types import SimpleNamespace

import pytest

from tests.load.__main__ import _wrong, held_up
from tests.load.callers import Held


@pytest.mark.slow
def test_simultaneous_callers_lose_and_double_no_report():
    told = []
    assert held_up(callers=6, seconds=3, pace=0, thousand=0, say=told.append), told
    assert any("p50" in line for line in told)


def call(sid, *, does="reports", told=True, faults=()):
    return Held(sid, f"+9689{sid[2:]:>07}", "+12025550111", does, told, list(faults))


def told_wrong(calls, stored, live=1, *, settled=True):
    """What is found wrong of these calls, where so many reports are stored of each."""
    reports = {one.sid: [SimpleNamespace(caller=one.caller, counted=1)] * stored[one.sid] for one in calls}
    store = SimpleNamespace(
        calls=SimpleNamespace(with_reports=lambda sid: (None, reports[sid])),
        reputations=SimpleNamespace(get=lambda _: SimpleNamespace(live=live)),
    )
    return " / ".join(_wrong(SimpleNamespace(store=store, settle=lambda _: settled), calls))


def test_a_lost_or_doubled_report_is_noticed():
    both = [call("CA1"), call("CA2")]
    assert told_wrong(both, {"CA1": 1, "CA2": 1}) == ""
    assert "1 reports lost, as in the call CA2" in told_wrong(both, {"CA1": 1, "CA2": 0})
    assert "1 reports doubled, as in the call CA1" in told_wrong(both, {"CA1": 2, "CA2": 1})
    assert "2 of 2 callers have not the reputation" in told_wrong(both, {"CA1": 1, "CA2": 1}, live=2)
    assert "not done after two minutes" in told_wrong(both, {"CA1": 1, "CA2": 1}, settled=False)
    declined = call("CA3", does="declines", told=False)
    assert "made by nobody" in told_wrong([*both, declined], {"CA1": 1, "CA2": 1, "CA3": 1})
    broken = call("CA4", faults=["11200"])
    assert "1 calls met faults, as in CA4: 11200" in told_wrong([broken], {"CA4": 1})
    assert "nothing was tried" in told_wrong([declined], {"CA3": 0})
