"""What a table must have that a stack adopts: a restored or a retained one. Each lack is told with its remedy.

A table that was restored has its items and indexes, but neither stream nor TTL, recovery or protection.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.deploy import table_settings
from infra.local.table import table_properties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def stream_of(table: Mapping[str, Any]) -> str:
    """The ARN of a described table's stream; empty if it has none."""
    return str(table.get("LatestStreamArn", "")) if table.get("StreamSpecification", {}).get("StreamEnabled") else ""


def described(dynamodb: Any, name: str) -> dict[str, Any]:
    """DynamoDB's description of a table; empty if there is none of this name."""
    try:
        return dict(dynamodb.describe_table(TableName=name)["Table"])
    except dynamodb.exceptions.ResourceNotFoundException:
        return {}


def lacks(dynamodb: Any, table: Mapping[str, Any]) -> Iterator[str]:
    """What a described table lacks: a sentence each, with the command that adds it."""
    wanted, name = table_properties(), str(table["TableName"])
    if table["TableStatus"] != "ACTIVE":
        yield f"the table {name} is {table['TableStatus']}: wait until it is ACTIVE"
    if _keys(table) != _keys(wanted):
        yield f"the table {name} has the keys {_keys(table)} instead of {_keys(wanted)}: it is no table of this product"
        return
    yield from _indexes(name, table, wanted)
    view = table_settings.stream_view()
    if not stream_of(table):
        yield _remedy(
            dynamodb,
            f"the table {name} has no stream, so no report would count",
            table_settings.give_stream(name),
        )
    elif table["StreamSpecification"]["StreamViewType"] != view:
        yield f"the stream of the table {name} must show {view}: disable it, and enable it anew with this view"
    if not table.get("DeletionProtectionEnabled"):
        yield _remedy(
            dynamodb,
            f"the table {name} is not protected against deletion",
            table_settings.protect(name),
        )
    if table.get("BillingModeSummary", {}).get("BillingMode") != wanted["BillingMode"]:
        yield _remedy(
            dynamodb,
            f"the table {name} has a fixed capacity, which a campaign exceeds",
            ("dynamodb", "update-table", "--table-name", name, "--billing-mode", wanted["BillingMode"]),
        )
    if not table_settings.expires(dynamodb, name):
        yield _remedy(dynamodb, f"the table {name} deletes nothing that has expired", table_settings.let_expire(name))
    yield from _recovery(dynamodb, name)


def _indexes(name: str, table: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    there = {one["IndexName"]: one for one in table.get("GlobalSecondaryIndexes", ())}
    for index in wanted["GlobalSecondaryIndexes"]:
        found = there.get(index["IndexName"])
        kind, where = index["Projection"]["ProjectionType"], f"the index {index['IndexName']} of the table {name}"
        if found is None:
            yield f"the table {name} has no index {index['IndexName']}: restore it with all indexes, or add this one"
        elif _keys(found) != _keys(index) or found["Projection"]["ProjectionType"] != kind:
            yield f"{where} must have the keys {_keys(index)} and project {kind}"
        elif found.get("IndexStatus", "ACTIVE") != "ACTIVE":
            yield f"{where} is {found['IndexStatus']}: wait until it is ACTIVE"


def _recovery(dynamodb: Any, name: str) -> Iterator[str]:
    try:
        restorable = table_settings.is_restorable(dynamodb, name)
    except ClientError as error:
        yield f"whether the table {name} can be restored to a point in time can't be read: {error}"
        return
    if not restorable:
        what = f"the table {name} can't be restored to a point in time"
        yield _remedy(dynamodb, what, table_settings.let_restore(name))


def _remedy(dynamodb: Any, what: str, command: table_settings.Words) -> str:
    return f"{what}:\n    {shlex.join(('aws', *command, '--region', dynamodb.meta.region_name))}"


def _keys(of: Mapping[str, Any]) -> str:
    return ", ".join(f"{key['AttributeName']} ({key['KeyType']})" for key in of["KeySchema"])
