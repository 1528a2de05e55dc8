"""Sends every operation that the product uses to an unchanged moto, in a process of its own."""

import os
import random
import statistics
import sys
import time

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models.table import Table

from infra.local.stream_source import Stream
from infra.local.table import create_table

TABLE = "calls"
_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "me-central-1",
}


class Asked:
    """The requests of a history, drawn with a seed over few keys, so that conditions fail as often as they hold."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.nth = 0

    def key(self):
        return {"pk": {"S": f"CALL#{self.chance.randrange(4)}"}, "sk": {"S": self.chance.choice(["CALL", "REPORT#x"])}}

    def put(self):
        self.nth += 1
        item = {**self.key(), "nth": {"N": str(self.nth)}, "report_day": {"S": "2026-11-24#0"}}
        item["reported_key"] = {"S": f"{self.nth:06}"}
        if self.chance.random() < 0.3:
            item["lines"] = {"SS": [f"+1202555{self.nth:04}"]}
        condition = self.chance.choice(["attribute_not_exists(pk)", "attribute_exists(pk)", ""])
        return {"TableName": TABLE, "Item": item, **({"ConditionExpression": condition} if condition else {})}

    def update(self):
        self.nth += 1
        update, values = self.chance.choice(
            [
                (
                    "SET #said = if_not_exists(#said, :said) ADD revision :one",
                    {":said": {"S": "prize"}, ":one": {"N": "1"}},
                ),
                (
                    "ADD #said :set SET nth = :nth",
                    {":set": {"SS": ["a", f"b{self.nth}"]}, ":nth": {"N": str(self.nth)}},
                ),
                ("REMOVE #said", {}),
            ]
        )
        condition = self.chance.choice(["attribute_exists(pk)", "attribute_not_exists(#said)", "nth < :most"])
        if ":most" in condition:
            values = {**values, ":most": {"N": str(self.nth // 2)}}
        return {
            "TableName": TABLE,
            "Key": self.key(),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#said": "said"} if "#said" in update + condition else None,
            "ExpressionAttributeValues": values or None,
        }

    def delete(self):
        return {"TableName": TABLE, "Key": self.key(), "ConditionExpression": "attribute_exists(pk)"}

    def transaction(self):
        writes = [("Put", self.put), ("Update", self.update), ("Delete", self.delete)]
        return [{kind: _given(make())} for kind, make in self.chance.choices(writes, k=self.chance.randrange(1, 4))]


def _given(arguments):
    return {name: value for name, value in arguments.items() if value is not None}


def history(seed):
    """What moto answers to some hundred requests, a line each, with all that the stream tells of them."""
    asked, told = Asked(seed), []
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        create_table(dynamodb, TABLE)
        for _ in range(40):
            for name, arguments in (
                ("put_item", asked.put()),
                ("update_item", {**asked.update(), "ReturnValues": "ALL_NEW"}),
                ("transact_write_items", {"TransactItems": asked.transaction()}),
                ("delete_item", asked.delete()),
                ("transact_write_items", {"TransactItems": asked.transaction()}),
                ("get_item", {"TableName": TABLE, "Key": asked.key(), "ConsistentRead": True}),
                ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [asked.put()["Item"] and asked.key()]}}}),
                ("query", _query(asked.chance.randrange(4))),
                ("query", _indexed()),
            ):
                told.append(_answer(dynamodb, name, _given(arguments)))
        records = Stream(TABLE, dynamodb, boto3.client("dynamodbstreams")).read()
        return told + [str((record["eventName"], _told(record["dynamodb"]))) for record in records]


def _query(nth):
    values = {":pk": {"S": f"CALL#{nth}"}, ":begins": {"S": "REPORT"}}
    where = "pk = :pk AND begins_with(sk, :begins)"
    return {"TableName": TABLE, "KeyConditionExpression": where, "ExpressionAttributeValues": values}


def _indexed():
    return {
        "TableName": TABLE,
        "IndexName": "reports",
        "KeyConditionExpression": "report_day = :day",
        "ExpressionAttributeValues": {":day": {"S": "2026-11-24#0"}},
        "Limit": 3,
    }


def _answer(dynamodb, name, arguments):
    try:
        answer = getattr(dynamodb, name)(**arguments)
    except ClientError as error:
        reasons = [(one.get("Code"), one.get("Message")) for one in error.response.get("CancellationReasons", [])]
        return f"{name}: {error.response['Error']['Code']} {error.response['Error']['Message']} {reasons}"
    answer.pop("ResponseMetadata")
    return f"{name}: {_sorted(answer)}"


def _told(change):
    return _sorted({name: change.get(name) for name in ("Keys", "OldImage", "NewImage", "SequenceNumber")})


def _sorted(value):
    """A value whose sets and attributes stand in one order."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return value


def transactions(count):
    """Seconds of an early and of a late transaction, and how many tables moto keeps at the end."""
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        create_table(dynamodb, TABLE)
        took = []
        for nth in range(count):
            item = {"pk": {"S": f"CALL#{nth}"}, "sk": {"S": "CALL"}}
            began = time.perf_counter()
            dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": item}}])
            took.append(time.perf_counter() - began)
    fifth = count // 5
    early, late = (statistics.quantiles(part, n=10)[0] for part in (took[5:fifth], took[-fifth:]))
    return early, late, len(Table.instances_tracked)


if __name__ == "__main__":
    os.environ.update(_ACCOUNT)
    sys.stdout.write("\n".join(history(int(sys.argv[1]))))
