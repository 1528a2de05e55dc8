"""50 million calls a day, and one caller reported by 100,000 customers in an hour: the bill, and who is burdened.

The requests are not assumed: each kind of call is held once, with the real handlers, and what it asks of the table is
metered and multiplied. Assumptions stand at the top, prices in prices.toml; limits are those
that aws.amazon.com prints.
"""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import NamedTuple

from handlers.reputation import count, follow
from handlers.voice import Voice
from infra.carrier import ANNOUNCED, Carrier, Phone
from infra.local import demo
from infra.local.table import create_table
from ivr.dead_letters import DeadLetters
from ivr.observability.log import Log
from ivr.reputation.items import campaign_key
from ivr.settings import Settings
from ivr.statistics.mark import LIST_SHARDS
from ivr.statistics.tally import SHARDS
from ivr.store.attributes import typed
from ivr.store.desk import Desk
from ivr.store.projections import Projections
from ivr.store.statistics import TOGETHER
from ivr.store.table import Table
from ivr.store.tallies import MOST_MEMBERS
from tests.bench import stored
from tests.bench.bill import prices
from tests.bench.metering import Meter, size_of
from tests.bench.webhooks import BASE_URL, ENVIRONMENT, TOKEN
from tests.twilio_post import posting

CALLS_A_DAY = 50_000_000
REPORTS_AN_HOUR = 100_000  # on one caller
CALLS_FOR_A_REPORT = 10  # that this caller makes
BUSY = 3  # the busiest second against the mean of the day
MIX = {"reported": 0.002, "talked": 0.6, "declined": 0.398}

READS_A_SECOND, WRITES_A_SECOND = 3_000, 1_000  # of one partition
_DOLLARS = prices().dollars
DOLLARS_A_READ, DOLLARS_A_WRITE = _DOLLARS["DynamoDB read unit"], _DOLLARS["DynamoDB write unit"]
DOLLARS_A_WEBHOOK = _DOLLARS["API Gateway, HTTP API request"]
DOLLARS_AN_INVOCATION, DOLLARS_A_GB_SECOND = _DOLLARS["Lambda request"], _DOLLARS["Lambda GB-second, arm64"]
VOICE_GB_SECONDS = 1.769 * 0.010  # ten milliseconds of one vCPU
FOLLOWER_GB_SECONDS_A_REQUEST = 0.5 * 0.005  # it waits for the table; half a GB
RECORDS_AN_INVOCATION = 100

_SCRIPTS = {  # what the customer presses, and for how long the two talk
    "declined": (["3"], None),
    "talked": (["1"], 120),
    "reported": (["9", "1", "2"], None),
}


class Held(NamedTuple):
    """What one call of a kind asked for."""

    webhooks: int
    stream_records: int
    requests_of_the_follower: int
    units: dict[tuple[str, str], tuple[float, float]]  # by who asks and how: reads, writes
    partitions: dict[str, tuple[float, float]]  # by the kind of partition


class Term(NamedTuple):
    """One term of the bill."""

    name: str
    a_call: float
    dollars_a_day: float


class Burden(NamedTuple):
    """What one partition sees in a second."""

    partition: str
    reads: float
    writes: float


def measure(stand_in):
    """Hold one call of each kind, on a line whose every neighbour is well reported."""
    return {kind: _hold(stand_in, kind) for kind in MIX}


