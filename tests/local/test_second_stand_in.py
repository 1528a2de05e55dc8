"""Whole calls against ministack, a second and stricter stand-in for DynamoDB, so that moto's leniency hides no bug."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from infra.carrier import ANNOUNCED, HANG_UP, Carrier, Phone
from infra.local import demo
from infra.local.table import create_table, table_properties
from ivr.numbers import phone_number
from ivr.reports import REPORT_SHARDS
from ivr.reputation.items import blocks_of
from ivr.screening.line import Line
from ivr.screening.rules import ScreeningInput, verdicts
from ivr.secrets.key_fingerprint import fingerprint
from ivr.secrets.source import Secrets
from ivr.settings import Settings
from ivr.store.table_key import TableKey, WrongKeyError
from tests.bench.second_stand_in import SecondStandIn
from tests.conftest import BASE_URL, ENVIRONMENT, NOW, TOKEN

pytestmark = pytest.mark.slow  # the store over a second stand-in, which is a process

CALLER = "+13035550177"
LINES = {f"+1202555013{n}": f"+1202555014{n}" for n in range(4)}  # line -> the customer's telephone
TABLE = ENVIRONMENT["TABLE_NAME"]


@pytest.fixture(scope="module")
def stand_in():
    with SecondStandIn() as stand_in:
        yield stand_in
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", urlsplit(stand_in.address).port), 1)


@pytest.fixture
def dynamodb(stand_in):
    client = stand_in.client()
    create_table(client, TABLE)
    yield client
    client.delete_table(TableName=TABLE)


@pytest.fixture
def carrier(post, pickups):
    return Carrier(post, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=pickups, seed=7)


@pytest.fixture
def stream(dynamodb, stand_in):
    return stand_in.stream(dynamodb, TABLE)


@pytest.fixture
def rows(dynamodb, store):
    """The table's items whose sort key begins so."""

    def rows(begins):
        items = [store.table.plain(item) for item in dynamodb.scan(TableName=TABLE)["Items"]]
        return [item for item in items if item["sk"].startswith(begins)]

    return rows


@pytest.fixture
def ring(carrier, pickups, settle):
    """One call to its end, and then what follows from it."""

    def ring(from_=CALLER, to=demo.PROTECTED_LINE, *, customer=demo.CUSTOMER, caller=(ANNOUNCED,), keys=(), **phone):
        pickups[customer] = Phone(keys=list(keys), name="customer", **phone)
        call = carrier.place(from_=from_, to=to, phone=Phone(keys=list(caller)))
        carrier.run()
        settle()
        assert not carrier.failures
        return call

    return ring


def test_a_call_that_is_reported_leaves_its_report_with_all_that_was_said(ring, rows):
    call = ring(keys=["9", "1", "2"])
    [report] = rows("REPORT#")
    assert (report["pk"], report["sk"]) == (f"CALL#{call.sid}", "REPORT#screened")
    assert (report["caller"], report["line"]) == (CALLER, demo.PROTECTED_LINE)
    assert (report["category"], report["loss"], report["verified"], report["counted"]) == ("prize", "no", 1, 1)
    assert report["revision"] == 2
    [stored] = rows("CALL")[:1]
    assert (stored["sk"], stored["verdict"], stored["caller"]) == ("CALL", "unknown", CALLER)
    [evidence] = rows("EVIDENCE#")
    assert (evidence["axis"], evidence["category"], evidence["person"]) == ("spam", "prize", report["reporter"])
    [reputation] = rows("REPUTATION")
    assert (reputation["spam"], reputation["live"], reputation["category"]) == (1_000_000, 1, "prize")


def test_the_reports_indexes_find_it_by_day_and_by_reference(ring, rows, dynamodb):
    ring(keys=["9", HANG_UP])
    [report] = rows("REPORT#")
    found = []
    for index, key, values in (
        ("references", "reference", [report["reference"]]),
        ("reports", "report_day", [f"{report['report_day'][:10]}#{shard}" for shard in range(REPORT_SHARDS)]),
    ):
        for value in values:
            found += dynamodb.query(
                TableName=TABLE,
                IndexName=index,
                KeyConditionExpression="#key = :value",
                ExpressionAttributeNames={"#key": key},
                ExpressionAttributeValues={":value": {"S": value}},
            )["Items"]
    assert [item["pk"]["S"] for item in found] == [report["pk"]] * 2


def test_a_number_typed_on_the_report_line_is_kept_and_does_not_count(ring, rows):
    ring(from_="+13035550188", to=demo.REPORT_LINE, caller=["2", "2", "91234567#", "1", "1", "2", HANG_UP])
    [report] = rows("REPORT#")
    assert report["caller"] == "+96891234567"
    assert "verified" not in report
    assert "counted" not in report
    assert rows("EVIDENCE#") == rows("REPUTATION") == []


