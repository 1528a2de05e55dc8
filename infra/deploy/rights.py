"""What a person who runs `make deploy` may do: two IAM policies, written by `python -m infra.deploy.rights`.

CloudFormation asks with the rights of the person who deploys. What it asks for, for each type of resource, is told by
its own schemas, which cfn-lint has. What no property of our template needs is left out, and the rest is allowed on the
resources of our stacks alone, by their names, wherever the service knows resources.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.local import template

FOLDER = Path(__file__).resolve().parent / "policies"
STACKS = "call-screening-*"
_BUCKET = "aws-sam-cli-managed-default"  # SAM's stack with the bucket of artifacts, and the beginning of its name
_REGION = "me-central-1"  # the schemas are the same in all
_HANDLERS = ("create", "read", "update", "delete")

# What SAM makes of a function with an alias, events and a gradual deployment.
OF_SAM = frozenset(
    {
        *("AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::Lambda::EventSourceMapping"),
        *("AWS::Lambda::Permission", "AWS::Events::Rule", "AWS::IAM::Role"),
        *("AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup"),
    }
)

# Asked for by properties that our template does not have.
OTHER_SERVICES = frozenset({"cloudfront", "ec2", "elasticfilesystem", "firehose", "kinesis", "kms", "s3", "s3files"})
UNUSED = frozenset(
    {
        # items of a table, replicas, imports and policies: who deploys needs to read nobody's data
        *("dynamodb:Scan", "dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        *("dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:ImportTable", "dynamodb:DescribeImport"),
        *("dynamodb:CreateTableReplica", "dynamodb:AssociateTableReplica", "dynamodb:PutResourcePolicy"),
        *("dynamodb:DeleteResourcePolicy", "dynamodb:EnableKinesisStreamingDestination"),
        *("dynamodb:DisableKinesisStreamingDestination", "dynamodb:UpdateKinesisStreamingDestination"),
        "dynamodb:UpdateContributorInsights",
        # policies of people, and boundaries
        *("iam:AttachGroupPolicy", "iam:AttachUserPolicy", "iam:DetachGroupPolicy", "iam:DetachUserPolicy"),
        *("iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"),
        # code signing, layers, provisioned concurrency, capacity providers
        *("lambda:GetCodeSigningConfig", "lambda:PutFunctionCodeSigningConfig"),
        *("lambda:DeleteFunctionCodeSigningConfig", "lambda:GetLayerVersion", "lambda:PassCapacityProvider"),
        *("lambda:PutProvisionedConcurrencyConfig", "lambda:DeleteProvisionedConcurrencyConfig"),
        *("lambda:PutFunctionScalingConfig", "lambda:PutFunctionRecursionConfig", "lambda:AssociateRuntimeAlias"),
        # machines of one's own, log groups with other keys and policies
        *("codedeploy:RegisterOnPremisesInstance", "logs:AssociateKmsKey", "logs:DisassociateKmsKey"),
        *("logs:PutDataProtectionPolicy", "logs:DeleteDataProtectionPolicy", "logs:PutIndexPolicy"),
        *("logs:DeleteIndexPolicy", "logs:PutBearerTokenAuthentication", "logs:PutLogGroupDeletionProtection"),
        *("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", "logs:DeleteResourcePolicy"),
        *("sns:PutDataProtectionPolicy", "sns:GetDataProtectionPolicy", "cognito-idp:AddCustomAttributes"),
        "cognito-idp:ListUserPoolClientSecrets",
    }
)

# That a log of an HTTP API is delivered is asked for beside the schemas.
_DELIVERY = (
    *("logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries"),
    *("logs:CreateLogDelivery", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"),
)
# The service knows no resource for these, or they make one that has no name yet.
_ANYWHERE = frozenset(
    {
        *_DELIVERY,
        *("logs:DescribeLogGroups", "logs:PutQueryDefinition", "logs:DeleteQueryDefinition"),
        *("logs:DescribeQueryDefinitions", "cloudwatch:DescribeAlarms", "cognito-idp:CreateUserPool"),
        "cognito-idp:DescribeUserPoolDomain",
    }
)
_RESOURCES = {
    "apigateway": [
        f"arn:aws:apigateway:*::/{path}" for path in ("apis", "apis/*", "domainnames", "domainnames/*", "tags/*")
    ],
    "cloudwatch": [f"arn:aws:cloudwatch:*:*:alarm:{STACKS}", f"arn:aws:cloudwatch::*:dashboard/{STACKS}"],
    "codedeploy": [
        f"arn:aws:codedeploy:*:*:application:{STACKS}",
        f"arn:aws:codedeploy:*:*:deploymentgroup:{STACKS}",
        "arn:aws:codedeploy:*:*:deploymentconfig:*",
    ],
    "cognito-idp": ["arn:aws:cognito-idp:*:*:userpool/*"],
    "dynamodb": [f"arn:aws:dynamodb:*:*:table/{STACKS}"],
    "events": [f"arn:aws:events:*:*:rule/{STACKS}"],
    "iam": [f"arn:aws:iam::*:role/{STACKS}", f"arn:aws:iam::*:policy/{STACKS}"],
    "lambda": [f"arn:aws:lambda:*:*:function:{STACKS}"],
    "logs": [f"arn:aws:logs:*:*:log-group:/aws/{kind}/{STACKS}" for kind in ("lambda", "vendedlogs")],
    "sns": [f"arn:aws:sns:*:*:{STACKS}"],
    "sqs": [f"arn:aws:sqs:*:*:{STACKS}"],
}
_ROLE_OF_CODEDEPLOY = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"
_ROLE_OF_DOMAINS = "arn:aws:iam::*:role/aws-service-role/ops.apigateway.amazonaws.com/*"
_HELD_APART = frozenset({"iam:PassRole", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:CreateServiceLinkedRole"})

Document = dict[str, Any]


def types() -> set[str]:
    """The types of what a stack consists of, as CloudFormation makes it."""
    own = {str(one["Type"]) for one in template.resources().values()}
    return {one for one in own if not one.startswith("AWS::Serverless::")} | OF_SAM


def asked(kind: str) -> set[str]:
    """The actions that CloudFormation asks for to make, read, change and delete a resource of a type."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, kind).schema["handlers"]
    return {action for name in _HANDLERS for action in handlers.get(name, {}).get("permissions", ())}


