"""The table is restored to a point in time and adopted: the next call meets what the desk had decided."""

import re

import boto3
import pytest

from infra.deploy.existing_table import described, lacks, stream_of
from infra.local import demo
from tests.conftest import ENVIRONMENT
from tests.doctor.typed import aws
from tests.recover.conftest import heard, reached

RESTORED = "call-screening-restored"
SECTION = "The table is damaged, or gone"


@pytest.fixture
def restored(store, type_in):
    """The restored table: without what a restoration on AWS leaves out, for moto's may have it."""
    type_in(SECTION, "aws dynamodb restore-", TABLE=ENVIRONMENT["TABLE_NAME"], RESTORED=RESTORED)
    type_in(SECTION, "aws dynamodb wait", RESTORED=RESTORED)
    return boto3.client("dynamodb")


def test_each_lack_of_a_restored_table_is_named_and_its_command_mends_it(restored):
    told = [*lacks(restored, described(restored, RESTORED))]
    assert len(told) >= 4  # stream, expiry, recovery, protection
    for lack in told:
        [command] = re.findall(r"aws .*", lack)
        aws(command, boto3.client)
    assert [*lacks(restored, described(restored, RESTORED))] == []
    assert stream_of(described(restored, RESTORED))


def test_a_call_meets_the_lines_and_decisions_that_were_restored(restored, ring):
    flagged, blocked = (ring(RESTORED, restored, caller) for caller in (demo.FLAGGED, demo.BLOCKED))
    assert "fraud" in heard(flagged)
    assert reached(flagged)
    assert blocked.status == "rejected"


def test_the_old_table_is_deleted_only_after_its_protection_is_taken_away(store, type_in):
    client, table = boto3.client("dynamodb"), ENVIRONMENT["TABLE_NAME"]
    client.update_table(TableName=table, DeletionProtectionEnabled=True)
    with pytest.raises(client.exceptions.ClientError, match="DeletionProtection"):
        client.delete_table(TableName=table)
    type_in("Delete a stack, and keep the table", "aws dynamodb", TABLE=table)
    assert described(client, table) == {}