def _hold(stand_in, kind):
    client, table = stand_in.client(), ENVIRONMENT["TABLE_NAME"]
    create_table(client, table)
    desk = Desk(table, client)
    demo.seed(desk)
    webhooks = []

    answered = posting(lambda: voice)

    def post(url, form, headers):
        webhooks.append(url)
        return answered(url, form, headers)

    keys, talks_for = _SCRIPTS[kind]
    phones = {demo.CUSTOMER: Phone(keys=keys, talks_for=talks_for, name="customer")}
    carrier = Carrier(post, base_url=BASE_URL, auth_token=TOKEN, clock_start=stored.NOW, pickups=phones, seed=7)
    rest = carrier.rest()  # a talk is guarded: its legs are moved
    voice = Voice(Settings.from_environment({**ENVIRONMENT, "TWILIO_API_BASE_URL": rest.base_url}), desk)
    read = stand_in.stream(client, table)
    read()
    asked = Meter(client)
    carrier.place(from_=stored.caller(5), to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    with rest:
        carrier.run()
    asked.close()
    records = read()
    log = Log("INFO")
    followed, function = Meter(client), Projections(Table(table, client))
    for record in records:
        follow([record], function, log, DeadLetters(log))
    count(records, function, DeadLetters(log))
    followed.close()
    written = len(read())  # the function's own writes come to it as well, and nothing follows
    client.delete_table(TableName=table)
    units, partitions = Counter(), Counter()
    for who, meter in (("voice", asked), ("reputation", followed)):
        for one in meter.touched:
            for n, some in enumerate((one.reads, one.writes)):
                units[who, one.operation, n] += some
                partitions[one.partition.partition("#")[0], n] += some
    return Held(
        len(webhooks),
        len(records) + written,
        len(followed.requests),
        {name[:2]: (units[*name[:2], 0], units[*name[:2], 1]) for name in units},
        {name: (partitions[name, 0], partitions[name, 1]) for name, _ in partitions},
    )


def _units_of_a_full_campaign():
    """What a write to it costs, where each of its lines is as long as a number can be."""
    pk, sk = campaign_key(stored.caller(5), stored.NOW)
    lines = {f"+{n:015}" for n in range(MOST_MEMBERS)}
    full = {"pk": pk, "sk": sk, "lines": lines, "held": MOST_MEMBERS, "expires": stored.NOW}
    return max(1, ceil(size_of({name: typed(value) for name, value in full.items()}) / 1024))


def bill(held):
    """Each term of a day's bill, the dearest first."""

    def mean(of):
        return sum(share * of(held[kind]) for kind, share in MIX.items())

    names = sorted({name for one in held.values() for name in one.units})
    terms = []
    for who, operation in names:
        for n, (unit, price) in enumerate((("read", DOLLARS_A_READ), ("write", DOLLARS_A_WRITE))):
            units = mean(lambda one, key=(who, operation), n=n: one.units.get(key, (0, 0))[n])
            if units:
                terms.append(Term(f"{who}: {operation}, {unit} units", units, units * price * CALLS_A_DAY))
    webhooks = mean(lambda one: one.webhooks)
    invocations = mean(lambda one: one.stream_records) / RECORDS_AN_INVOCATION
    waits = mean(lambda one: one.requests_of_the_follower)
    for name, a_call, price in (
        ("API Gateway: webhooks", webhooks, DOLLARS_A_WEBHOOK),
        ("voice: invocations", webhooks, DOLLARS_AN_INVOCATION),
        ("voice: GB-seconds", webhooks * VOICE_GB_SECONDS, DOLLARS_A_GB_SECOND),
        ("reputation: invocations", invocations, DOLLARS_AN_INVOCATION),
        ("reputation: GB-seconds", waits * FOLLOWER_GB_SECONDS_A_REQUEST, DOLLARS_A_GB_SECOND),
    ):
        terms.append(Term(name, a_call, a_call * price * CALLS_A_DAY))
    return sorted(terms, key=lambda term: -term.dollars_a_day)


def burdens(held, on_one_caller):
    """What the busiest partitions see in a second. ``on_one_caller``: the reputation function's units a report."""
    reports = REPORTS_AN_HOUR / 3600
    calls = reports * CALLS_FOR_A_REPORT
    everybodys = CALLS_A_DAY / 86_400 * BUSY
    declined = held["declined"].partitions
    looked_up = {"CALLER": 3 * 0.5, "CAMPAIGN": 2 * 0.5}  # keys of the one BatchGetItem
    of_report = on_one_caller.by_partition
    campaign_writes = declined["CAMPAIGN"][1] * _units_of_a_full_campaign()  # as long as it lasts: refused or not
    return [
        Burden(
            "CALLER#: the caller's evidence and reputation",
            calls * looked_up["CALLER"] + reports * of_report["CALLER"][0],
            reports * of_report["CALLER"][1],
        ),
        Burden("BLOCK#: the caller's blocks of 10 and 100", calls * 2 * 0.5, reports * of_report["BLOCK"][1]),
        Burden("CAMPAIGN#: the lines that the caller rang", calls * looked_up["CAMPAIGN"], calls * campaign_writes),
        Burden("TALLY#: one of the day's 4 shards", 0, everybodys * 2 / TOGETHER * 2 / SHARDS),
        Burden("numbers: the caller's calls, one of 4 shards", 0, calls / LIST_SHARDS),
        Burden("listing: reputations", 0, reports * of_report.get("listing: reputations", (0, 0))[1]),
        Burden("reports: one of the day's 8 shards", 0, reports * 3 / 8),
        Burden("PREFIX#+9: each call's rules, of all callers", everybodys * 0.5, 0),
        Burden("LINE#: one customer's line", 10 * 0.5, 10),
    ]
