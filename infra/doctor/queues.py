"""Checks of the queues: what waits in them, and what was given up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from infra.doctor.findings import Checks, ok, warn, wrong
from infra.local import template

if TYPE_CHECKING:
    from infra.doctor.findings import Finding, Found
    from infra.doctor.patient import Deployed, Patient

CHECKS = Checks()
_QUEUES = [name for name, one in template.resources().items() if one["Type"] == "AWS::SQS::Queue"]
_ASIDE = {
    "UnfollowedQueue": "reports or calls that do not count",
    "UndoneQueue": "ring-backs or SMS that were not made",
}
_GONE = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}
_NEEDS = ("sqs:GetQueueAttributes",)


@CHECKS.check(
    "queues",
    looks_at="That all queues are there, and keep a message for fourteen days.",
    otherwise="What the table refuses is lost, or is lost before somebody has looked at it.",
    needs=_NEEDS,
    after=("stack",),
)
def queues(patient: Patient) -> Found:
    """The queues themselves."""
    deployed = cast("Deployed", patient)
    bad: list[Finding] = []
    for logical in _QUEUES:
        want = str(template.properties(logical)["MessageRetentionPeriod"])
        try:
            kept = deployed.queue(logical)["MessageRetentionPeriod"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            bad.append(wrong(f"{logical} is gone", *_made_again(patient, deployed.resources[logical], logical)))
            continue
        if kept != want:
            mend = _set(patient, deployed.resources[logical], {"MessageRetentionPeriod": want})
            bad.append(wrong(f"{logical} keeps a message for {int(kept) / 86400:g} days", mend))
    return bad or ok("all are there and keep a message for fourteen days")


@CHECKS.check(
    "queue-redrive",
    looks_at="That a report that can't be stored in a hundred attempts goes to the dead letters.",
    otherwise="One report that can't be stored is tried for fourteen days, then lost.",
    needs=_NEEDS,
    after=("queues",),
)
def redrive(patient: Patient) -> Found:
    """The report queue's redrive policy."""
    deployed = cast("Deployed", patient)
    most = int(template.properties("ReportQueue")["RedrivePolicy"]["maxReceiveCount"])
    dead_letters = deployed.queue_arn("ReportDeadLetters")
    policy = json.loads(deployed.queue("ReportQueue").get("RedrivePolicy", "{}"))
    if policy.get("deadLetterTargetArn") == dead_letters and int(policy.get("maxReceiveCount", 0)) == most:
        return ok(f"after {most} attempts a report goes to the dead letters")
    want = json.dumps({"deadLetterTargetArn": dead_letters, "maxReceiveCount": most})
    saw = f"its redrive policy is {json.dumps(policy)}" if policy else "it has no redrive policy"
    return wrong(saw, _set(patient, deployed.resources["ReportQueue"], {"RedrivePolicy": want}))


@CHECKS.check(
    "dead-letters",
    looks_at="That no report was given up.",
    otherwise="A customer was told that their report is recorded, and it is not.",
    needs=_NEEDS,
    after=("queues",),
)
def dead_letters(patient: Patient) -> Found:
    """What could not be stored."""
    deployed = cast("Deployed", patient)
    told = deployed.queue("ReportDeadLetters")
    if not (many := _waiting(told)):
        return ok("none")
    logs = patient.aws("logs", "tail", f"/aws/lambda/{patient.stack}-redeliver", "--since", "1d")
    move = patient.aws("sqs", "start-message-move-task", "--source-arn", told["QueueArn"])
    return wrong(f"{many} reports or call records wait to be stored by hand", f"{logs}  # says why", move)


@CHECKS.check(
    "queue-waiting",
    looks_at="How many reports wait to be stored.",
    otherwise="The table refuses writes, or did until now: reports count later than they should.",
    needs=_NEEDS,
    after=("queues",),
)
def waiting(patient: Patient) -> Found:
    """What waits for the table."""
    many = _waiting(cast("Deployed", patient).queue("ReportQueue"))
    if not many:
        return ok("none")
    logs = patient.aws("logs", "tail", f"/aws/lambda/{patient.stack}-redeliver", "--since", "1h")
    return warn(f"{many} reports or call records wait", f"{logs}  # says why; they are stored by themselves")


@CHECKS.check(
    "set-aside",
    looks_at="That the stream's functions gave nothing up.",
    otherwise="Single reports do not count, or single customers were not rung back.",
    needs=_NEEDS,
    after=("queues",),
)
def set_aside(patient: Patient) -> Found:
    """What the stream's functions gave up."""
    deployed = cast("Deployed", patient)
    found = [
        warn(
            f"{many} {what} were set aside",
            patient.aws("sqs", "receive-message", "--queue-url", deployed.resources[logical])
            + "  # names the place in the stream, which is valid for a day",
        )
        for logical, what in _ASIDE.items()
        if (many := _waiting(deployed.queue(logical)))
    ]
    return found or ok("nothing")


def _made_again(patient: Patient, url: str, logical: str) -> tuple[str, ...]:
    """How to make a queue that was deleted, under its old name: so the stack and the functions find it again."""
    known = template.properties(logical)
    names = ("MessageRetentionPeriod", "VisibilityTimeout", "SqsManagedSseEnabled")
    attributes = {name: str(known[name]).lower() for name in names if name in known}
    create = patient.aws(
        *("sqs", "create-queue", "--queue-name", url.rpartition("/")[2], "--attributes", json.dumps(attributes))
    )
    return ("SQS allows a name again a minute after it was deleted", create)


def _waiting(told: dict[str, str]) -> int:
    return int(told.get("ApproximateNumberOfMessages", 0)) + int(told.get("ApproximateNumberOfMessagesNotVisible", 0))


def _set(patient: Patient, url: str, attributes: dict[str, str]) -> str:
    return patient.aws("sqs", "set-queue-attributes", "--queue-url", url, "--attributes", json.dumps(attributes))
