"""`ivr --stack NAME`: a deployed stack is judged by its own settings, read from a second stand-in for AWS."""

import json
import os

import pytest
from botocore.client import BaseClient

from infra.cli.deployed import deployed
from infra.deploy.template import environment
from infra.local.database import client_of
from infra.local.table import create_table, table_properties
from ivr.pseudonym import reference
from ivr.reports import Report
from ivr.settings import Settings
from ivr.store.desk import Desk
from tests.bench.second_stand_in import SecondStandIn
from tests.deploy.parameter_answers import REQUIRED
from tests.slowly import slow_after

STACK, CALLER = "call-screening-test", "+96891234567"
REFERENCE = reference("CA" + "1" * 32, "screened", "a key")
ANSWERS = REQUIRED | {
    "Timezone": "Asia/Tokyo",
    "CareNumber": "+96824000000",
    "VoiceAr": "Polly.Zayd-Neural",
    "CareHours": "Su-Th 08:00-20:00",
    "OwnNumbers": "+96824123456",
}
NOW = 1_795_000_000  # 2026-11-18 11:06:40 UTC, 20:06 in Tokyo


@pytest.fixture(scope="module")
def cloud():
    """A deployed stack: the function, its live alias and the table, under the template's names."""
    with SecondStandIn("dynamodb,dynamodbstreams,cloudformation,lambda,iam") as stand_in:
        client_of("cloudformation", stand_in.address).create_stack(
            StackName=STACK, TemplateBody=json.dumps({"Resources": resources()})
        )
        yield stand_in


def resources():
    published = {**environment("VoiceFunction", ANSWERS), "TABLE_NAME": {"Ref": "Table"}}
    return {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": table_properties(),
        },
        "VoiceFunction": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"ZipFile": "def handler(event, context): return {}"},
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Role": "arn:aws:iam::000000000000:role/voice",
                "Environment": {"Variables": published},
            },
        },
        "VoiceFunctionVersion1": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": "VoiceFunction"}},
        },
        "VoiceFunctionAliaslive": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": "VoiceFunction"},
                "FunctionVersion": {"Fn::GetAtt": ["VoiceFunctionVersion1", "Version"]},
            },
        },
    }


@pytest.fixture
def aws(cloud, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.address)
    monkeypatch.setenv("AWS_REGION", "me-central-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    return cloud


@pytest.fixture
def table_alone(cloud, aws):
    """The name of a table in the same account, with one report in it."""
    dynamodb = cloud.client()
    create_table(dynamodb, "table-alone")
    report = Report(
        call_sid="CA" + "1" * 32,
        which="screened",
        reference=REFERENCE,
        reported_at=NOW,
        reporter="0" * 32,
        verified=1,
        caller=CALLER,
        line="+12025550100",
        expires=NOW + 10**9,
    )
    Desk("table-alone", dynamodb).put(report)
    yield "table-alone"
    dynamodb.delete_table(TableName="table-alone")


@pytest.mark.slow
def test_a_stack_is_read_with_the_settings_that_it_answers_calls_by(ivr, aws):
    told = ivr("--stack", STACK, "care", "hours", "--at", "2026-11-18T21:00", "--json").json
    assert (told["hours"], told["timezone"], told["open"]) == ("Su-Th 08:00-20:00", "Asia/Tokyo", False)
    assert "Nakhla Telecom" in ivr("--stack", STACK, "prompts", "show").out
    assert "Polly.Zayd-Neural" in ivr("--stack", STACK, "fallback").out


def test_a_change_names_its_stack_first(ivr, aws):
    done = ivr("--stack", STACK, "lines", "add", "+12025550100", "--kind", "report")
    assert done.status == 0, done.err
    assert done.err.startswith(f"Changing the stack {STACK}: table ")
    assert "+12025550100" in ivr("--stack", STACK, "lines", "list").out


def test_a_stack_of_more_than_a_hundred_resources_is_read_to_its_end(ivr, aws, monkeypatch):
    """As AWS tells of it, a hundred at a time, the function behind them: DescribeStackResources has no second page."""
    real = BaseClient._make_api_call
    others = [{"LogicalResourceId": f"Alarm{nth}", "ResourceType": "AWS::CloudWatch::Alarm"} for nth in range(100)]

    def by_hundreds(client, operation, values):
        if operation == "DescribeStackResources":
            return {"StackResources": others}
        if operation == "ListStackResources" and not values.pop("NextToken", ""):
            return {"StackResourceSummaries": others, "NextToken": "more"}
        return real(client, operation, values)

    monkeypatch.setattr(BaseClient, "_make_api_call", by_hundreds)
    told = ivr("--stack", STACK, "lines", "list")
    assert told.status == 0, told.err


def test_the_log_of_a_call_is_looked_for_where_functions_write_and_the_desk_may_read(aws, monkeypatch):
    """Not in the API's access log, whose refusal would hide the others."""
    real, kind = BaseClient._make_api_call, "AWS::Logs::LogGroup"
    groups = [
        {"LogicalResourceId": "VoiceLogs", "ResourceType": kind, "PhysicalResourceId": f"/aws/lambda/{STACK}-voice"},
        {
            "LogicalResourceId": "AccessLogs",
            "ResourceType": kind,
            "PhysicalResourceId": f"/aws/vendedlogs/{STACK}/access",
        },
    ]

    def with_groups(client, operation, values):
        answer = real(client, operation, values)
        if operation == "ListStackResources":
            answer["StackResourceSummaries"] += groups
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", with_groups)
    assert deployed(STACK).log_groups == [f"/aws/lambda/{STACK}-voice"]


def test_an_unpublished_change_is_not_read(ivr, aws):
    functions = client_of("lambda", aws.address)
    [function] = [one["FunctionName"] for one in functions.list_functions()["Functions"]]
    other = environment("VoiceFunction", ANSWERS | {"CareHours": "24/7"})
    functions.update_function_configuration(FunctionName=function, Environment={"Variables": other})
    assert ivr("--stack", STACK, "care", "hours", "--json").json["hours"] == "Su-Th 08:00-20:00"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--stack", "nowhere", "lines", "list"],
            "there is no stack nowhere in me-central-1: name one of these with --stack",
        ),
        (["--stack", STACK, "--table", "t", "lines", "list"], "name one of them"),
    ],
)
def test_a_stack_that_can_not_be_read_is_one_line(ivr, aws, arguments, told):
    assert told in ivr(*arguments).refusal


