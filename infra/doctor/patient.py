"""The deployment that is looked at: what its checks read of it, each thing once.

A property here raises what AWS answers. The check that first reads it says what that means; those that rest on it are
not made then.
"""

from __future__ import annotations

import os
import shlex
import time
from abc import ABC, abstractmethod
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from infra.deploy.versions import ALIAS
from infra.local import database
from ivr.secrets import values
from ivr.settings import Settings
from ivr.store.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.stackfile import Running
    from ivr.secrets.values import Signers


_ANEW = (
    "Press Ctrl-C where `make run` runs, wait until it says Ended, and start it again; its table then begins anew:",
    "make run",
)


class Place(StrEnum):
    """Where a deployment runs."""

    STACK = "stack"  # a deployed one
    LAPTOP = "laptop"  # what `make run` started


class Secret(NamedTuple):
    """A stored secret."""

    name: str
    text: str
    type: str


class Patient(ABC):
    """A deployment. ``stack`` is the name of a deployed one."""

    place: Place
    stack: str = ""
    settings: Settings
    table: str
    region: str

    @abstractmethod
    def client(self, service: str) -> Any:
        """A client of an AWS service."""

    @cached_property
    def store(self) -> Desk:
        """Its table, as the product reads it."""
        return Desk(self.table, self.client("dynamodb"))

    @cached_property
    def table_described(self) -> dict[str, Any]:
        """DynamoDB's description of the table."""
        return dict(self.client("dynamodb").describe_table(TableName=self.table)["Table"])

    @property
    def releases(self) -> frozenset[str]:
        """The releases that may answer: one, or two while a deployment is under way."""
        return frozenset({self.settings.release})

    @property
    @abstractmethod
    def token(self) -> Secret:
        """The stored auth token, or tokens."""

    @property
    @abstractmethod
    def key(self) -> Secret:
        """The stored HMAC key."""

    @cached_property
    def signers(self) -> Signers:
        """What signs webhooks. Raises ``ivr.secrets.values.ShapeError``."""
        return values.signers(self.token.text, strict=self.place is Place.STACK)[0]

    def ivr(self, command: str) -> str:
        """A command of `ivr` for this deployment, to be typed."""
        return f"ivr --stack {shlex.quote(self.stack)} {command}" if self.stack else f"ivr {command}"

    def aws(self, *words: str) -> str:
        """A command of AWS's command line for this deployment, to be typed. Each word is quoted where it must be."""
        return shlex.join(["aws", *words, "--region", self.region])

    def mended_by(self, *steps: str) -> tuple[str, ...]:
        """What mends a part of this deployment: these steps of a deployed one; on a laptop all of it begins anew."""
        return steps or (self.deploy(),)

    def deploy(self) -> str:
        """The command that deploys this stack again."""
        known = self.stack.removeprefix("call-screening-")
        return f"make deploy ENV={known if known != self.stack else 'NAME'}"


class Deployed(Patient):
    """A deployed stack, read with the operator's credentials."""

    place = Place.STACK

    def __init__(self, stack: str) -> None:
        self.stack = stack
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A client of an AWS service, of the environment's region and credentials."""
        import boto3

        if service not in self._clients:
            self._clients[service] = boto3.client(service)  # type: ignore[call-overload]  # any service
        return self._clients[service]

    @cached_property
    def region(self) -> str:  # type: ignore[override]
        """The environment's region."""
        return str(self.client("sts").meta.region_name)

    @cached_property
    def identity(self) -> tuple[dict[str, Any], float, float]:
        """Who asks, and when this was asked and answered by this machine's clock, in epoch seconds."""
        client, asked = self.client("sts"), time.time()
        answer = client.get_caller_identity()
        return answer, asked, time.time()

    @cached_property
    def described(self) -> dict[str, Any]:
        """CloudFormation's description of the stack."""
        return dict(self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0])

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        return {one["OutputKey"]: one["OutputValue"] for one in self.described.get("Outputs", [])}

    @cached_property
    def resources(self) -> dict[str, str]:
        """The names of the stack's resources at AWS, by their names in the template."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        found = [one for page in pages for one in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}

    @cached_property
    def table(self) -> str:  # type: ignore[override]
        """The table's name: the stack's own table, or one that it took over."""
        return self.outputs["TableName"]

    def queue(self, logical: str) -> dict[str, str]:
        """All attributes of a queue, by its name in the template."""
        url = self.resources[logical]
        return dict(self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])

    def queue_arn(self, logical: str) -> str:
        """The ARN of a queue, by its name in the template."""
        return self.queue(logical)["QueueArn"]

    @cached_property
    def alias(self) -> dict[str, Any]:
        """The alias whose version answers calls."""
        return dict(self.client("lambda").get_alias(FunctionName=self.resources["VoiceFunction"], Name=ALIAS))

    @cached_property
    def live(self) -> dict[str, Any]:
        """The configuration of that version."""
        function = self.resources["VoiceFunction"]
        return dict(self.client("lambda").get_function_configuration(FunctionName=function, Qualifier=ALIAS))

    @property
    def releases(self) -> frozenset[str]:
        """The releases that may answer: that of the version, and while a deployment is under way that of the next."""
        function, client = self.resources["VoiceFunction"], self.client("lambda")
        others = [
            client.get_function_configuration(FunctionName=function, Qualifier=version)["Environment"]["Variables"]
            for version in attribute(self.alias, "RoutingConfig", "AdditionalVersionWeights") or {}
        ]
        return frozenset({self.settings.release, *(one.get("RELEASE", "") for one in others)})

    @cached_property
    def settings(self) -> Settings:  # type: ignore[override]
        """The settings by which calls are answered. Raises ``SettingsError``."""
        stand_in = {"TWILIO_API_BASE_URL": os.environ.get("TWILIO_API_BASE_URL", "")}  # of this machine alone
        return Settings.from_environment({**self.live["Environment"]["Variables"], **stand_in})

    @cached_property
    def token(self) -> Secret:
        """The stored auth token, or tokens."""
        return self._secret(self.settings.twilio_auth_token_parameter)

    @cached_property
    def key(self) -> Secret:
        """The stored HMAC key."""
        return self._secret(self.settings.hmac_key_parameter)

    def _secret(self, name: str) -> Secret:
        found = self.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
        return Secret(name, str(found["Value"]), str(found["Type"]))


class OnLaptop(Patient):
    """The stack that `make run` started in this checkout."""

    place = Place.LAPTOP

    def __init__(self, running: Running) -> None:
        self.running = running
        self.settings = Settings.from_environment(running.settings)
        self.table, self.region = running.table, running.region

    def client(self, service: str) -> Any:
        """A client of the stand-in, which can reach nothing else."""
        return database.client_of(service, self.running.dynamodb, self.region)

    def mended_by(self, *_steps: str) -> tuple[str, ...]:
        """The stack is started again: no command of AWS's is meant for it, and would reach an account instead."""
        return _ANEW

    @property
    def token(self) -> Secret:
        """The stack's auth token."""
        return Secret("TWILIO_AUTH_TOKEN", self.settings.twilio_auth_token, "")

    @property
    def key(self) -> Secret:
        """The stack's HMAC key."""
        return Secret("HMAC_KEY", self.settings.hmac_key, "")


def attribute(of: Mapping[str, Any], *path: str) -> Any:
    """What is there in nested answers, or None."""
    found: Any = of
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
