"""A deployed stack: its table, and the settings of the version that answers calls now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from infra.deploy.versions import ALIAS

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_FUNCTIONS = "/aws/lambda/"  # not the API's access log, which knows no call and which the desk's people may not read


class Deployed(NamedTuple):
    """A deployed stack."""

    table: str
    region: str
    environment: Mapping[str, str]  # of the function that answers calls
    log_groups: list[str]  # of all functions


_SIGN_IN = "no AWS credentials were found: sign in first (aws configure, or aws sso login and export AWS_PROFILE)"


def deployed(stack: str) -> Deployed:
    """Read a stack by its name, with the credentials and the region of the environment.

    Raises ``click.ClickException`` if there is no such stack or it can't be read.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        formation: Any = boto3.client("cloudformation")
        region = str(formation.meta.region_name)
        # DescribeStackResources tells of the first hundred alone, and a stack has more.
        pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack)
        made = [one for page in pages for one in page["StackResourceSummaries"]]
        named = {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in made}
        groups = [one.get("PhysicalResourceId", "") for one in made if one.get("ResourceType") == "AWS::Logs::LogGroup"]
        logs = [one for one in groups if one.startswith(_OF_FUNCTIONS)]
        function = named.get("VoiceFunction")
        if not function:
            raise click.ClickException(f"the stack {stack} is not a stack of this product: it has no VoiceFunction")
        functions: Any = boto3.client("lambda")
        told = functions.get_function_configuration(FunctionName=function, Qualifier=ALIAS)
    except NoCredentialsError as error:
        raise click.ClickException(_SIGN_IN) from error
    except (BotoCoreError, ClientError, ValueError) as error:
        if "does not exist" in str(error):
            raise click.ClickException(
                f"there is no stack {stack} in {region}: name one of these with --stack, or another region with "
                f"AWS_REGION: aws cloudformation describe-stacks --query 'Stacks[].StackName' --region {region}"
            ) from error
        raise click.ClickException(f"the stack {stack} can't be read: {error}") from error
    environment = told.get("Environment", {}).get("Variables", {})
    # The table that the function uses may be one that the stack was given, and did not make.
    return Deployed(environment.get("TABLE_NAME", ""), region, environment, logs)
