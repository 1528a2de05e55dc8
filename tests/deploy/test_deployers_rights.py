"""The policies of the person who deploys: as narrow as they can be, and wide enough for all that is asked for."""

from __future__ import annotations

import json
import re
import subprocess
from fnmatch import fnmatchcase

import botocore.client
import pytest

from infra.build.docs import ROOT
from infra.deploy import rights
from infra.deploy.versions import prune
from tests.deploy.parameter_answers import REQUIRED
from tests.deploy.test_account import TABLE, cloud, looked, secrets, ssm, table
from tests.deploy.test_release import built_in, translated
from tests.deploy.test_versions import FUNCTION, functions

__all__ = ["cloud", "functions", "secrets", "ssm", "table"]

DOCUMENTS = rights.documents()
STATEMENTS = [one for document in DOCUMENTS.values() for one in document["Statement"]]
ALLOWED = {action for one in STATEMENTS for action in one["Action"]}
EVERYWHERE = {"CheckTheTemplate", "FollowTheStreamAndTheQueue", "WhatKnowsNoResource"}
BOOTSTRAP = "utils/managed_cloudformation_stack.py"
# SAM has these for commands and options that `make deploy` does not use: sam delete, --on-failure, its own pipelines.
OTHERS_OF_SAM = {"RollbackStack", "UpdateTerminationProtection", "ListImports"}


def allows(action, resource):
    return any(
        action in one["Action"] and any(fnmatchcase(resource, pattern) for pattern in one["Resource"])
        for one in STATEMENTS
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_files_are_current_and_iam_takes_them(name):
    written = (rights.FOLDER / name).read_text("utf-8")
    assert json.loads(written) == DOCUMENTS[name], "run: .venv/bin/python -m infra.deploy.rights"
    assert len(json.dumps(DOCUMENTS[name], separators=(",", ":"))) < 6_144  # characters, without blanks
    sids = [one["Sid"] for one in DOCUMENTS[name]["Statement"]]
    assert len(sids) == len(set(sids))
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


def test_every_type_that_cloudformation_makes_is_known(tmp_path):
    made = {one["Type"] for one in translated(built_in(tmp_path), REQUIRED)["Resources"].values()}
    assert rights.types() == made


@pytest.mark.parametrize("kind", sorted(rights.types()))
def test_what_cloudformation_asks_for_is_allowed_or_left_out_by_name(kind):
    asked = rights.asked(kind)
    assert asked
    left_out = {one for one in asked if one.partition(":")[0] in rights.OTHER_SERVICES} | rights.UNUSED
    assert asked - left_out <= ALLOWED


def test_nothing_is_left_out_that_nobody_asks_for():
    asked = set().union(*map(rights.asked, rights.types()))
    assert asked >= rights.UNUSED
    assert {one.partition(":")[0] for one in asked} >= rights.OTHER_SERVICES


def test_it_reaches_our_stacks_alone_and_no_data():
    for one in STATEMENTS:
        assert one["Effect"] == "Allow"
        assert ("*" in one["Resource"]) == (one["Sid"] in EVERYWHERE)
        assert not any("*" in action for action in one["Action"])
    items = {"GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
    assert ALLOWED & {f"dynamodb:{one}" for one in items} == set()
    assert ALLOWED & {"sqs:ReceiveMessage", "sqs:SendMessage", "ssm:PutParameter", "lambda:InvokeFunction"} == set()
    ours, others = "role/call-screening-prod-VoiceRole-1", "role/billing"
    for action in ("iam:PassRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"):
        assert allows(action, f"arn:aws:iam::123456789012:{ours}")
        assert not allows(action, f"arn:aws:iam::123456789012:{others}")
    attached = next(one for one in STATEMENTS if "iam:AttachRolePolicy" in one["Action"])
    assert attached["Condition"]["ArnEquals"]["iam:PolicyARN"].endswith("/AWSCodeDeployRoleForLambda")


@pytest.fixture
def asked_for(monkeypatch):
    """What is asked of AWS, as actions."""
    found = set()
    real = botocore.client.BaseClient._make_api_call

    def noted(client, operation, values):
        found.add(f"{client.meta.service_model.service_name}:{operation}")
        return real(client, operation, values)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    return found


def test_what_the_look_into_the_account_asks_for_is_allowed(table, asked_for):
    looked("CREATE_COMPLETE", ExistingTable=TABLE)
    everybody, if_allowed = {"sts:GetCallerIdentity"}, {"dynamodb:GetItem"}  # the table's fingerprint of the key
    assert asked_for >= {"cloudformation:DescribeStacks", "ssm:GetParameter", "dynamodb:DescribeTable"}
    assert asked_for - everybody - if_allowed <= ALLOWED


def test_deleting_old_versions_is_allowed(functions, asked_for):
    assert prune(functions, FUNCTION, 2)
    assert asked_for - {"lambda:ListVersionsByFunction"} == {"lambda:GetAlias", "lambda:DeleteFunction"}
    for action in asked_for:
        assert allows(action, "arn:aws:lambda:me-central-1:123456789012:function:call-screening-prod-VoiceFunction-1:3")


@pytest.mark.slow
def test_what_sam_asks_of_cloudformation_is_allowed():
    """As its source has it."""
    subprocess.run(["make", "-s", ".venv/sam/.ready"], cwd=ROOT, check=True, timeout=900)
    [package] = (ROOT / ".venv" / "sam").glob("lib/python*/site-packages/samcli")
    source = "".join((package / "lib" / name).read_text("utf-8") for name in ("deploy/deployer.py", BOOTSTRAP))
    called = re.findall(r"(?:self\._client|cloudformation_client)\.([a-z_]+)\(", source)
    called += re.findall(r'get_paginator\("([a-z_]+)"\)', source)
    named = {"".join(word.title() for word in one.split("_")) for one in called} - {"GetWaiter", "GetPaginator"}
    assert named >= {"CreateChangeSet", "ExecuteChangeSet", "DescribeStackEvents"}
    assert {f"cloudformation:{one}" for one in named - OTHERS_OF_SAM} <= ALLOWED
