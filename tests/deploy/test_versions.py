"""`make deploy` keeps the last versions of the voice function to go back to, and deletes the others."""

import io
import zipfile

import boto3
import pytest
from moto import mock_aws

from infra.deploy.versions import prune, superfluous

FUNCTION = "voice"


@pytest.mark.parametrize(
    ("published", "live", "keep", "deleted"),
    [
        ([1, 2, 3, 4, 5], 5, 3, [1, 2]),
        ([5, 4, 3, 2, 1], 5, 1, [1, 2, 3, 4]),
        ([1, 2], 2, 3, []),
        ([1, 2, 3], 2, 2, [3]),  # taken back: its correction could not be published beside it
        ([7, 9], 9, 2, []),
        ([], 1, 3, []),
    ],
)
def test_the_newest_older_ones_are_kept_and_none_that_was_taken_back(published, live, keep, deleted):
    assert superfluous(published, live, keep) == deleted


@pytest.fixture
def functions():
    with mock_aws():
        role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        client = boto3.client("lambda")
        client.create_function(
            FunctionName=FUNCTION, Runtime="python3.13", Role=role, Handler="a.b", Code={"ZipFile": zipped("0")}
        )
        for version in range(1, 6):
            client.update_function_code(FunctionName=FUNCTION, ZipFile=zipped(str(version)), Publish=True)
        client.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="5")
        yield client


def zipped(text):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a.py", text)
    return made.getvalue()


def versions(client):
    return [one["Version"] for one in client.list_versions_by_function(FunctionName=FUNCTION)["Versions"]]


def test_old_versions_are_deleted_from_lambda(functions):
    assert prune(functions, FUNCTION, 2) == [1, 2, 3]
    assert versions(functions) == ["$LATEST", "4", "5"]
    assert prune(functions, FUNCTION, 2) == []


def test_nothing_is_deleted_while_two_versions_share_the_calls(functions):
    functions.update_alias(
        FunctionName=FUNCTION,
        Name="live",
        FunctionVersion="4",
        RoutingConfig={"AdditionalVersionWeights": {"5": 0.1}},
    )
    assert prune(functions, FUNCTION, 1) == []
    assert "5" in versions(functions)
