"""Checks of the stack, and of the functions that it runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from infra.deploy.versions import ALIAS
from infra.doctor.findings import Checks, ok, warn, wrong
from infra.doctor.patient import attribute
from infra.local import template
from ivr.settings import SettingsError

if TYPE_CHECKING:
    from infra.doctor.findings import Finding, Found
    from infra.doctor.patient import Deployed, OnLaptop, Patient

CHECKS = Checks()
_FED = {"ReputationFunction": "table", "FollowUpFunction": "table", "RedeliverFunction": "queue"}
_AWAKE = frozenset({"Enabled", "Enabling", "Creating", "Updating"})


@CHECKS.check(
    "stack",
    looks_at="CloudFormation's state of the stack, and whether it has all outputs; on a laptop, that it runs.",
    otherwise="A deployment did not finish, or the name is another stack's.",
    needs=("cloudformation:DescribeStacks", "cloudformation:ListStackResources"),
    after=("identity",),
    laptop=True,
)
def stack(patient: Patient) -> Found:
    """The stack."""
    if not patient.stack:
        running = cast("OnLaptop", patient).running
        return ok(f"the stack of this checkout runs (pid {running.pid}) and answers at {running.gateway}")
    deployed = cast("Deployed", patient)
    try:
        state = str(deployed.described["StackStatus"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return wrong(
            f"there is no stack {patient.stack} in region {patient.region}",
            patient.aws("cloudformation", "describe-stacks", "--query", "Stacks[].StackName"),
            "Name one of these with --stack, or another region with AWS_REGION",
        )
    missing = [
        name for name, one in template.outputs().items() if "Condition" not in one and name not in deployed.outputs
    ]
    absent = [name for name in ("VoiceFunction", *_FED, "ReportQueue") if not deployed.resources.get(name)]
    if absent:
        return wrong(f"the stack has no {' and no '.join(absent)}: it is no stack of this product, or half of one")
    if missing:
        return wrong(f"its outputs lack {', '.join(missing)}: it is of an older release", patient.deploy())
    return _of_state(patient, state)


def _of_state(patient: Patient, state: str) -> Finding:
    events = patient.aws("cloudformation", "describe-stack-events", "--stack-name", patient.stack, "--max-items", "20")
    if state in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}:
        return ok(f"{state}, with all outputs")
    if state.endswith("_IN_PROGRESS"):
        return warn(f"{state}: a deployment is under way", "Look again when it has finished", events)
    if state == "UPDATE_ROLLBACK_COMPLETE":
        return warn(f"{state}: the last deployment was taken back, and the one before it runs", events)
    if state == "UPDATE_ROLLBACK_FAILED":
        again = patient.aws("cloudformation", "continue-update-rollback", "--stack-name", patient.stack)
        return wrong(f"{state}: the last deployment failed, and taking it back failed too", events, again)
    return wrong(f"{state}: the stack did not come into being", events, patient.deploy())


@CHECKS.check(
    "release",
    looks_at="That the alias `live`, whose version answers calls, is at the newest version, and that this checkout can "
    "read its settings.",
    otherwise="Calls are answered by older code or older settings than those that were deployed.",
    needs=("lambda:GetAlias", "lambda:ListVersionsByFunction", "lambda:GetFunctionConfiguration"),
    after=("stack",),
)
def release(patient: Patient) -> Found:
    """The version that answers calls."""
    deployed = cast("Deployed", patient)
    function = deployed.resources["VoiceFunction"]
    answers = str(deployed.alias["FunctionVersion"])
    try:
        name = deployed.settings.release
    except SettingsError as error:
        return wrong(f"version {answers} is of another release than this checkout: {error}", patient.deploy())
    pages = patient.client("lambda").get_paginator("list_versions_by_function").paginate(FunctionName=function)
    versions = [int(one["Version"]) for page in pages for one in page["Versions"] if one["Version"].isdigit()]
    newest = str(max(versions, default=0))
    to_newest = patient.aws(
        *("lambda", "update-alias", "--function-name", function, "--name", ALIAS, "--function-version", newest)
    )
    if shared := attribute(deployed.alias, "RoutingConfig", "AdditionalVersionWeights"):
        parts = ", ".join(f"version {version} to {weight:.0%}" for version, weight in shared.items())
        return warn(f"version {answers} answers calls, and {parts}: a deployment is under way", "Look again later")
    if answers != newest:
        return wrong(f"version {answers} answers calls, and the newest is {newest}", to_newest)
    return ok(f"version {newest} answers calls, the newest (release {name})")


@CHECKS.check(
    "functions",
    looks_at="That each function can run: it is active, its last update went through, and no concurrency of zero was "
    "reserved for it.",
    otherwise="What the function does is not done: calls are not answered, or reports do not count.",
    needs=("lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency"),
    after=("stack",),
)
def functions(patient: Patient) -> Found:
    """The functions."""
    deployed, client = cast("Deployed", patient), patient.client("lambda")
    known = [name for name, one in template.resources().items() if one["Type"] == "AWS::Serverless::Function"]
    names = {one: deployed.resources[one] for one in known if deployed.resources.get(one)}
    bad: list[Finding] = []
    for logical, name in names.items():
        told = client.get_function_configuration(FunctionName=name)
        state, update = told.get("State", "Active"), told.get("LastUpdateStatus", "Successful")
        if client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions") == 0:
            let_run = patient.aws("lambda", "delete-function-concurrency", "--function-name", name)
            bad.append(wrong(f"{logical} never runs: a concurrency of zero is reserved for it", let_run))
        elif state == "Failed" or update == "Failed":
            why = told.get("StateReason") or told.get("LastUpdateStatusReason") or "no reason is told"
            bad.append(wrong(f"{logical} is {state}, its last update {update}: {why}", patient.deploy()))
    return bad or ok(f"all {len(names)} can run")


@CHECKS.check(
    "event-sources",
    looks_at="That the table's stream wakes two functions and the report queue one: each source is enabled, and of the "
    "stream and the queue that there are now.",
    otherwise="Reports do not flag callers, customers are not rung back, or what waits in the queue is not stored.",
    needs=("lambda:ListEventSourceMappings", "dynamodb:DescribeTable", "sqs:GetQueueAttributes"),
    after=("stack", "table", "table-stream", "queues"),
)
def event_sources(patient: Patient) -> Found:
    """What wakes the functions."""
    deployed, client = cast("Deployed", patient), patient.client("lambda")
    sources = {"table": patient.table_described["LatestStreamArn"], "queue": deployed.queue_arn("ReportQueue")}
    bad: list[Finding] = []
    for logical, source in _FED.items():
        name, arn = deployed.resources[logical], sources[source]
        found = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        ours = [one for one in found if one["EventSourceArn"] == arn]
        bad += [_asleep(patient, logical, source, one) for one in ours if one["State"] not in _AWAKE]
        if not ours:
            others = [one["UUID"] for one in found]
            remove = [patient.aws("lambda", "delete-event-source-mapping", "--uuid", uuid) for uuid in others]
            bad.append(
                wrong(
                    f"{logical} is not woken by the {source}" + (", but by a former one" if others else ""),
                    patient.aws(
                        *("lambda", "create-event-source-mapping"),
                        *("--cli-input-json", json.dumps(_mapping(deployed, logical, arn))),
                    ),
                    *remove,
                )
            )
    return bad or ok(f"all {len(_FED)} are enabled")


def _mapping(deployed: Deployed, logical: str, arn: str) -> dict[str, Any]:
    """The event source of a function as the template has it, as AWS's API takes it."""
    [event] = template.properties(logical)["Events"].values()
    of_sam = {name: value for name, value in event["Properties"].items() if name not in {"Stream", "Queue"}}
    if "DestinationConfig" in of_sam:
        aside = of_sam["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        of_sam["DestinationConfig"] = {"OnFailure": {"Destination": deployed.queue_arn(aside)}}
    return {"EventSourceArn": arn, "FunctionName": deployed.resources[logical], **of_sam}


def _asleep(patient: Patient, logical: str, source: str, mapping: dict[str, Any]) -> Finding:
    enable = patient.aws("lambda", "update-event-source-mapping", "--uuid", mapping["UUID"], "--enabled")
    return wrong(f"{logical} is not woken by the {source}: its source is {mapping['State']}", enable)
