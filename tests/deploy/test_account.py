"""Before anything is built, `make deploy` looks whether the account has what the stack will read."""

import io
from dataclasses import replace
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from infra.build.docs import ROOT
from infra.deploy import __main__ as deploy
from infra.deploy.account import AccountError, ready, sign_in
from infra.deploy.environment import Environment
from infra.deploy.existing_table import lacks
from infra.local.table import create_table, table_properties
from ivr.store.desk import Desk
from tests.deploy.parameter_answers import REQUIRED

REGION, TOKEN, KEY = "me-central-1", "0123456789abcdef0123456789abcdef", "k" * 32
TOKEN_NAME, KEY_NAME = "/call-screening/twilio-auth-token", "/call-screening/hmac-key"
TABLE = "restored"


@pytest.fixture
def cloud():
    with mock_aws():
        yield


@pytest.fixture
def ssm(cloud):
    return boto3.client("ssm", region_name=REGION)


@pytest.fixture
def secrets(ssm):
    ssm.put_parameter(Name=TOKEN_NAME, Value=TOKEN, Type="SecureString")
    ssm.put_parameter(Name=KEY_NAME, Value=KEY, Type="SecureString")


def environment(**parameters):
    return Environment("call-screening-test", REGION, REQUIRED | parameters, {}, 3)


class WithAStack:
    """A session whose CloudFormation knows one stack, or none: moto's own needs what is not installed."""

    def __init__(self, session, status):
        self.session = session
        self.formation = session.client("cloudformation")
        stub = Stubber(self.formation)
        if status:
            stack = {"StackName": "call-screening-test", "CreationTime": 0, "StackStatus": status}
            stub.add_response("describe_stacks", {"Stacks": [stack]})
        else:
            stub.add_client_error("describe_stacks", "ValidationError", "Stack with id x does not exist")
        stub.activate()

    def client(self, service):
        return self.formation if service == "cloudformation" else self.session.client(service)


def signed_in(of, status=""):
    account = sign_in(of)
    return replace(account, session=WithAStack(account.session, status))


def looked(status="", **parameters):
    return ready(signed_in(environment(**parameters), status), environment(**parameters))


def missing(status="", **parameters):
    with pytest.raises(AccountError) as refused:
        looked(status, **parameters)
    return str(refused.value)


def test_an_account_with_both_secrets_is_ready(secrets):
    assert looked() == environment()


def test_a_missing_secret_is_named_with_its_region_and_the_command_that_stores_it(ssm):
    told = missing()
    assert f"- the secret {TOKEN_NAME} is not in {REGION}" in told
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for command in (f"{TOKEN_NAME} --value 'YOUR_AUTH_TOKEN'", f'{KEY_NAME} --value "$(openssl rand -hex 32)"'):
        put = f"aws ssm put-parameter --region {REGION} --type SecureString --name {command}\n"
        assert put in f"{told}\n"
        assert f"\n   {put}" in page


def test_a_secret_in_another_region_is_not_found(cloud):
    for name, value in ((TOKEN_NAME, TOKEN), (KEY_NAME, KEY)):
        boto3.client("ssm", region_name="eu-west-1").put_parameter(Name=name, Value=value, Type="SecureString")
    assert f"is not in {REGION}" in missing()


@pytest.mark.parametrize(("name", "value"), [(TOKEN_NAME, "hunter2-hunter2"), (KEY_NAME, "too short")])
def test_a_secret_of_a_wrong_shape_is_refused_and_not_shown(secrets, ssm, name, value):
    ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    told = missing()
    assert f"- the secret {name} can't be right: store" in told
    assert value not in told


def test_the_shape_of_a_shared_key_is_shown_as_it_is_stored(secrets, ssm):
    ssm.put_parameter(Name=TOKEN_NAME, Value="YOUR_AUTH_TOKEN", Type="SecureString", Overwrite=True)
    assert "store auth tokens of 32 hexadecimal digits or webhooks_sharedkey_NAME=SECRET:" in missing()


def test_a_secret_that_is_not_encrypted_is_refused(secrets, ssm):
    ssm.delete_parameter(Name=KEY_NAME)
    ssm.put_parameter(Name=KEY_NAME, Value=KEY, Type="String")
    assert "is stored as a String, which is not encrypted" in missing()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("AccessDeniedException", ""),  # the functions read secrets; people who deploy may be allowed not to
        ("InvalidKeyId", f"the secret {KEY_NAME} can't be read: "),
    ],
)
def test_a_secret_that_may_not_be_read_is_left_to_the_functions(secrets, code, told):
    account = signed_in(environment())
    ssm = account.client("ssm")

    def refuse(**_):
        raise ClientError({"Error": {"Code": code}}, "GetParameter")

    ssm.meta.events.register("before-call.ssm.GetParameter", refuse)
    account.session.session = SimpleNamespace(client=lambda _: ssm)
    if not told:
        assert ready(account, environment()) == environment()
        return
    with pytest.raises(AccountError, match=told):
        ready(account, environment())


def test_the_desks_client_secret_is_looked_for_where_it_is_named(secrets):
    told = missing(DeskClientSecretParameter="/call-screening/desk-client-secret")
    assert "/call-screening/desk-client-secret is not in" in told


