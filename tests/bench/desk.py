"""`python -m tests.bench.desk`: what each of the desk's views asks of the table, with few and with many reports."""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from infra.local.table import create_table
from ivr.desk import Context, caller_history, campaigns, caught, preview, ranking, today
from ivr.desk import statistics as numbers
from ivr.settings import Settings
from ivr.store.desk import Desk
from tests.bench import desk_table
from tests.bench.metering import Meter
from tests.bench.second_stand_in import SecondStandIn
from tests.bench.webhooks import ENVIRONMENT

TABLE = "desk"


def _month(context):
    last = numbers.this_day(context)
    return numbers.of_days(context, last - timedelta(days=29), last)


VIEWS = {
    "today": today.today,
    "the numbers of 30 days": _month,
    "the most reported callers": ranking.most_reported,
    "campaigns": campaigns.page,
    "a campaign's numbers": lambda context: campaigns.of(context, desk_table.FAMOUS[:-2]),
    "a caller's calls": lambda context: caller_history.calls_of(context, desk_table.FAMOUS),
    "the reports about a caller": lambda context: caller_history.reports_on(context, desk_table.FAMOUS),
    "the evidence by week": lambda context: caller_history.evidence_by_week(context, desk_table.FAMOUS),
    "what a prefix would have caught": lambda context: caught.by_prefix(context, "+96890001"),
    "what a decision would have done": lambda context: preview.decision(context, desk_table.FAMOUS, "blocked"),
}


class Asked(NamedTuple):
    """What one view asked for."""

    requests: int
    reads: float  # units
    items: int
    milliseconds: (
        float  # of a stand-in on loopback, which goes through the whole table for a query, as DynamoDB does not
    )


def measure(stand_in, reports):
    """Fill a table and ask for each view."""
    client = stand_in.client()
    create_table(client, TABLE)
    took = time.perf_counter()
    desk_table.fill(client, TABLE, reports, int(time.time()))
    took = time.perf_counter() - took
    context = Context(Desk(TABLE, client), Settings.from_environment({**ENVIRONMENT, "TABLE_NAME": TABLE}))
    found = {name: _asked(view, context, client) for name, view in VIEWS.items()}
    client.delete_table(TableName=TABLE)
    return found, took


def _asked(view, context, client):
    began = time.perf_counter()
    view(context)
    took = (time.perf_counter() - began) * 1000
    meter = Meter(client)
    view(context)
    meter.close()
    reads, _ = meter.units()
    items = sum(one.items for one in meter.touched)
    return Asked(len(meter.requests), reads, items, took)


def main():
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.desk", description=__doc__)
    arguments.add_argument("--reports", type=int, nargs="+", default=[1_000, 100_000], metavar="N")
    sizes = arguments.parse_args().reports
    console, rows = Console(width=180), {}
    with SecondStandIn() as stand_in:
        for reports in sizes:
            rows[reports], took = measure(stand_in, reports)
            console.print(f"{reports:,} reports and their calls stored in {took:.0f} s")
    table = Table(title="The desk's views, by reports stored", title_justify="left")
    table.add_column("")
    for heading in ("requests", "read units", "items", "ms here"):
        for reports in sizes:
            table.add_column(f"{heading}, {reports:,}", justify="right")
    for name in VIEWS:
        asked = [rows[reports][name] for reports in sizes]
        table.add_row(
            name,
            *(f"{one.requests}" for one in asked),
            *(f"{one.reads:.1f}" for one in asked),
            *(f"{one.items}" for one in asked),
            *(f"{one.milliseconds:.0f}" for one in asked),
        )
    console.print(table)


if __name__ == "__main__":
    main()
