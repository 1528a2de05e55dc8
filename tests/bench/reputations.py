"""The reputation function: reports a second, and what one report asks of the table, however many came before it."""

from __future__ import annotations

import time
from collections import Counter
from typing import NamedTuple
from unittest import mock

from handlers import reputation
from infra.local.table import create_table
from ivr.dead_letters import DeadLetters
from ivr.observability.log import Log
from ivr.reputation.items import block_bad_until, block_key, blocks_of, campaign_key, member_name, members_key
from ivr.store.attributes import typed, untyped
from ivr.store.projections import Projections
from ivr.store.table import Table
from ivr.store.tallies import MOST_MEMBERS
from tests.bench import stored
from tests.bench.metering import Meter
from tests.reputation.events import Reported

TABLE = "reputations"
CALLER = "+96898000055"
_BATCH = 100  # stream records
_REQUEST_MILLISECONDS = 5  # within a region, about; the stand-in's are on loopback


class Function(NamedTuple):
    """One row: a report is three stream records (the 9, the category, the loss)."""

    name: str
    a_second: float  # here
    cost_estimate: float  # with as many requests in a row, each of some milliseconds
    requests: float
    items: float
    reads: float
    writes: float
    by_partition: dict[str, tuple[float, float]]  # read and write units a report, by the kind of partition


def measure(stand_in, *, quick):
    """Reports on callers that nobody knew, then on one with ever more evidence."""
    client = stand_in.client()
    create_table(client, TABLE)
    many = 40 if quick else 200
    strangers = [(stored.caller(n), stored.person(n)) for n in range(many)]
    rows = [_follow(client, "each on another caller", strangers)]
    had = 0
    for earlier in (10, 1_000, *([] if quick else [100_000])):
        stored.put_all(client, TABLE, stored.evidence(CALLER, had, earlier))
        had = earlier
        fill_the_neighbourhood(client, TABLE, CALLER, stored.NOW)
        Projections(Table(TABLE, client)).scores.refresh(CALLER)
        few = 4 if earlier > 1_000 else 10  # ministack takes a second for each query of so many
        again = [(CALLER, stored.person(n % earlier)) for n in range(few)]  # so that there are as many all the time
        rows.append(_follow(client, f"on one caller with {earlier:,} earlier", again))
    client.delete_table(TableName=TABLE)
    return rows


def a_report(stand_in):
    """How many requests one report costs the function, each on a caller whom nobody has reported yet."""
    client = stand_in.client()
    create_table(client, TABLE)
    found = _follow(client, "", [(stored.caller(n), stored.person(n)) for n in range(40)])
    client.delete_table(TableName=TABLE)
    return found.requests


def fill_the_neighbourhood(client, table, caller, now):
    """The worst case: all neighbours in the caller's blocks were reported, and the campaign is full."""
    for block in blocks_of(caller):
        members = {
            member_name(block, f"{block}{n:0{len(caller) - len(block)}}"): typed(
                {"as_of": now, "spam": 4_000_000, "legit": 0, "revision": 1}
            )
            for n in range(10 ** (len(caller) - len(block)))
        }
        until = block_bad_until({name: untyped(member) for name, member in members.items()})
        for key, held in ((members_key(block), members), (block_key(block), {"bad_until": typed(until)})):
            item = {"pk": typed(key.pk), "sk": typed(key.sk), **held}
            client.put_item(TableName=table, Item=item)
    pk, sk = campaign_key(caller, now)
    lines = {f"+1202555{n:04}" for n in range(MOST_MEMBERS)}
    full = {"pk": pk, "sk": sk, "lines": lines, "held": MOST_MEMBERS}
    client.put_item(TableName=table, Item={name: typed(value) for name, value in full.items()})


def _follow(client, name, told):
    records = [
        record
        for n, (caller, person) in enumerate(told)
        for record in Reported(caller, person, stored.NOW + n, counted=True, added=("prize", "no")).records(f"CA{n}")
    ]
    function = Projections(Table(TABLE, client))
    took = time.perf_counter()
    _deliver(function, records[: len(records) // 2])
    took = time.perf_counter() - took
    meter = Meter(client)
    _deliver(function, records[len(records) // 2 :])
    meter.close()
    reports = len(told) / 2
    reads, writes = meter.units()
    units = Counter(), Counter()
    for one in meter.touched:
        kind = one.partition.partition("#")[0]
        units[0][kind] += one.reads / reports
        units[1][kind] += one.writes / reports
    requests = len(meter.requests) / reports
    return Function(
        name,
        reports / took,
        1000 / (requests * _REQUEST_MILLISECONDS),
        requests,
        sum(one.items for one in meter.touched) / reports,
        reads / reports,
        writes / reports,
        {kind: (units[0][kind], units[1][kind]) for kind in units[0]},
    )


def _deliver(function, records):
    """As Lambda does, in batches, to the handler itself."""
    log = Log("INFO")
    own = {"derived": lambda: function, "log": lambda: log, "aside": lambda: DeadLetters(log)}
    with mock.patch.multiple(reputation, **own):
        for n in range(0, len(records), _BATCH):
            answer = reputation.handler({"Records": records[n : n + _BATCH]}, None)
            if answer["batchItemFailures"]:
                raise SystemExit(f"the reputation function failed: {answer}")