def test_no_credentials_is_told_with_the_remedy(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(AccountError, match="no AWS credentials were found: sign in first"):
        sign_in(environment())


@pytest.fixture
def table(secrets):
    """A table as the stack makes it, with recovery and protection."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    create_table(dynamodb, TABLE)
    dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=True)
    dynamodb.update_continuous_backups(
        TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return dynamodb


def test_a_whole_table_is_adopted_with_its_stream(table):
    stream = looked(ExistingTable=TABLE).parameters["ExistingTableStream"]
    assert stream == table.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    assert "/stream/" in stream


def test_a_table_that_is_not_there_is_named(secrets):
    assert "- there is no table nowhere (ExistingTable) in me-central-1" in missing(ExistingTable="nowhere")


def test_what_a_restored_table_lacks_is_told_with_the_commands_that_add_it(secrets):
    """A restored table has neither stream nor TTL, recovery or protection. The commands, run as printed, suffice."""
    kept = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    restored = {name: table_properties()[name] for name in kept}
    boto3.client("dynamodb", region_name=REGION).create_table(TableName=TABLE, **restored)
    commands = [line.split() for line in missing(ExistingTable=TABLE).splitlines() if line.startswith("    aws ")]
    assert len(commands) == 4
    for _, service, operation, *options, where, region in commands:
        assert where == "--region"
        run(boto3.client(service, region_name=region), operation, options)
    assert looked(ExistingTable=TABLE).parameters["ExistingTableStream"]


def run(client, operation, options):
    """One AWS CLI command, by the CLI's own rules for options: a structure is written as KEY=VALUE,KEY=VALUE."""
    arguments, name = {}, ""
    for word in options:
        if word.startswith("--"):
            name = "".join(part.title() for part in word[2:].split("-"))
            arguments[name] = True
        elif "=" in word:
            pairs = (pair.split("=") for pair in word.split(","))
            arguments[name] = {key: {"true": True, "false": False}.get(value, value) for key, value in pairs}
        else:
            arguments[name] = word
    getattr(client, operation.replace("-", "_"))(**arguments)


def test_a_table_of_another_product_or_without_an_index_is_refused(secrets):
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert "it is no table of this product" in missing(ExistingTable=TABLE)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda one: one.update(TableStatus="CREATING"), "is CREATING: wait until it is ACTIVE"),
        (lambda one: one["BillingModeSummary"].update(BillingMode="PROVISIONED"), "--billing-mode PAY_PER_REQUEST"),
        (lambda one: index(one, "calls", Projection={"ProjectionType": "ALL"}), "and project KEYS_ONLY"),
        (lambda one: index(one, "calls", KeySchema=one["KeySchema"]), "must have the keys call_day (HASH), called_key"),
        (lambda one: index(one, "calls", IndexStatus="CREATING"), "is CREATING: wait until it is ACTIVE"),
        (
            lambda one: one["StreamSpecification"].update(StreamViewType="KEYS_ONLY"),
            f"the stream of the table {TABLE} must show NEW_AND_OLD_IMAGES",
        ),
    ],
    ids=["being made", "fixed capacity", "another projection", "other keys", "being built", "another view"],
)
def test_what_a_table_has_otherwise_is_told(table, change, told):
    described = table.describe_table(TableName=TABLE)["Table"]
    change(described)
    [lack] = lacks(table, described)
    assert told in lack


def index(described, name, **change):
    [found] = [one for one in described["GlobalSecondaryIndexes"] if one["IndexName"] == name]
    found.update(change)


def test_a_table_that_expires_by_another_attribute_deletes_nothing(table):
    expiry = {"TimeToLiveSpecification": {"Enabled": False, "AttributeName": "expires"}}
    table.update_time_to_live(TableName=TABLE, **expiry)
    expiry["TimeToLiveSpecification"] = {"Enabled": True, "AttributeName": "until"}
    table.update_time_to_live(TableName=TABLE, **expiry)
    assert f"the table {TABLE} deletes nothing that has expired" in missing(ExistingTable=TABLE)


def test_an_index_that_was_not_restored_is_named(table):
    table.update_table(TableName=TABLE, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "numbers"}}])
    assert f"the table {TABLE} has no index numbers" in missing(ExistingTable=TABLE)


def test_a_table_that_was_written_with_another_key_is_refused(table):
    Desk(TABLE, table).fingerprints.keep("another", 1_795_000_000)
    assert f"the table {TABLE} was written with another HMAC key" in missing(ExistingTable=TABLE)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("UPDATE_IN_PROGRESS", "the stack call-screening-test is UPDATE_IN_PROGRESS: wait until it is done"),
        ("DELETE_FAILED", "aws cloudformation delete-stack --region me-central-1 --stack-name call-screening-test"),
        ("ROLLBACK_FAILED", "aws cloudformation delete-stack --region me-central-1 --stack-name call-screening-test"),
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --region me-central-1 --stack-name call-screening-test"),
        (
            "UPDATE_ROLLBACK_FAILED",
            "aws cloudformation continue-update-rollback --region me-central-1 --stack-name call-screening-test",
        ),
    ],
)
def test_a_stack_that_takes_no_update_is_told_before_the_build(secrets, status, told):
    assert told in missing(status)


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_stack_that_takes_an_update_is_ready(secrets, status):
    assert looked(status) == environment()


def test_without_a_terminal_the_question_must_be_answered_beforehand(secrets, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(deploy, "BUILT", tmp_path / "build")
    monkeypatch.setattr(deploy, "read", lambda _name: environment())
    monkeypatch.setattr(deploy, "sign_in", signed_in)
    monkeypatch.setattr(deploy.sys, "stdin", io.StringIO())
    assert deploy.main(["test", "--look"]) == 2
    assert "make deploy ENV=test ARGS=--yes" in capsys.readouterr().err
    assert deploy.main(["test", "--look", "--yes"]) == 0
    assert f"Deploying call-screening-test to account 123456789012, {REGION}, as arn:aws:" in capsys.readouterr().out