@pytest.mark.parametrize(
    ("arguments", "unknown"),
    slow_after(
        2,
        [
            (["reports", "list", "--day", "2026-11-18"], "TIMEZONE"),
            (["explain", CALLER, "--line", "+12025550100"], "HOME_REGION"),
            (["care", "hours"], "TIMEZONE"),
            (["reports", "dossier", REFERENCE, "--to", "."], "RETENTION_AUDIT_DAYS"),
            (["forget", CALLER, "--dry-run"], "HMAC_KEY"),
            (["callers", "decide", CALLER, "flagged", "--note", "x"], "RETENTION_DECISIONS_DAYS"),
            (["fallback"], "BRAND_EN"),
        ],
    ),
)
def test_a_setting_that_a_table_does_not_tell_is_refused(ivr, table_alone, monkeypatch, arguments, unknown):
    monkeypatch.setenv("EXTRA_NUMBER_RANGES", "")
    for name in {"TIMEZONE", "HOME_REGION", "BRAND_AR"} - {unknown}:  # as far as the setting that is to be missed
        monkeypatch.setenv(name, {"TIMEZONE": "Asia/Muscat", "HOME_REGION": "OM", "BRAND_AR": "x"}[name])
    refusal = ivr("--table", table_alone, *arguments).refusal
    assert unknown in refusal
    assert "--stack" in refusal


def test_settings_of_the_environment_are_used_for_a_table(ivr, table_alone, monkeypatch):
    monkeypatch.setenv("TIMEZONE", "Asia/Tokyo")
    assert "2026-11-18 20:06" in ivr("--table", table_alone, "reports", "list", "--day", "2026-11-18").out


def test_a_command_that_needs_no_setting_runs_without_them(ivr, table_alone):
    assert ivr("--table", table_alone, "lines", "list").status == 0


def test_a_missing_setting_is_refused_through_each_derived_value(monkeypatch):
    from infra.cli.known_settings import only_given

    known = only_given(
        Settings.from_environment(environment("VoiceFunction", ANSWERS)), {"HOME_REGION", "EXTRA_NUMBER_RANGES"}, "t"
    )
    assert known.home_region == "OM"
    assert known.normalised(("24123456",)) == {"+96824123456"}
    for rests_on_own_numbers in (lambda: known.own_numbers, lambda: known.numbers_of_our_own):
        with pytest.raises(Exception, match="OWN_NUMBERS of the deployment"):
            rests_on_own_numbers()


def test_the_brand_is_known_when_each_offered_language_has_one(ivr, table_alone, monkeypatch):
    monkeypatch.setenv("BRAND_AR", "x")
    monkeypatch.setenv("BRAND_EN", "Palm Bank")
    assert "BRAND" not in ivr("--table", table_alone, "fallback").err
