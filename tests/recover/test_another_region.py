"""A region is lost: calls are screened in another one, by the whole table or by the desk's lists that were kept."""

import re

import boto3
import pytest

from infra.carrier.rest.numbers import own
from infra.deploy.existing_table import described, lacks
from infra.local import demo
from infra.local.table import create_table
from ivr.desk import Context, decisions, prefixes
from ivr.desk.actor import Actor
from ivr.reports import Report
from ivr.screening.caller_list import ListEntry
from ivr.screening.line import Line
from ivr.settings import Settings
from tests.conftest import BASE_URL, ENVIRONMENT, NOW
from tests.doctor.typed import aws
from tests.recover.conftest import heard, reached

SECTION = "A region is lost"
TABLE, COPIED, BUCKET = ENVIRONMENT["TABLE_NAME"], "call-screening-copied", "elsewhere"
HERE, THERE = "me-central-1", "eu-central-1"
HOME = "+96892223344"
DECIDED, RULED, REPORTED, BLOCKED_BY_CUSTOMER = "+96891234567", "+96890100001", "+96895556677", "+96895556688"
SALMA = Actor("Salma")
KNOWN, OF_REPORTS, UNKNOWN = "a known fraud number", "customers reported this caller", "protected against fraud"


@pytest.fixture
def before(store, settle):
    """What the desk, a customer and people who reported had said before the region was lost."""
    context = Context(store, Settings.from_environment(ENVIRONMENT))
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=HOME, languages="en"))
    decisions.decide(context, DECIDED, "flagged", note='قال البنك: "لا"، =1', by=SALMA)
    prefixes.add(context, "+968901", "blocked", note="=wangiri, again", by=SALMA)
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=BLOCKED_BY_CUSTOMER, word="block", at=NOW))
    for nth in range(6):
        said = {"which": "screened", "verified": 1, "counted": 1, "category": "prize", "expires": NOW + 10**7}
        at = NOW - 1000 - nth
        store.put(
            Report(
                **said,
                call_sid=f"CA{nth:032x}",
                reference=f"{nth:08}",
                reported_at=at,
                reporter=f"{nth}" * 32,
                caller=REPORTED,
                line=f"+1202555018{nth}",
            )
        )
    settle()
    return context


@pytest.fixture
def there(before):
    """DynamoDB of the other region."""
    return boto3.client("dynamodb", region_name=THERE)


def lose(region):
    boto3.client("dynamodb", region_name=region).delete_table(TableName=TABLE)


@pytest.fixture
def relisted(type_ivr, there):
    """The table of the other region, which has the desk's lists alone."""
    told = [done.stderr.splitlines()[-1] for done in type_ivr(SECTION, "ivr export")]
    assert told == [
        "2 rows, for `ivr import lines lines.csv`",
        "4 rows, for `ivr import callers decisions.csv`",
        "1 row, for `ivr import rules rules.csv`",
    ]
    lose(HERE)
    create_table(there, TABLE)
    type_ivr(SECTION, "ivr import", region=THERE)
    return there


def test_from_the_desks_lists_calls_are_screened_by_lines_decisions_and_rules(relisted, ring):
    assert KNOWN in heard(ring(TABLE, relisted, DECIDED, HOME), "customer")
    assert "a trusted number" in heard(ring(TABLE, relisted, demo.TRUSTED, HOME), "customer")
    for blocked in (RULED, demo.BLOCKED):
        assert ring(TABLE, relisted, blocked, HOME).status == "rejected"


def test_from_the_desks_lists_what_only_people_had_said_is_lost(relisted, ring):
    reported = ring(TABLE, relisted, REPORTED, HOME)
    assert UNKNOWN in heard(reported)
    assert OF_REPORTS not in heard(reported, "customer")
    assert reached(ring(TABLE, relisted, BLOCKED_BY_CUSTOMER, HOME))


@pytest.fixture
def copied(before, there, type_in):
    """The table of the other region, which was made of the last night's export."""
    boto3.client("s3", region_name=THERE).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": THERE}
    )
    here = boto3.client("dynamodb", region_name=HERE)
    here.update_continuous_backups(
        TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    arn = described(here, TABLE)["TableArn"]
    type_in(SECTION, "aws dynamodb export-table", TABLE_ARN=arn, BUCKET=BUCKET)
    lose(HERE)
    [keys] = type_in(SECTION, "aws s3api", region=THERE, BUCKET=BUCKET)
    [export] = re.findall(r"nightly/AWSDynamoDB/([^/]+)/data/", keys)
    type_in(SECTION, "aws dynamodb import-table", region=THERE, BUCKET=BUCKET, EXPORT=export, COPIED=COPIED)
    type_in(SECTION, "aws dynamodb wait", region=THERE, COPIED=COPIED)
    return there


def test_from_the_whole_table_calls_are_screened_by_what_people_had_said_too(copied, ring):
    assert KNOWN in heard(ring(COPIED, copied, DECIDED, HOME), "customer")
    assert OF_REPORTS in heard(ring(COPIED, copied, REPORTED, HOME), "customer")
    for blocked in (RULED, BLOCKED_BY_CUSTOMER):
        assert ring(COPIED, copied, blocked, HOME).status == "rejected"


def test_a_copied_table_is_adopted_once_what_it_lacks_is_added(copied):
    for lack in lacks(copied, described(copied, COPIED)):
        [command] = re.findall(r"aws .*", lack)
        aws(command, lambda service: boto3.client(service, region_name=THERE))
    assert [*lacks(copied, described(copied, COPIED))] == []


def test_the_numbers_are_pointed_at_the_new_stack(type_ivr, carrier, store):
    number = own(carrier._account, demo.PROTECTED_LINE, voice_url="https://lost.example.com/voice")
    type_ivr(SECTION, "ivr numbers")
    assert number.settings["voice_url"] == f"{BASE_URL}/voice/incoming"
