"""Checks of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from infra.deploy import table_settings
from infra.doctor.findings import Checks, ok, warn, wrong
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
            *patient.mended_by("Restore it from its backup, and let the stack take it over: docs/recover.md"),
        )
    have = {one["IndexName"]: one.get("IndexStatus", "ACTIVE") for one in found.get("GlobalSecondaryIndexes", [])}
    want = [one["IndexName"] for one in table_properties()["GlobalSecondaryIndexes"]]
    if missing := [name for name in want if name not in have]:
        return wrong(f"{patient.table} has no index {', '.join(missing)}", *patient.mended_by())
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
    if table_settings.expires(patient.client("dynamodb"), patient.table):
        return ok(f"items expire by the attribute {table_settings.expiry_attribute()}")
    return wrong("no item ever expires", *patient.mended_by(patient.aws(*table_settings.let_expire(patient.table))))


@CHECKS.check(
    "table-recovery",
    looks_at="That the table can be restored to any second of the last 35 days.",
    otherwise="What is deleted or damaged by mistake is lost.",
    needs=("dynamodb:DescribeContinuousBackups",),
    after=("table",),
)
def recovery(patient: Patient) -> Found:
    """Point-in-time recovery."""
    if table_settings.is_restorable(patient.client("dynamodb"), patient.table):
        return ok("point-in-time recovery is on")
    return wrong("point-in-time recovery is off", patient.aws(*table_settings.let_restore(patient.table)))


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
    want, give = table_settings.stream_view(), table_settings.give_stream(patient.table)
    told = patient.table_described.get("StreamSpecification", {})
    turn_on = patient.aws(*give)
    anew = f"{patient.ivr('doctor')}  # a new stream has a new name: the line event-sources says how to follow it"
    if not told.get("StreamEnabled"):
        return wrong("the table has no stream", *patient.mended_by(turn_on, anew))
    if told.get("StreamViewType") != want:
        off = patient.aws(*give[:-1], "StreamEnabled=false")
        saw = f"the stream shows {told.get('StreamViewType')}, and {want} is needed"
        return wrong(saw, *patient.mended_by(off, turn_on, anew))
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
    return wrong("it is not protected against deletion", patient.aws(*table_settings.protect(patient.table)))