def needed() -> set[str]:
    """The actions that our stacks need of CloudFormation's."""
    every = set().union(*map(asked, types())) | {*_DELIVERY}
    return {one for one in every if one.partition(":")[0] not in OTHER_SERVICES} - UNUSED


def documents() -> dict[str, Document]:
    """The policies by the names of their files. IAM takes 6,144 characters of each, so that there are two."""
    return {"stack.json": _document(_of_the_stack()), "resources.json": _document(_of_resources())}


def _of_the_stack() -> list[Document]:
    """What `make deploy` and SAM ask for themselves, and what is made of functions and roles."""
    stacks = [f"arn:aws:cloudformation:*:*:stack/{name}/*" for name in (STACKS, _BUCKET)]
    transform = "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31"
    of_stacks = (
        *("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet", "DescribeStacks"),
        *("DescribeStackEvents", "DescribeStackResource", "DescribeStackResources", "ListStackResources"),
        *("GetTemplate", "GetTemplateSummary", "CreateStack", "UpdateStack", "DeleteStack", "ContinueUpdateRollback"),
    )
    of_the_bucket = (
        *("CreateBucket", "ListBucket", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketTagging"),
        *("PutBucketVersioning", "PutBucketPublicAccessBlock", "PutEncryptionConfiguration", "GetBucketLocation"),
        *("GetObject", "GetObjectVersion", "PutObject"),
    )
    roles = [f"arn:aws:iam::*:role/{STACKS}"]
    existing = ("DescribeTable", "DescribeTimeToLive", "DescribeContinuousBackups")
    return [
        _statement("UseTheStack", [f"cloudformation:{one}" for one in of_stacks], [*stacks, transform]),
        _statement("CheckTheTemplate", ["cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"], ["*"]),
        _statement(
            "KeepTheArtifacts",
            [f"s3:{one}" for one in of_the_bucket],
            [f"arn:aws:s3:::{_BUCKET}-*", f"arn:aws:s3:::{_BUCKET}-*/*"],
        ),
        _statement("LookAtTheSecrets", ["ssm:GetParameter"], ["arn:aws:ssm:*:*:parameter/call-screening/*"]),
        _statement("LookAtAnExistingTable", [f"dynamodb:{one}" for one in existing], ["arn:aws:dynamodb:*:*:table/*"]),
        _statement(  # what follows has no name, but a function
            "FollowTheStreamAndTheQueue",
            [f"lambda:{verb}EventSourceMapping" for verb in ("Create", "Update", "Delete")],
            ["*"],
            {"ArnLike": {"lambda:FunctionArn": _RESOURCES["lambda"]}},
        ),
        _statement(
            "ReadAndTagFollowers",
            [f"lambda:{one}" for one in ("GetEventSourceMapping", "ListTags", "TagResource", "UntagResource")],
            ["arn:aws:lambda:*:*:event-source-mapping:*"],
        ),
        _of_service("lambda"),
        _of_service("iam"),
        _statement(
            "GiveTheRoles",
            ["iam:PassRole"],
            roles,
            {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "codedeploy.amazonaws.com"]}},
        ),
        _statement(
            "LetCodeDeployDeploy",
            ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            roles,
            {"ArnEquals": {"iam:PolicyARN": _ROLE_OF_CODEDEPLOY}},
        ),
        _statement("ForADomainName", ["iam:CreateServiceLinkedRole"], [_ROLE_OF_DOMAINS]),
    ]


def _of_resources() -> list[Document]:
    """What is made beside functions and roles."""
    others = sorted(_RESOURCES.keys() - {"lambda", "iam"})
    return [*map(_of_service, others), _statement("WhatKnowsNoResource", [*needed() & _ANYWHERE], ["*"])]


def _of_service(service: str) -> Document:
    ours = {one for one in needed() if one.partition(":")[0] == service} - _ANYWHERE - _HELD_APART
    ours = {one for one in ours if not one.endswith("EventSourceMapping")}
    sid = "".join(word.title() for word in service.split("-"))
    return _statement(f"Our{sid}", [*ours], _RESOURCES[service])


def _statement(sid: str, actions: list[str], resources: list[str], condition: Document | None = None) -> Document:
    made = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resources}
    return {**made, "Condition": condition} if condition else made


def _document(statements: list[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}


def main() -> None:
    """Write the files."""
    for name, document in documents().items():
        (FOLDER / name).write_text(json.dumps(document, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
