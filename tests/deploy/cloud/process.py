"""The stand-in's process: ministack, with what it lacks of CloudFormation and Lambda added or accepted.

Each difference from AWS that a deployment of template.yaml meets is in this file, and in no other:

- **What changes nothing is accepted and kept**: CodeDeploy, a domain name of API Gateway, saved queries, and alarms by
  an expression. Nothing moves traffic, sounds or asks: tests of the translated template hold what they say.
- **A table gets its TTL and its recovery, and a queue its redrive policy**; ministack reads neither from a template.
- **A function has patience**: here no snapshot spares it its first imports, which on a busy machine take longer than
  a webhook may.
- **A resource waits for what the variables of a Sub name**; ministack reads only the text, and the API's integration
  would point at nothing.
- **A function keeps its versions, aliases and policy at an update**; ministack forgets them.
- **A deleted stack keeps what its template says**; ministack deletes everything.
- **Functions run in the Python that Lambda runs**, with what Lambda's runtime has besides. There is no snapshot.

- **The table can refuse writes**: while the file ``TABLE_IS_DOWN`` names is there, as in an outage.

Left as it is: no policy is asked (IAM).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from ministack import app
from ministack.core.responses import error_response_json
from ministack.services import cloudformation
from ministack.services.cloudformation import engine, provisioners, stacks

from infra.local import aws_process

KINDS = provisioners._RESOURCE_HANDLERS
ACCEPTED = (
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Logs::QueryDefinition",
)


PATIENCE = 120  # seconds
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


def accept(logical_id, properties, stack_name):
    """Make a resource that does nothing."""
    name = f"{stack_name}-{logical_id}"
    return name, {"Arn": name, "RegionalDomainName": "d-abc123.execute-api.me-central-1.amazonaws.com"}


def complete():
    """Add to ministack what it lacks; before it answers."""
    KINDS.update({kind: {"create": accept, "delete": lambda *_: None} for kind in ACCEPTED})
    alarm = KINDS["AWS::CloudWatch::Alarm"]
    KINDS["AWS::CloudWatch::Alarm"] = {**alarm, "create": _alarm(alarm["create"])}
    KINDS["AWS::Lambda::Function"] = {
        **KINDS["AWS::Lambda::Function"],
        "create": create_function,
        "update": update_function,
    }
    for kind, add in {"AWS::DynamoDB::Table": finish_table, "AWS::SQS::Queue": finish_queue}.items():
        KINDS[kind] = {**KINDS[kind], "create": _with(KINDS[kind]["create"], add)}
    stacks._delete_resource = _with_policies(stacks._delete_resource)
    engine._extract_deps = _with_variables_of_subs(engine._extract_deps)
    app.SERVICE_HANDLERS["dynamodb"] = _with_outages(app.SERVICE_HANDLERS["dynamodb"])
    sys.executable = os.environ["LAMBDA_PYTHON"]  # with which ministack starts a function


def _alarm(create):
    def created(logical_id, properties, stack_name):
        with_expression = "Metrics" in properties
        return (accept if with_expression else create)(logical_id, properties, stack_name)

    return created


def finish_table(name, properties):
    """Do what a table's template asks besides its keys."""
    dynamodb = provisioners._dynamodb
    if expiry := properties.get("TimeToLiveSpecification"):
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": expiry})
    if recovery := properties.get("PointInTimeRecoverySpecification"):
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery})


def finish_queue(url, properties):
    """Do what a queue's template asks of what can't be stored."""
    if policy := properties.get("RedrivePolicy"):
        provisioners._sqs._queues[url]["attributes"]["RedrivePolicy"] = json.dumps(policy)


def _with(create, add):
    def created(logical_id, properties, stack_name):
        name, attributes = create(logical_id, properties, stack_name)
        add(name, properties)
        return name, attributes

    return created


def _with_policies(delete):
    def deleted(kind, name, properties, stack_name, logical_id):
        wanted = cloudformation._stacks[stack_name].get("_template", {}).get("Resources", {}).get(logical_id, {})
        if wanted.get("DeletionPolicy", "Delete") == "Delete":
            delete(kind, name, properties, stack_name, logical_id)

    return deleted


def _with_variables_of_subs(extract):
    def extracted(resource, names):
        variables = [one[1] for one in _subs(resource.get("Properties", {})) if isinstance(one, list)]
        return extract(resource, names) | extract({"Properties": variables}, names)

    return extracted


def _subs(value):
    if isinstance(value, dict):
        yield from ([value["Fn::Sub"]] if "Fn::Sub" in value else ())
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _subs(part)


def _with_outages(handle):
    down = os.environ["TABLE_IS_DOWN"]

    async def handled(method, path, headers, body, query):
        if os.access(down, os.F_OK) and headers.get("x-amz-target", "").endswith(WRITES):
            return error_response_json("InternalServerError", "The table is down", 500)
        return await handle(method, path, headers, body, query)

    return handled


def create_function(logical_id, properties, stack_name):
    """Make a function that may take its time."""
    return provisioners._lambda_create(logical_id, {**properties, "Timeout": PATIENCE}, stack_name)


def update_function(physical_id, old, new, stack_name):
    """Change a function's code and configuration, and nothing else of it."""
    functions = provisioners._lambda_svc._functions
    before = functions[physical_id]
    name, attributes = create_function("", {**new, "FunctionName": physical_id}, stack_name)
    functions[name].update({kept: before[kept] for kept in ("versions", "next_version", "aliases", "policy")})
    return name, attributes


if __name__ == "__main__":
    complete()
    asyncio.run(aws_process._serve(int(sys.argv[1])))
