"""The look-up of a verdict, with ever more reports and rules in the table: flat."""

from __future__ import annotations

import statistics
import time
from typing import NamedTuple

from infra.local import demo
from infra.local.table import create_table
from ivr.numbers import phone_number
from ivr.store.desk import Desk
from tests.bench import stored
from tests.bench.metering import Meter

TABLE = "look-ups"
_ASKED = 400


class LookUps(NamedTuple):
    """One row of the figures: milliseconds of a look-up over HTTP on loopback, relative as the store is a stand-in."""

    reports: int
    rules: int
    requests: float
    keys: float
    reads: float
    median: float
    slowest_of_twenty: float


def measure(stand_in, *, quick, full):
    """Grow the table step by step and ask the same of it each time."""
    client = stand_in.client()
    create_table(client, TABLE)
    desk = Desk(TABLE, client)
    demo.seed(desk)
    steps = [(1_000, 100), (1_000, 10_000), *([] if quick else [(100_000, 10_000)]), *([(1_000_000, 10_000)] * full)]
    had_reports = had_rules = 0
    rows = []
    for reports, rules in steps:
        stored.put_all(client, TABLE, stored.reports(had_reports, reports))
        stored.put_all(client, TABLE, stored.rules(had_rules, rules))
        had_reports, had_rules = reports, rules
        rows.append(LookUps(reports, rules, *_asked(desk, client)))
    client.delete_table(TableName=TABLE)
    return rows


def _asked(desk, client):
    callers = [phone_number.read(stored.caller(n), "OM") for n in range(_ASKED)]  # the first hundred are reported
    took = []
    for caller in callers:
        before = time.perf_counter()
        desk.look_up(demo.PROTECTED_LINE, caller, stored.NOW)
        took.append((time.perf_counter() - before) * 1000)
    meter = Meter(client)
    for caller in callers:
        desk.look_up(demo.PROTECTED_LINE, caller, stored.NOW)
    meter.close()
    return (
        len(meter.requests) / _ASKED,
        len(meter.touched) / _ASKED,
        meter.units()[0] / _ASKED,
        statistics.median(took),
        statistics.quantiles(took, n=20)[-1],
    )
