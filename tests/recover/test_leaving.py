"""Leaving: every file is taken, the number is given back, and what a deleted stack leaves is what the page says.

tests/deploy/test_cloud.py deletes a stack, and has another one adopt its table.
"""

import csv
import gzip
import json
from pathlib import Path

import boto3
import pytest

from infra.carrier.rest.numbers import own
from infra.deploy.existing_table import described
from infra.local import demo
from tests.conftest import ENVIRONMENT
from tests.deploy.parameter_answers import REQUIRED
from tests.deploy.test_release import built_in, translated
from tests.recover.conftest import SECTIONS, commands

TABLE, BUCKET = ENVIRONMENT["TABLE_NAME"], "leaving"
LEAVE, DELETE = "Leave", "Delete a stack, and keep the table"


@pytest.mark.slow  # it reads each day of two years
def test_each_file_holds_what_is_stored(type_ivr, store):
    type_ivr(LEAVE, "ivr export")
    files = {path.stem: [*csv.DictReader(path.read_text("utf-8").splitlines())] for path in Path().glob("*.csv")}
    assert {row["line"] for row in files["lines"]} == {one.number for one in store.lines.all()}
    assert {row["caller"] for row in files["decisions"]} == {one.caller for one in store.decisions.all()}
    assert files.keys() == {"reports", "callers", "audit", "lines", "decisions", "rules"}


def test_the_whole_table_is_written_item_by_item(type_in, store):
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "me-central-1"})
    client = boto3.client("dynamodb")
    client.update_continuous_backups(
        TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    type_in(LEAVE, "aws dynamodb export-table", TABLE_ARN=described(client, TABLE)["TableArn"], BUCKET=BUCKET)
    [file] = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="leaving/")["Contents"]
    body = boto3.client("s3").get_object(Bucket=BUCKET, Key=file["Key"])["Body"].read()
    written = [json.loads(line)["Item"] for line in gzip.decompress(body).decode().splitlines()]
    assert {(one["pk"]["S"], one["sk"]["S"]) for one in written} == {
        (one["pk"], one["sk"]) for one in store.table.scan()
    }


def test_the_number_asks_again_what_it_asked_before(type_ivr, carrier, store):
    number = own(carrier._account, demo.PROTECTED_LINE, voice_url="https://before.example.com/voice")
    type_ivr("A region is lost", "ivr numbers")
    assert number.settings["voice_url"].startswith(ENVIRONMENT["PUBLIC_BASE_URL"])
    type_ivr(LEAVE, "ivr numbers")
    assert number.settings["voice_url"] == "https://before.example.com/voice"


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    """What CloudFormation is given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "me-central-1")  # the SAM transform asks for one
        return translated(built_in(tmp_path_factory.mktemp("leaving")), REQUIRED)


def test_what_cloudformation_keeps_is_what_the_page_says(resources):
    kept = {name for name, one in resources["Resources"].items() if one.get("DeletionPolicy", "Delete") != "Delete"}
    functions = {name for name in kept if resources["Resources"][name]["Type"] == "AWS::Lambda::Version"}
    assert kept - functions == {"Table", "ReportQueue", "ReportDeadLetters", "DeskUserPool"}
    assert "The table, the two queues of reports and the desk's user pool stay" in SECTIONS[DELETE]
    assert resources["Resources"]["Table"]["Properties"]["DeletionProtectionEnabled"] is True


def test_every_command_of_the_page_is_typed():
    typed = {"aws dynamodb update-table", "aws dynamodb delete-table", "aws cloudformation delete-stack"}
    assert {" ".join(line.split()[:3]) for line in commands(DELETE, ("aws", "ivr", "make"))} == typed
