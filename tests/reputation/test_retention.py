"""Everything expires, and the settings say when: each kind of item that the table may hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml

from handlers import reputation
from infra.carrier import ANNOUNCED, HANG_UP, Phone
from infra.local import demo
from ivr import settings as module
from ivr.dead_letters import DeadLetters
from ivr.desk import Context
from ivr.desk.actor import Actor
from ivr.desk.disputes import clear
from ivr.jobs.triggers import message_about
from ivr.observability.log import Log
from ivr.reports import Report
from ivr.reputation.items import block_key, blocks_of, member_name, reputation_key
from ivr.screening.line import Line
from ivr.settings import Settings
from ivr.settings.fields import LONGEST_RETENTION_DAYS, SettingsError
from ivr.store.counters import REMEMBERED_SECONDS
from ivr.store.forgetting import kind_of
from ivr.store.projections import RETENTION, Projections, Retention
from ivr.store.table import Table
from tests.conftest import ENVIRONMENT, NOW
from tests.reputation.conftest import follow_all
from tests.reputation.events import CALLERS, DAY, PEOPLE, START, Reported, stream
from tests.reputation.item_kinds import every_kind, key_of, record_kinds

STRANGER, FRIEND = "+96891234567", "+96898765432"
LINES = {f"+120255501{n}": f"+120255502{n}" for n in range(60, 64)}

SET = {
    "RETENTION_CALLS_DAYS": 11,
    "RETENTION_REPORTS_DAYS": 22,
    "RETENTION_REPUTATION_DAYS": 33,
    "RETENTION_FAMILIAR_DAYS": 44,
    "RETENTION_DISPUTES_DAYS": 55,
    "RETENTION_DECISIONS_DAYS": 66,
}
CALLS, REPORTS, REPUTATION, FAMILIAR, DISPUTES, DECISIONS = SET.values()
TTL_TAKES_DAYS = 30
REPEATED = 60  # what was counted of an item is known longer than any image of it may be repeated

KEPT = {  # for so many days after it was stored
    "CALL": {CALLS},
    "ENDING": {CALLS},
    "REPORT": {REPORTS},
    "MESSAGE": {REPORTS},
    "EVIDENCE": {CALLS, REPORTS},  # a trust with its call, a report with itself
    "LATEST": {CALLS, REPORTS},
    "REPUTATION": {REPUTATION},
    "SCORES": {REPUTATION},
    "REPORTED": {REPUTATION},
    "FAMILIAR": {FAMILIAR},
    "DISPUTE": {DISPUTES},
    "OPT_OUT": {DECISIONS},  # after it was taken back
    "ONCE": {REMEMBERED_SECONDS // DAY},  # or a captured request would do it again
    "COUNTED": {CALLS + REPEATED, REPORTS + REPEATED, DISPUTES + REPEATED},
    "CLEARING": {LONGEST_RETENTION_DAYS + TTL_TAKES_DAYS},  # the evidence that it voids would count again
}
MECHANICS = {  # constants: they hold a call together, and are of no use afterwards
    "RING": "while it rings, or the two talk",
    "DRAFT": "a typed number, until its report is stored: from the queue at the latest",
    "RING_BACK": "a day",
    "COUNTS": "counts what one person asked for in one day",
    "DAY": "counts one day's reports, those that wait in the queue too",
    "AFTERMATH": "a minute",
    "CAMPAIGN": "ten minutes",
}
QUEUE_KEEPS_DAYS = 14  # the longest delay of an event of a call
WITHOUT_END = {  # kept until a person ends them; what has an end expires after it
    "LINE": "a registered line",
    "CONNECTED": "what a number asked for before it was connected, until it is put back",
    "HMAC_KEY": "the fingerprint of the key, as long as there is data under it",
    "CALLER": "a customer's own word on a caller, unless it has an end",
    "DECISION": "the desk's decision on a number, unless it has an end",
    "RULE": "the desk's rule for a prefix, unless it has an end",
    "OPT_OUT": "a person's opt-out from SMS, until they end it",
}
# What they expire with is tested beside them.
ELSEWHERE = {
    "MEMBERS",
    "AUDIT",
    "PART",
    "ENDED",
    "TALLY",
    "CALL_BACK",
    "CARE",
    "LEFT",
    "LEFT_BY",
    "CHECKS",
    "RECORDING",
    "ERASURE",
}


@pytest.fixture
def environment(environment):
    return environment | {name: str(days) for name, days in SET.items()}


@pytest.fixture
def stored(request, environment):
    """What the table holds, by kind, after calls of every sort and all that follows from them; held once a process."""
    if not AFTER_THE_CALLS:
        AFTER_THE_CALLS.update(
            _held(environment, *map(request.getfixturevalue, ("store", "carrier", "pickups", "stream")))
        )
    return AFTER_THE_CALLS


AFTER_THE_CALLS = {}


def _held(environment, store, carrier, pickups, stream):
    settings = Settings.from_environment(environment)
    derived, aside = Projections.of(store.table, settings), DeadLetters(Log("INFO"))

    def call(from_, to, *keys, customer=demo.CUSTOMER, presses=(), **phone):
        pickups[customer] = Phone(keys=list(presses), name="customer", **phone)
        carrier.place(from_=from_, to=to, phone=Phone(keys=list(keys)))
        carrier.run()
        records = stream()
        follow_all(records, derived)
        reputation.count(records, derived, aside)

    for line, customer in LINES.items():
        store.put(Line(number=line, kind="protected", ring_to=customer))
        call(STRANGER, line, ANNOUNCED, customer=customer, presses=["9", "1", "2"])
    call(FRIEND, demo.PROTECTED_LINE, ANNOUNCED, presses=["2"], talks_for=90)
    call("+96890000001", demo.REPORT_LINE, "2", "2", "0096891234567#", "1", "4", "2", HANG_UP)
    call("+96890000002", demo.REPORT_LINE, "2", "6", HANG_UP)
    call(demo.CUSTOMER, demo.PROTECTED_LINE, "2", "1", HANG_UP)
    by_kind = everything(store)
    for report in map(Report.from_item, by_kind["REPORT"]):
        if message := message_about(report):
            store.sms.ask(message, NOW, most=10)
    [dispute] = store.disputes.all()
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(Context, "now", lambda _: NOW)
        clear(Context(store, settings), dispute.caller, note="a florist", by=Actor("Amal"))
    store.opt_outs.begin("person", NOW - 9)
    store.opt_outs.end("person", NOW, kept_days=settings.retention_decisions_days)
    return everything(store)


def everything(store):
    by_kind = defaultdict(list)
    for page in store.table.client.get_paginator("scan").paginate(TableName=store.table.name):
        for item in map(store.table.plain, page["Items"]):
            by_kind[kind_of(item)].append(item)
    return by_kind


def test_every_kind_of_item_is_tested_here():
    assert set(every_kind()) == {*KEPT, *MECHANICS, *WITHOUT_END, *ELSEWHERE}


@pytest.mark.parametrize("record", record_kinds(), ids=lambda record: record.__name__)
def test_no_record_can_be_made_without_saying_when_it_expires_unless_it_may_have_no_end(record):
    told = {field.name: field.default for field in fields(record)}
    if kind_of(key_of(record)._asdict()) in {*WITHOUT_END, "CLEARING"}:
        assert told.get("expires", 0) == 0  # or it has none at all
    else:
        assert told["expires"] is MISSING


@pytest.mark.slow
def test_items_expire_as_the_settings_say(stored):
    kinds = set(KEPT) - {"DISPUTE"}
    assert {kind: days_kept(stored[kind]) for kind in kinds} == {kind: KEPT[kind] for kind in kinds}


def test_a_dispute_from_the_report_line_expires_when_the_settings_say(stored):
    assert days_kept(stored["DISPUTE"]) == KEPT["DISPUTE"]


def test_items_of_a_call_expire_soon_after_it(stored):
    for kind in MECHANICS:
        assert stored[kind], kind
        assert days_kept(stored[kind]) <= set(range(QUEUE_KEEPS_DAYS + 2)), kind


def test_only_items_that_a_person_ends_have_no_expiry(stored):
    endless = {kind for kind, items in stored.items() if not all("expires" in item for item in items)}
    assert endless == {"LINE", "HMAC_KEY", "CALLER", "DECISION"}


def days_kept(items):
    return {round((item["expires"] - NOW) / DAY) for item in items}


# The function itself.


def test_the_reputation_function_reads_its_settings(monkeypatch, dynamodb):
    for name, value in (ENVIRONMENT | {"RETENTION_REPUTATION_DAYS": "33", "RETENTION_FAMILIAR_DAYS": "44"}).items():
        monkeypatch.setenv(name, value)
    module.current.cache_clear()
    reputation.derived.cache_clear()
    try:
        function = reputation.derived()
        follow_all(stream([Reported(CALLERS[0], PEOPLE[0], START, counted=True)]), function)
    finally:
        module.current.cache_clear()
        reputation.derived.cache_clear()
    rows = Table(ENVIRONMENT["TABLE_NAME"], dynamodb)
    assert rows.get(reputation_key(CALLERS[0]))["expires"] == START + 33 * DAY


def test_the_template_gives_the_function_its_settings():
    template = cfn_yaml.load(str(Path(__file__).resolve().parents[2] / "template.yaml"))
    given = template["Resources"]["ReputationFunction"]["Properties"]["Environment"]["Variables"]
    assert {"RETENTION_REPUTATION_DAYS", "RETENTION_FAMILIAR_DAYS"} <= set(given)


def test_without_settings_the_defaults_hold():
    read = Settings.from_environment(ENVIRONMENT)
    assert Retention(read.retention_reputation_days, read.retention_familiar_days) == RETENTION


@pytest.mark.parametrize("name", SET)
@pytest.mark.parametrize("days", ["0", "3651", "-1", "4 weeks"])
def test_each_setting_has_its_range(name, days):
    with pytest.raises(SettingsError, match=f"{name} is .*from 1 to 3650"):
        Settings.from_environment({**ENVIRONMENT, name: days})


def test_retention_does_not_change_a_score(new_world):
    """Retention changes only when evidence is removed: a stored sum can't follow a changed setting."""
    seen = []
    for retention in (Retention(1, 1), Retention(400, 400)):
        world = new_world()
        function = Projections(Table(world.table, world.client), retention)
        follow_all(stream([Reported(CALLERS[0], person, START, counted=True) for person in PEOPLE]), function)
        seen.append({key: {**item, "expires": None} for key, item in world.everything().items()})
    assert seen[0] == seen[1]


def test_what_expires_while_a_person_is_forgotten_is_not_made_anew(store):
    block, line = blocks_of(STRANGER)[0], next(iter(LINES))
    shared = [
        {"pk": block_key(block).pk, "sk": block_key(block).sk, member_name(block, STRANGER): 7},
        {"pk": f"CAMPAIGN#{FRIEND}", "sk": "7", "lines": {line, "+12025550170"}, "held": 2},
    ]
    owned = {"pk": f"LINE#{line}", "sk": "LINE", "number": line, "ring_to": STRANGER}
    before = {(item["pk"], item["sk"]) for item in store.table.scan()}
    store.forgetting().remove([owned, *shared], STRANGER)  # found a moment ago
    assert {(item["pk"], item["sk"]) for item in store.table.scan()} == before