def test_an_accepted_and_trusted_caller_rings_through_the_next_time(ring, rows, store):
    ring(keys=["2"], talks_for=90)
    [call] = [row for row in rows("CALL") if row["sk"] == "CALL"]
    assert call["accepted_at"] >= NOW
    assert (call["talked"], call["wants_trust"]) == (1, 1)
    assert call["trusted_at"] >= call["accepted_at"] + 60
    [listed] = [row for row in rows("CALLER#") if row["pk"] == f"LINE#{demo.PROTECTED_LINE}"]
    assert listed["word"] == "allow"
    [evidence] = rows("EVIDENCE#")
    assert evidence["axis"] == "legit"
    looked = store.look_up(demo.PROTECTED_LINE, phone_number.read(CALLER, "OM"), NOW)
    assert verdicts(ScreeningInput(phone_number.read(CALLER, "OM"), looked, NOW))[0].reason == "own_allow"
    assert len(looked.talk_days) == 1


def test_four_customers_flag_a_caller_and_the_fifth_is_warned(ring, store, rows):
    for line, customer in LINES.items():
        store.put(Line(number=line, kind="protected", ring_to=customer))
        ring(to=line, customer=customer, keys=["9", "3", "2"])
    now = max(report["reported_at"] for report in rows("REPORT#"))
    looked = store.look_up(demo.PROTECTED_LINE, phone_number.read(CALLER, "OM"), now)
    assert looked.complete
    assert looked.campaign_lines == set(LINES)
    assert (looked.reputation.live, looked.reputation.category) == (4, "money")
    assert verdicts(ScreeningInput(phone_number.read(CALLER, "OM"), looked, now))[0].reason == "reported"
    assert [set(block.members) for block in looked.blocks] == [{"7"}, {"77"}]
    assert {row["pk"] for row in rows("SCORES")} == {f"BLOCK#{block}" for block in blocks_of(CALLER)}
    fifth = ring(keys=["3"])
    assert "customers reported this caller" in " ".join(fifth.transcript.said("customer", "en"))


@pytest.mark.slow
def test_a_reporters_twenty_first_report_of_a_day_is_kept_and_does_not_count(ring, rows):
    for n in range(21):
        ring(from_=f"+130355502{n:02}", keys=["9", HANG_UP])
    assert len(rows("REPORT#")) == 21
    assert sum(report.get("counted", 0) for report in rows("REPORT#")) == 20
    assert [row["reports"] for row in rows("DAY#")] == [20]


def test_the_desks_decisions_and_lists_are_found_by_their_index(store):
    assert [line.number for line in store.lines.all()] == [demo.PROTECTED_LINE, demo.REPORT_LINE]
    assert {decision.caller for decision in store.decisions.all()} == {demo.TRUSTED, demo.FLAGGED, demo.BLOCKED}


def test_it_is_stricter_than_moto_about_the_keys_of_an_index(dynamodb):
    """moto once accepted a number where the template's index declares a string."""
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "report_day": {"N": "1"}, "reported_key": {"S": "c"}}
    with pytest.raises(ClientError, match="Type mismatch for Index Key report_day"):
        dynamodb.put_item(TableName=TABLE, Item=item)


def test_the_table_is_the_templates(dynamodb):
    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    wanted = table_properties()
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {
        index["IndexName"] for index in wanted["GlobalSecondaryIndexes"]
    }
    assert table["StreamSpecification"]["StreamViewType"] == wanted["StreamSpecification"]["StreamViewType"]
    ttl = dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    assert ttl["AttributeName"] == wanted["TimeToLiveSpecification"]["AttributeName"]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells who listens where")
def test_the_server_listens_on_loopback_alone(stand_in, dynamodb):
    folder = Path(f"/proc/{stand_in.pid}/fd")
    sockets = {str(fd.readlink()).removeprefix("socket:[").removesuffix("]") for fd in folder.iterdir()}
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    listening = [line[1] for line in lines if line[3] == "0A" and line[9] in sockets]
    assert listening == [f"0100007F:{urlsplit(stand_in.address).port:04X}"]


def test_the_server_logged_no_error(stand_in):
    assert "Traceback" not in stand_in.log()


def test_the_first_key_is_the_tables_key_and_another_one_is_refused(ring, store, environment):
    ring()
    kept = store.fingerprints.get()
    assert kept == fingerprint(ENVIRONMENT["HMAC_KEY"])
    assert store.fingerprints.keep("another", NOW) == kept
    secrets = Secrets(Settings.from_environment({**environment, "HMAC_KEY": "another"}), lambda *_: None)
    with pytest.raises(WrongKeyError):
        TableKey(secrets, store, lambda *_: None)()
