"""What DynamoDB would bill for a client's requests, by its published rules, and which partition each one burdens.

Reads are in units of 4 kB, half a unit where not consistent; writes in units of 1 kB, twice as much in a transaction,
as much where the condition fails; each index that lists an item is written with it.
"""

from __future__ import annotations

import json
from math import ceil
from typing import NamedTuple

from infra.local.table import table_properties

_INDEXES = [
    (index["IndexName"], [key["AttributeName"] for key in index["KeySchema"]])
    for index in table_properties()["GlobalSecondaryIndexes"]
]


class Touched(NamedTuple):
    """One request's part in one partition."""

    operation: str
    partition: str  # the partition key, or of an index its name and hash key
    reads: float = 0
    writes: float = 0
    items: int = 0  # items that were read


def size_of(value):
    """The bytes of an item, or of an attribute's value."""
    if "pk" in value:
        return sum(len(name.encode()) + size_of(inner) for name, inner in value.items())
    [(kind, inner)] = value.items()
    match kind:
        case "N":
            return ceil(len(inner) / 2) + 1
        case "SS":
            return sum(len(one.encode()) for one in inner)
        case "M":
            return 3 + sum(1 + len(name.encode()) + size_of(one) for name, one in inner.items())
        case _:
            return len(str(inner).encode())


def _read_units(size, *, consistent):
    return max(1, ceil(size / 4096)) * (1 if consistent else 0.5)


class Meter:
    """Keeps what a client asks for: ``requests`` by name, and what each one ``touched``."""

    def __init__(self, client):
        self._client, self._resting = client, False
        self.reset()
        client.meta.events.register("before-call.dynamodb", self._before)
        client.meta.events.register("after-call.dynamodb", self._after)

    def close(self):
        """Count no more."""
        self._client.meta.events.unregister("before-call.dynamodb", self._before)
        self._client.meta.events.unregister("after-call.dynamodb", self._after)

    def reset(self):
        self.requests, self.touched = [], []

    def units(self, *beginnings):
        """Read and write units on the partitions whose keys begin so."""
        on = [one for one in self.touched if one.partition.startswith(beginnings or "")]
        return sum(one.reads for one in on), sum(one.writes for one in on)

    def _before(self, params, context, **_):
        context["asked"] = json.loads(params["body"])

    def _after(self, model, parsed, context, **_):
        if self._resting:
            return
        self.requests.append(model.name)
        asked = context["asked"]
        match model.name:
            case "BatchGetItem":
                self._batch_get(asked, parsed)
            case "GetItem":
                units = _read_units(size_of(parsed["Item"]) if "Item" in parsed else 0, consistent=True)
                self._touch(model.name, asked["Key"]["pk"]["S"], reads=units, items="Item" in parsed)
            case "Query":
                size = sum(map(size_of, parsed["Items"]))
                units = _read_units(size, consistent=asked.get("ConsistentRead", False))
                values = asked["ExpressionAttributeValues"]
                partition = next(values[name] for name in (":pk", ":value", ":hash") if name in values)["S"]
                self._touch(model.name, partition, reads=units, items=len(parsed["Items"]))
            case "TransactWriteItems":
                for [(_, action)] in map(dict.items, asked["TransactItems"]):
                    self._write(model.name, action, parsed, times=2)
            case _:
                self._write(model.name, asked, parsed)

    def _batch_get(self, asked, parsed):
        for table, wanted in asked["RequestItems"].items():
            found = {(item["pk"]["S"], item["sk"]["S"]): item for item in parsed["Responses"].get(table, [])}
            for key in wanted["Keys"]:
                item = found.get((key["pk"]["S"], key["sk"]["S"]))
                units = _read_units(size_of(item) if item else 0, consistent=False)
                self._touch("BatchGetItem", key["pk"]["S"], reads=units, items=item is not None)

    def _write(self, operation, action, parsed, times=1):
        key = {name: action.get("Key", action.get("Item"))[name] for name in ("pk", "sk")}
        item = action.get("Item") or self._there(action["TableName"], key) or key
        units = max(1, ceil(size_of(item) / 1024))
        self._touch(operation, key["pk"]["S"], writes=units * times)
        if "Error" not in parsed:
            for name, keys in _INDEXES:
                if all(key in item for key in keys):
                    self._touch(f"index {name}", f"{name}: {item[keys[0]]['S']}", writes=units)

    def _there(self, table, key):
        self._resting = True
        try:
            return self._client.get_item(TableName=table, Key=key).get("Item")
        finally:
            self._resting = False

    def _touch(self, operation, partition, **units):
        self.touched.append(Touched(operation, partition, **units))
