"""The AWS account before a deployment: who deploys, where, and whether there is what the stack will read.

Nothing is changed here. The values of the secrets are checked by the service's own rules, and never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, TokenRetrievalError

from infra.deploy.existing_table import described, lacks, stream_of
from infra.local import template
from ivr.secrets import values
from ivr.secrets.key_fingerprint import fingerprint
from ivr.store import StoreUnavailableError
from ivr.store.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.deploy.environment import Environment

_NO_CREDENTIALS = (
    "no AWS credentials were found: sign in first (aws configure, or aws sso login and export AWS_PROFILE)"
)
_NO_REGION = (
    'no region is named: write region = "me-central-1" (or yours) at the top of the environment file, above '
    "[parameters], or export AWS_REGION"
)
_SHAPES: dict[str, tuple[Callable[[str], object], str]] = {
    "TwilioAuthTokenParameter": (lambda text: values.signers(text, strict=True), "'YOUR_AUTH_TOKEN'"),
    "HmacKeyParameter": (lambda text: values.hmac_key(text, strict=True), '"$(openssl rand -hex 32)"'),
    "DeskClientSecretParameter": (values.client_secret, "'THE_CLIENT_SECRET'"),
}


class AccountError(Exception):
    """The account is not ready. The message has a line for each thing that is missing, with its remedy."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account and region that a deployment goes to."""

    session: Any
    number: str
    who: str  # ARN of the identity that deploys
    region: str

    def client(self, service: str) -> Any:
        """A client of a service in this region."""
        return self.session.client(service)


def sign_in(environment: Environment) -> Account:
    """Find out who deploys and where. Raises ``AccountError``."""
    try:
        session = boto3.Session(region_name=environment.region or None)
        if not session.region_name:
            raise AccountError(_NO_REGION)
        told = session.client("sts").get_caller_identity()
    except (NoCredentialsError, TokenRetrievalError) as error:
        raise AccountError(_NO_CREDENTIALS) from error
    except (BotoCoreError, ClientError) as error:
        raise AccountError(f"AWS does not know who deploys: {error}") from error
    return Account(session, told["Account"], told["Arn"], str(session.region_name))


def ready(account: Account, environment: Environment) -> Environment:
    """Look for all that the stack will read. Returns the environment with the existing table's stream, if it has one.

    Raises ``AccountError``, which names everything that is missing at once.
    """
    try:
        missing = [*_stack(account, environment), *_secrets(account, environment)]
        table, stream = environment.parameters.get("ExistingTable", ""), ""
        if table:
            told = described(account.client("dynamodb"), table)
            stream = stream_of(told)
            missing += _table(account, environment, told)
    except (BotoCoreError, ClientError) as error:
        raise AccountError(f"the account {account.number} can't be read: {error}") from error
    if missing:
        raise AccountError("\n".join(f"- {one}" for one in missing))
    return environment if not table else with_stream(environment, stream)


def with_stream(environment: Environment, stream: str) -> Environment:
    """The environment with the stream of its existing table."""
    return replace(environment, parameters={**environment.parameters, "ExistingTableStream": stream})


def _stack(account: Account, environment: Environment) -> Iterator[str]:
    """Whether the stack can be deployed now: neither while it changes, nor after a first attempt that failed."""
    name = environment.stack_name
    try:
        [told] = account.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return
        raise
    status = str(told["StackStatus"])
    delete = f"aws cloudformation delete-stack --region {account.region} --stack-name {name}"
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        yield f"the stack {name} is {status}: wait until it is done"
    elif status == "UPDATE_ROLLBACK_FAILED":
        yield (
            f"the stack {name} is {status}: look at its events, correct what they name, and go on with\n"
            f"    aws cloudformation continue-update-rollback --region {account.region} --stack-name {name}"
        )
    elif status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}:
        yield f"the stack {name} is {status} and takes no update. Its table and queues of reports stay:\n    {delete}"


def _secrets(account: Account, environment: Environment) -> Iterator[str]:
    for parameter, (shape, example) in _SHAPES.items():
        if name := _answer(environment, parameter):
            yield from _secret(account, name, shape, example)


def _secret(account: Account, name: str, shape: Callable[[str], object], example: str) -> Iterator[str]:
    put = f"aws ssm put-parameter --region {account.region} --type SecureString --name {name} --value"
    try:
        told = account.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ParameterNotFound":
            yield f"the secret {name} is not in {account.region}:\n    {put} {example}"
        elif code != "AccessDeniedException":  # who deploys need not be allowed to read secrets; the functions are
            yield f"the secret {name} can't be read: {error}"
        return
    if told["Type"] != "SecureString":
        yield (
            f"the secret {name} is stored as a {told['Type']}, which is not encrypted: delete it, and store it anew:\n"
            f"    aws ssm delete-parameter --region {account.region} --name {name}\n    {put} 'THE_SECRET'"
        )
    try:
        shape(told["Value"])
    except values.ShapeError as error:
        yield f"the secret {name} can't be right: {values.in_words(str(error))}:\n    {put} 'THE_SECRET' --overwrite"


def _table(account: Account, environment: Environment, told: dict[str, Any]) -> Iterator[str]:
    name, dynamodb = environment.parameters["ExistingTable"], account.client("dynamodb")
    if not told:
        yield f"there is no table {name} (ExistingTable) in {account.region}"
        return
    yield from lacks(dynamodb, told)
    try:
        key = account.client("ssm").get_parameter(Name=_answer(environment, "HmacKeyParameter"), WithDecryption=True)
        ours = fingerprint(values.hmac_key(key["Parameter"]["Value"], strict=True)[0])
    except (ClientError, values.ShapeError):
        return  # told of above, or a key that who deploys may not read
    try:
        kept = Desk(name, dynamodb).fingerprints.get()
    except StoreUnavailableError:
        return  # a table of another kind, told of above; or its items may not be read by who deploys
    if kept and kept != ours:
        yield (
            f"the table {name} was written with another HMAC key than the one in "
            f"{_answer(environment, 'HmacKeyParameter')}: put that key back, or no stored customer is found again"
        )


def _answer(environment: Environment, parameter: str) -> str:
    return environment.parameters.get(parameter, str(template.parameters()[parameter].get("Default", "")))
