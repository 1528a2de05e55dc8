"""What a restoration leaves out of a table: whether a table has each setting, and AWS's command that gives it.

The commands are the words after ``aws``, without the region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.table import table_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

Words = tuple[str, ...]


def expiry_attribute() -> str:
    """The attribute by which items expire."""
    return str(table_properties()["TimeToLiveSpecification"]["AttributeName"])


def stream_view() -> str:
    """What the stream shows of a change."""
    return str(table_properties()["StreamSpecification"]["StreamViewType"])


def expires(dynamodb: Any, name: str) -> bool:
    """Whether a table's items expire. Raises ``ClientError``."""
    told: Mapping[str, Any] = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return told["TimeToLiveStatus"] in {"ENABLED", "ENABLING"} and told.get("AttributeName") == expiry_attribute()


def is_restorable(dynamodb: Any, name: str) -> bool:
    """Whether a table can be restored to a point in time. Raises ``ClientError``."""
    told = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return bool(told.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED")


def let_expire(name: str) -> Words:
    """The command that lets items expire."""
    specification = f"Enabled=true,AttributeName={expiry_attribute()}"
    return ("dynamodb", "update-time-to-live", "--table-name", name, "--time-to-live-specification", specification)


def let_restore(name: str) -> Words:
    """The command that lets a table be restored to a point in time."""
    specification = "PointInTimeRecoveryEnabled=true"
    return (
        *("dynamodb", "update-continuous-backups", "--table-name", name),
        *("--point-in-time-recovery-specification", specification),
    )


def give_stream(name: str) -> Words:
    """The command that gives a table its stream."""
    specification = f"StreamEnabled=true,StreamViewType={stream_view()}"
    return ("dynamodb", "update-table", "--table-name", name, "--stream-specification", specification)


def protect(name: str) -> Words:
    """The command that protects a table against deletion."""
    return ("dynamodb", "update-table", "--table-name", name, "--deletion-protection-enabled")
