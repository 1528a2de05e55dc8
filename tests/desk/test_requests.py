"""What the desk's views ask of the table: the same number of requests with ten records and with two thousand."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from ivr.desk import Context, caller_file, caller_history, campaigns, caught, preview, ranking, statistics, today
from ivr.settings import Settings
from tests.bench import desk_table
from tests.conftest import ENVIRONMENT

DAY_AND_A_HALF = 1.5 * 86_400


def month(context):
    last = statistics.this_day(context)
    return statistics.of_days(context, last - timedelta(days=29), last)


VIEWS = {
    "today": (today.today, {"BatchGetItem": 1, "Query": 2}),
    "thirty days": (month, {"BatchGetItem": 2}),
    "most reported": (ranking.most_reported, {"Query": 4, "BatchGetItem": 1}),
    "a caller's calls": (
        lambda context: caller_history.calls_of(context, desk_table.FAMOUS),
        {"Query": 4, "BatchGetItem": 1},
    ),
    "reports about a caller": (
        lambda context: caller_history.reports_on(context, desk_table.FAMOUS),
        {"Query": 4, "BatchGetItem": 1},
    ),
    "evidence by week": (lambda context: caller_history.evidence_by_week(context, desk_table.FAMOUS), {"Query": 1}),
    "a prefix": (lambda context: caught.by_prefix(context, "+968"), {"Query": 8}),
    "a caller's file": (
        lambda context: caller_file.of(context, desk_table.FAMOUS),
        {"BatchGetItem": 1, "GetItem": 3, "Query": 2},
    ),
    "a decision tried": (
        lambda context: preview.decision(context, desk_table.FAMOUS, "blocked"),
        {"Query": 8, "BatchGetItem": 1},
    ),
    "taking back tried": (
        lambda context: preview.take_back(context, desk_table.FAMOUS),
        {"Query": 8, "BatchGetItem": 2},
    ),
    "clearing tried": (lambda context: preview.clear(context, desk_table.FAMOUS), {"Query": 8, "BatchGetItem": 2}),
    "keeping tried": (lambda context: preview.keep(context, desk_table.FAMOUS), {"Query": 8, "BatchGetItem": 1}),
    "a rule tried": (
        lambda context: preview.rule(context, desk_table.FAMOUS[:6], "blocked"),
        {"Query": 9, "BatchGetItem": 1},
    ),
    "campaigns": (campaigns.page, {"Query": 1}),
    "a campaign": (lambda context: campaigns.of(context, desk_table.FAMOUS[:-2]), {"GetItem": 1}),
    "callers by number": (lambda context: ranking.by_number(context, size=200), {"Query": 1}),
}


class Counting:
    """Counts a client's requests by operation."""

    def __init__(self, client):
        self.asked = {}
        client.meta.events.register("before-call.dynamodb", self._note)

    def _note(self, model, **_):
        self.asked[model.name] = self.asked.get(model.name, 0) + 1

    def of(self, view, context):
        self.asked = {}
        view(context)
        return self.asked


@pytest.mark.parametrize("reports", [10, pytest.param(2_000, marks=pytest.mark.slow)])
def test_a_view_asks_the_same_number_of_requests_whatever_is_stored(store, reports):
    context = Context(store, Settings.from_environment(ENVIRONMENT))
    desk_table.fill(store.table.client, store.table.name, reports, int(time.time()))
    counting = Counting(store.table.client)
    for name, (view, requests) in VIEWS.items():
        assert counting.of(view, context) == requests, name
