"""What a table must have that a stack adopts: a restored or a retained one. Each lack is told with its remedy.

A table that was restored has its items and indexes, but neither stream nor TTL, recovery or protection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

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
    view = wanted["StreamSpecification"]["StreamViewType"]
    if not stream_of(table):
        yield _remedy(
            dynamodb,
            f"the table {name} has no stream, so no report would count",
            f"update-table --table-name {name} --stream-specification StreamEnabled=true,StreamViewType={view}",
        )
    elif table["StreamSpecification"]["StreamViewType"] != view:
        yield f"the stream of the table {name} must show {view}: disable it, and enable it anew with this view"
    if not table.get("DeletionProtectionEnabled"):
        yield _remedy(
            dynamodb,
            f"the table {name} is not protected against deletion",
            f"update-table --table-name {name} --deletion-protection-enabled",
        )
    if table.get("BillingModeSummary", {}).get("BillingMode") != wanted["BillingMode"]:
        yield _remedy(
            dynamodb,
            f"the table {name} has a fixed capacity, which a campaign exceeds",
            f"update-table --table-name {name} --billing-mode {wanted['BillingMode']}",
        )
    yield from _expiry(dynamodb, name, str(wanted["TimeToLiveSpecification"]["AttributeName"]))
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


def _expiry(dynamodb: Any, name: str, attribute: str) -> Iterator[str]:
    told = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if told["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"} or told.get("AttributeName") != attribute:
        yield _remedy(
            dynamodb,
            f"the table {name} deletes nothing that has expired",
            f"update-time-to-live --table-name {name} "
            f"--time-to-live-specification Enabled=true,AttributeName={attribute}",
        )


def _recovery(dynamodb: Any, name: str) -> Iterator[str]:
    try:
        told = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        status = told.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    except ClientError as error:
        yield f"whether the table {name} can be restored to a point in time can't be read: {error}"
        return
    if status != "ENABLED":
        yield _remedy(
            dynamodb,
            f"the table {name} can't be restored to a point in time",
            f"update-continuous-backups --table-name {name} "
            "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
        )


def _remedy(dynamodb: Any, what: str, command: str) -> str:
    return f"{what}:\n    aws dynamodb {command} --region {dynamodb.meta.region_name}"


def _keys(of: Mapping[str, Any]) -> str:
    return ", ".join(f"{key['AttributeName']} ({key['KeyType']})" for key in of["KeySchema"])
