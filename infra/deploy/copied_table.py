"""`python -m infra.deploy.copied_table NAME`: what a table is made with that DynamoDB fills from an export in S3.

It prints the value of `--table-creation-parameters` of `aws dynamodb import-table`: the keys and indexes of the
template's table. What such a table lacks besides, `make deploy` names when the stack adopts it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from infra.local.table import table_properties

_TAKEN = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def parameters(name: str) -> dict[str, Any]:
    """The parameters of a table of this name."""
    wanted = table_properties()
    # CloudFormation calls it otherwise.
    encrypted = {"Enabled": wanted["SSESpecification"]["SSEEnabled"]}
    return {"TableName": name, **{one: wanted[one] for one in _TAKEN}, "SSESpecification": encrypted}


def main() -> None:
    """Print them for the one name that is given."""
    if len(sys.argv) != 2:  # the program's own name, and the table's
        sys.exit("usage: python -m infra.deploy.copied_table NAME, of the table to be made")
    sys.stdout.write(json.dumps(parameters(sys.argv[1])) + "\n")


if __name__ == "__main__":
    main()
