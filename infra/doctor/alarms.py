"""Checks of the alarms, and of who hears of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from infra.doctor.findings import Checks, ok, warn, wrong
from infra.local import template

if TYPE_CHECKING:
    from infra.doctor.findings import Finding, Found
    from infra.doctor.patient import Deployed, Patient

CHECKS = Checks()
_PENDING = {"PendingConfirmation", "pending confirmation"}
_MOST_NAMED = 3
_ALARM = "AWS::CloudWatch::Alarm"


@CHECKS.check(
    "alarm-topic",
    looks_at="That somebody gets the alarms: each topic has a subscription, and all of them were confirmed.",
    otherwise="When calls fail, nobody is told.",
    needs=("sns:ListSubscriptionsByTopic",),
    after=("stack",),
)
def topic(patient: Patient) -> Found:
    """Who hears of an alarm."""
    deployed, client = cast("Deployed", patient), patient.client("sns")
    names = [name for name in template.outputs() if name.endswith("Topic") and name in deployed.outputs]
    bad: list[Finding] = []
    for arn in dict.fromkeys(deployed.outputs[name] for name in names):
        pages = client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
        found = [one for page in pages for one in page["Subscriptions"]]
        pending = [one["Endpoint"] for one in found if one["SubscriptionArn"] in _PENDING]
        if not found:
            level = warn if arn == deployed.outputs.get("TicketTopic") != deployed.outputs["AlarmTopic"] else wrong
            bad.append(
                level(
                    f"nobody gets what {arn} tells",
                    _subscribe(patient, arn),
                    "Then open the link in the e-mail from AWS",
                )
            )
        elif len(pending) == len(found):
            bad.append(
                wrong(
                    f"{', '.join(pending)} did not confirm yet, so nobody gets what {arn} tells",
                    "Open the link in the e-mail from AWS; this sends it anew:",
                    *(_subscribe(patient, arn, one["Protocol"], one["Endpoint"]) for one in found),
                )
            )
        elif pending:
            bad.append(warn(f"{', '.join(pending)} did not confirm yet", "Open the link in the e-mail from AWS"))
    return bad or ok("each is told to somebody who confirmed")


def _subscribe(patient: Patient, topic: str, protocol: str = "email", endpoint: str = "YOU@EXAMPLE.COM") -> str:
    of_topic = ("--topic-arn", topic, "--protocol", protocol, "--notification-endpoint", endpoint)
    return patient.aws("sns", "subscribe", *of_topic)


@CHECKS.check(
    "alarms",
    looks_at="That every alarm of the stack is there and may act, and that none is raised now.",
    otherwise="When calls fail, nobody is told; or something fails now.",
    needs=("cloudwatch:DescribeAlarms",),
    after=("stack",),
)
def alarms(patient: Patient) -> Found:
    """The alarms."""
    deployed, client = cast("Deployed", patient), patient.client("cloudwatch")
    of_template = [name for name, one in template.resources().items() if one["Type"] == _ALARM]
    ours = {deployed.resources[name]: name for name in of_template if deployed.resources.get(name)}
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{patient.stack}-")
    found = {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"] if one["AlarmName"] in ours}
    if gone := [name for physical, name in ours.items() if physical not in found]:
        return wrong(f"{_named(gone)} gone", patient.deploy())
    if silent := [physical for physical, one in found.items() if not one["ActionsEnabled"]]:
        enable = patient.aws("cloudwatch", "enable-alarm-actions", "--alarm-names", *silent)
        return wrong(f"{_named([ours[one] for one in silent])} told to nobody: their actions are off", enable)
    if raised := [ours[physical] for physical, one in found.items() if one["StateValue"] == "ALARM"]:
        return warn(f"{_named(raised)} raised now", "docs/runbook.md says of each what to do first")
    return ok(f"all {len(found)} are there, and none is raised")


def _named(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    listed = ", ".join(name.removesuffix("Alarm") for name in names[:_MOST_NAMED])
    return f"{listed}{f' and {more} more' if more > 0 else ''} {'is' if len(names) == 1 else 'are'}"
