"""template.yaml, deployed into the second stand-in for AWS as CloudFormation would get it from SAM."""

from __future__ import annotations

import json

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra.local.database import client_of
from infra.local.template import TEMPLATE, plain, properties
from tests.bench.second_stand_in import SecondStandIn
from tests.deploy.parameter_answers import REQUIRED

SERVICES = "dynamodb,dynamodbstreams,cloudformation,lambda,iam,sqs,ssm,sns,sts,monitoring,apigateway,logs"
STACK = "call-screening-test"
ANSWERS = {**REQUIRED, "PublicBaseUrl": "https://ivr.example.com", "AlarmEmail": "ops@example.com"}
ANSWERS |= {"DeskSignIn": "issuer", "DeskIssuer": "https://login.example.com/desk", "DeskClientId": "desk"}
_UNKNOWN = ("AWS::CodeDeploy::", "AWS::Logs::QueryDefinition")  # types that the stand-in does not have


class DeployedStack(SecondStandIn):
    """The stack in a stand-in of its own, healthy, from ``with`` to the end of it."""

    def __init__(self):
        super().__init__(SERVICES)

    def of(self, service):
        return client_of(service, self.address)

    def start(self):
        super().start()
        self.of("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(_translated()),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in ANSWERS.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        self.of("cloudformation").get_waiter("stack_create_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 0.1, "MaxAttempts": 3000}
        )
        pages = self.of("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        told = [one for page in pages for one in page["StackResourceSummaries"]]
        self.named = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in told}
        self._set_what_the_stand_in_leaves_out()

    def _set_what_the_stand_in_leaves_out(self):
        """The stand-in's CloudFormation knows these properties of a table and of a queue, and does not apply them."""
        dynamodb, table = self.client(), self.named["Table"]
        want = properties("Table")
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=want["TimeToLiveSpecification"])
        dynamodb.update_continuous_backups(
            TableName=table, PointInTimeRecoverySpecification=want["PointInTimeRecoverySpecification"]
        )
        self.redrive(self.arn("ReportDeadLetters"), properties("ReportQueue")["RedrivePolicy"]["maxReceiveCount"])

    def arn(self, queue):
        found = self.of("sqs").get_queue_attributes(QueueUrl=self.named[queue], AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]

    def redrive(self, arn, most):
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": most}) if arn else ""
        self.of("sqs").set_queue_attributes(QueueUrl=self.named["ReportQueue"], Attributes={"RedrivePolicy": policy})


def _translated():
    """What SAM makes of the template, without what the stand-in does not know."""
    from cfnlint.decode import cfn_yaml

    template = plain(cfn_yaml.load(str(TEMPLATE)))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    made = Translator({}, Parser()).translate(template, dict(ANSWERS))
    for name, resource in list(made["Resources"].items()):
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = {"ZipFile": "def handler(event, context): return {}"}
        resource.pop("UpdatePolicy", None)  # how CodeDeploy moves the alias
        if "Metrics" in resource["Properties"] or resource["Type"].startswith(_UNKNOWN):
            del made["Resources"][name]
    return made
