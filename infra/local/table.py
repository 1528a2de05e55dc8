"""The table, made from template.yaml, so that tests and laptops use the same table as a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.template import resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TYPE = "AWS::DynamoDB::Table"


def table_properties() -> dict[str, Any]:
    """The properties of the template's one table."""
    [table] = [resource for resource in resources().values() if resource["Type"] == _TYPE]
    return dict(table["Properties"])


def create_table(client: DynamoDBClient, name: str) -> None:
    """Create the template's table under ``name``, with all properties that CreateTable accepts, and its TTL."""
    properties = table_properties()
    known = client.meta.service_model.operation_model("CreateTable").input_shape.members  # type: ignore[union-attr]
    arguments = {key: value for key, value in properties.items() if key in known}
    arguments.pop("DeletionProtectionEnabled", None)  # a laptop's table goes with the laptop's process
    arguments["StreamSpecification"] = {"StreamEnabled": True, **arguments["StreamSpecification"]}
    arguments.pop("SSESpecification", None)  # CloudFormation spells it differently, and the stand-in encrypts nothing
    client.create_table(**{**arguments, "TableName": name})
    ttl = properties["TimeToLiveSpecification"]["AttributeName"]
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": str(ttl)})
