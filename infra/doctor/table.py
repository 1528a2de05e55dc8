"""Checks of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from infra.doctor.findings import Checks, ok, warn, wrong
from infra.doctor.patient import attribute
from infra.local.table import table_properties

if TYPE_CHECKING:
    from infra.doctor.findings import Found
    from infra.doctor.patient import Patient

CHECKS = Checks()


@CHECKS.check(
    "table",
    looks_at="That the table is there and active, with every index.",
    otherwise="Every caller counts as unknown, and nothing is recorded.",
    needs=("dynamodb:DescribeTable",),
    after=("stack",),
    laptop=True,
)
def table(patient: Patient) -> Found:
    """The table itself."""
    try:
        found = patient.table_described
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return wrong(
            f"the table {patient.table} is gone",
            "Restore it from its backup, and let the stack take it over: docs/recover.md",
        )
    have = {one["IndexName"]: one.get("IndexStatus", "ACTIVE") for one in found.get("GlobalSecondaryIndexes", [])}
    want = [one["IndexName"] for one in table_properties()["GlobalSecondaryIndexes"]]
    if missing := [name for name in want if name not in have]:
        return wrong(f"{patient.table} has no index {', '.join(missing)}", patient.deploy())
    if found["TableStatus"] not in {"ACTIVE", "UPDATING"}:
        return wrong(f"{patient.table} is {found['TableStatus']}", "Wait until it is active, and look again")
    if building := [name for name in want if have[name] != "ACTIVE"]:
        return warn(f"{patient.table}: the index {', '.join(building)} is being built", "Look again later")
    return ok(f"{patient.table} is active, with {len(want)} indexes")


@CHECKS.check(
    "table-ttl",
    looks_at="That items of the table expire.",
    otherwise="Calls and reports are kept longer than the settings promise.",
    needs=("dynamodb:DescribeTimeToLive",),
    after=("table",),
    laptop=True,
)
def ttl(patient: Patient) -> Found:
    """Whether items expire."""
    name = str(table_properties()["TimeToLiveSpecification"]["AttributeName"])
    told = patient.client("dynamodb").describe_time_to_live(TableName=patient.table)["TimeToLiveDescription"]
    if told["TimeToLiveStatus"] in {"ENABLED", "ENABLING"} and told.get("AttributeName") == name:
        return ok(f"items expire by the attribute {name}")
    return wrong(
        "no item ever expires",
        patient.aws(
            *("dynamodb", "update-time-to-live", "--table-name", patient.table),
            *("--time-to-live-specification", f"Enabled=true,AttributeName={name}"),
        ),
    )


@CHECKS.check(
    "table-recovery",
    looks_at="That the table can be restored to any second of the last 35 days.",
    otherwise="What is deleted or damaged by mistake is lost.",
    needs=("dynamodb:DescribeContinuousBackups",),
    after=("table",),
)
def recovery(patient: Patient) -> Found:
    """Point-in-time recovery."""
    told = patient.client("dynamodb").describe_continuous_backups(TableName=patient.table)
    path = ("ContinuousBackupsDescription", "PointInTimeRecoveryDescription", "PointInTimeRecoveryStatus")
    if attribute(told, *path) == "ENABLED":
        return ok("point-in-time recovery is on")
    return wrong(
        "point-in-time recovery is off",
        patient.aws(
            *("dynamodb", "update-continuous-backups", "--table-name", patient.table),
            *("--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true"),
        ),
    )


@CHECKS.check(
    "table-stream",
    looks_at="That the table has a stream, with each item before and after a change.",
    otherwise="Reports do not flag callers, and nobody is rung back or gets an SMS.",
    needs=("dynamodb:DescribeTable",),
    after=("table",),
    laptop=True,
)
def stream(patient: Patient) -> Found:
    """The stream."""
    want = str(table_properties()["StreamSpecification"]["StreamViewType"])
    told = patient.table_described.get("StreamSpecification", {})
    update = ("dynamodb", "update-table", "--table-name", patient.table, "--stream-specification")
    turn_on = patient.aws(*update, f"StreamEnabled=true,StreamViewType={want}")
    anew = f"{patient.ivr('doctor')}  # a new stream has a new name: the line event-sources says how to follow it"
    if not told.get("StreamEnabled"):
        return wrong("the table has no stream", turn_on, anew)
    if told.get("StreamViewType") != want:
        off = patient.aws(*update, "StreamEnabled=false")
        return wrong(f"the stream shows {told.get('StreamViewType')}, and {want} is needed", off, turn_on, anew)
    return ok(f"its stream shows {want}")


@CHECKS.check(
    "table-protection",
    looks_at="That nobody deletes the table by mistake.",
    otherwise="One command can delete all that is known of callers.",
    needs=("dynamodb:DescribeTable",),
    after=("table",),
)
def protection(patient: Patient) -> Found:
    """Deletion protection."""
    if patient.table_described.get("DeletionProtectionEnabled"):
        return ok("it is protected against deletion")
    protect = patient.aws("dynamodb", "update-table", "--table-name", patient.table, "--deletion-protection-enabled")
    return wrong("it is not protected against deletion", protect)
