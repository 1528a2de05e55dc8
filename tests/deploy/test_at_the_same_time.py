"""Two deployments at the same time: neither takes the other's parameters, artifacts or versions."""

import subprocess
import sys

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from infra.deploy import __main__ as deploy
from infra.deploy.account import Account
from infra.deploy.alone import NotAloneError, alone
from infra.deploy.environment import Environment
from tests.deploy.parameter_answers import REQUIRED

ENVIRONMENT = Environment("call-screening-test", "me-central-1", REQUIRED, {}, 3)


def test_a_second_deployment_of_a_checkout_is_refused_before_it_builds(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(deploy, "BUILT", tmp_path / "build")
    monkeypatch.setattr(deploy, "read", lambda _: ENVIRONMENT)
    with alone(tmp_path):
        assert deploy.main(["test", "--look", "--yes"]) == 2
    assert "another `make deploy` of this checkout has not finished" in capsys.readouterr().err
    with alone(tmp_path):  # it was let go
        pass


def test_sam_holds_it_when_the_deployment_itself_is_killed(tmp_path):
    with alone(tmp_path) as held:
        sam = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[held])
    with pytest.raises(NotAloneError), alone(tmp_path):
        pass
    sam.communicate(b"\n", timeout=60)
    with alone(tmp_path):
        pass


@pytest.mark.parametrize(
    ("status", "is_pruned"),
    [("UPDATE_IN_PROGRESS", False), ("UPDATE_ROLLBACK_IN_PROGRESS", False), ("UPDATE_ROLLBACK_COMPLETE", True)],
)
def test_no_version_is_deleted_that_somebody_else_is_deploying(status, is_pruned, monkeypatch):
    pruned = []
    monkeypatch.setattr(deploy, "prune", lambda *_: pruned.append("2") or [2])
    with mock_aws():
        deploy.tell_pruned(_account(status), ENVIRONMENT)
    assert pruned == ["2"] * is_pruned


class _Session:
    """A session whose CloudFormation knows one stack, in a state: moto's own needs what is not installed."""

    def __init__(self, status):
        self._session = boto3.Session(region_name="me-central-1")
        self._formation = self._session.client("cloudformation")
        found = {
            "LogicalResourceId": "VoiceFunction",
            "PhysicalResourceId": "voice",
            "ResourceType": "AWS::Lambda::Function",
        }
        stub = Stubber(self._formation)
        times = {"LastUpdatedTimestamp": 0, "ResourceStatus": "UPDATE_COMPLETE"}
        stub.add_response("describe_stack_resource", {"StackResourceDetail": found | times})
        stack = {"StackName": "call-screening-test", "CreationTime": 0, "StackStatus": status}
        stub.add_response("describe_stacks", {"Stacks": [stack]})
        stub.activate()

    def client(self, service):
        return self._formation if service == "cloudformation" else self._session.client(service)


def _account(status):
    return Account(_Session(status), "123456789012", "arn:aws:iam::123456789012:user/salma", "me-central-1")
