"""template.yaml, deployed by `make deploy`'s own command and the real `sam deploy` into a stand-in for AWS, and called.

What the stand-in can't do is written in tests/deploy/cloud/process.py, and held elsewhere: the canary and its alarms
(test_release.py, tests/operate), the roles (test_permissions.py), SnapStart (test_artifact.py), pruning
(test_versions.py), the domain name (test_template.py).
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from twilio.request_validator import RequestValidator

from infra.build.contents import THEIRS
from infra.carrier import ANNOUNCED, Carrier, Phone
from infra.cli.main import main as ivr
from infra.deploy import __main__ as deploy
from infra.deploy.environment import read
from infra.doctor import webhooks
from ivr.screening.line import Line
from ivr.store.desk import Desk
from ivr.telephony.webhook import TEST
from tests.deploy.cloud.account import REGION, CloudAccount
from tests.deploy.parameter_answers import REQUIRED
from tests.doctor.typed import aws
from tests.recover.conftest import commands

pytestmark = pytest.mark.slow  # SAM, and functions in processes of their own: two minutes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
CHANGES = re.compile(r"^ *([+*-] \w+) +(\w+) +(AWS::\S+)", re.MULTILINE)
STACK, TOKEN = "call-screening-dev", "0123456789abcdef0123456789abcdef"
CALLER = "+13035550177"
LINES = {f"+1202555013{n}": f"+1202555014{n}" for n in range(6)}  # line -> the customer's telephone
FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = LINES
PATIENCE = 120  # seconds until what runs behind the stream and the queue is done, on a busy machine


@pytest.fixture(scope="module")
def account(python, runtime, rest_server):
    """An account with the two secrets, and no stack yet. Whatever asks for AWS reaches it, and nothing else."""
    with CloudAccount(python, runtime, rest_server.base_url) as account, pytest.MonkeyPatch.context() as patch:
        for name, value in account.environment.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        ssm = boto3.client("ssm")
        ssm.put_parameter(Name="/call-screening/twilio-auth-token", Value=TOKEN, Type="SecureString")
        ssm.put_parameter(Name="/call-screening/hmac-key", Value="k" * 40, Type="SecureString")
        yield account


@pytest.fixture(scope="module")
def sam():
    """SAM in an environment of its own, as `make build` installs it."""
    subprocess.run(["make", "-s", ".venv/sam/.ready"], cwd=ROOT, check=True, timeout=900)


@pytest.fixture(scope="module")
def built(artifact_of, tmp_path_factory):
    """What `sam build` leaves: the artifacts, and the template that names their folders."""
    folder = tmp_path_factory.mktemp("sam") / "build"
    folder.mkdir()
    text = (ROOT / "template.yaml").read_text("utf-8")
    for function in THEIRS:
        logical = "".join(word.title() for word in function.split("_")) + "Function"
        (folder / logical).symlink_to(artifact_of(function))
        text = re.sub(rf"(  {logical}:\n(?:    .*\n|      .*\n)*?      CodeUri: )\.", rf"\1{logical}", text)
    assert "CodeUri: .\n" not in text
    (folder / "template.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def deployed(account, sam, built, tmp_path_factory):
    """Deploys with these parameters, by the command of `make deploy ARGS=--yes`, and tells what SAM said."""
    folder = tmp_path_factory.mktemp("environments")

    def deployed(name="dev", **parameters):
        lines = [f'{key} = "{value}"' for key, value in (REQUIRED | parameters).items()]
        settings = f'region = "{REGION}"\n[tags]\nteam = "fraud-desk"\n[parameters]\n' + "\n".join(lines)
        (folder / f"{name}.toml").write_text(settings, "utf-8")
        environment = read(name, folder)
        whole = deploy.ready(deploy.sign_in(environment), environment)
        asked = deploy.command(whole, built, "--no-confirm-changeset")
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
        assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
        deploy.tell_pruned(deploy.sign_in(environment), environment)
        return told.stdout

    return deployed


@pytest.fixture(scope="module")
def first(deployed):
    """The stack, deployed once. What SAM said."""
    return deployed()


def outputs(stack=STACK):
    [told] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in told["Outputs"]}


def resource(logical_id, stack=STACK):
    formation = boto3.client("cloudformation")
    told = formation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    return told["StackResourceDetail"]["PhysicalResourceId"]


def live():
    """The version that answers calls, and all that are published."""
    functions, voice = boto3.client("lambda"), resource("VoiceFunction")
    published = functions.list_versions_by_function(FunctionName=voice)["Versions"]
    alias = functions.get_alias(FunctionName=voice, Name="live")
    return alias["FunctionVersion"], [one["Version"] for one in published if one["Version"] != "$LATEST"]


def until(condition):
    """Wait for what happens behind the stream and the queue."""
    patience = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < patience, "\n".join(background())
        time.sleep(0.2)
    return found


def is_awake(account, url):
    """Whether the API answers doctor's kind of call, of which nothing is stored: its function has started then."""
    form = {
        "CallSid": TEST + "0" * (34 - len(TEST)),
        "AccountSid": REQUIRED["TwilioAccountSid"],
        "From": "+13035550100",
        "To": FIRST,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
    }
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    return account.request(url, form, {"X-Twilio-Signature": signature}).status_code == HTTPStatus.OK


def background():
    """What the functions behind the stream and the queue have to say."""
    functions, logs = boto3.client("lambda"), boto3.client("logs")
    for source in functions.list_event_source_mappings()["EventSourceMappings"]:
        yield f"{source['FunctionArn']}: {source['State']}, {source['LastProcessingResult']}"
    for group in logs.describe_log_groups()["logGroups"]:
        for line in logs.filter_log_events(logGroupName=group["logGroupName"])["events"][-20:]:
            yield f"{group['logGroupName']}: {line['message']}"


@pytest.fixture
def store(first):
    return Desk(outputs()["TableName"], boto3.client("dynamodb"))


@pytest.fixture(scope="module")
def lines(first):
    """Lines that were registered as docs/deploy.md says."""
    for line, customer in LINES.items():
        done = CliRunner().invoke(ivr, ["--stack", STACK, "lines", "add", line, "--ring-to", customer, "--foreign"])
        assert done.exit_code == 0, done.output


@pytest.fixture
def ring(account, lines, rest_server):
    """One call to its end, from Twilio's network to the deployed API."""

    def ring(from_, to, *, keys=(), stack=STACK):
        url = outputs(stack)["VoiceWebhookUrl"]
        until(lambda: is_awake(account, url))
        base = url.removesuffix("/voice/incoming")
        customer = Phone(keys=list(keys), name="customer")
        carrier = Carrier(account.post, base_url=base, auth_token=TOKEN, pickups={LINES[to]: customer})
        carrier.answers_on(rest_server)
        call = carrier.place(from_=from_, to=to, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        assert not carrier.failures
        return SimpleNamespace(call=call, heard=" ".join(call.transcript.said("customer", "en")))

    return ring


def test_the_stack_is_made_after_its_changes_are_shown(first):
    assert first.index("CloudFormation stack changeset") < first.index("CREATE_COMPLETE")
    assert set(CHANGES.findall(first)) >= {change for change in CHANGES.findall(PAGE) if change[0] == "+ Add"} > set()
    assert outputs()["VoiceWebhookUrl"].endswith(".amazonaws.com/voice/incoming")
    [told] = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    assert {"Key": "team", "Value": "fraud-desk"} in told["Tags"]
    assert live() == ("1", ["1"])


def test_a_second_deployment_without_a_change_changes_nothing(first, deployed):
    before = live()
    nothing = f"No changes to deploy. Stack {STACK} is up to date"
    assert nothing in deployed()
    assert nothing in PAGE
    assert live() == before


def test_doctor_finds_the_stack_well_but_for_what_only_its_operator_can_add(account, lines, rest_server, monkeypatch):
    monkeypatch.setenv("TWILIO_API_BASE_URL", rest_server.base_url)
    monkeypatch.setattr(webhooks, "post", account.request)
    Carrier(None, base_url="https://ivr.example.com", auth_token=TOKEN).answers_on(rest_server)
    told = json.loads(CliRunner().invoke(ivr, ["--stack", STACK, "doctor", "--json"]).stdout)
    levels = {one["check"]: one["level"] for one in told}
    assert {name for name, level in levels.items() if level != "ok"} == {
        "alarm-topic",  # nobody is subscribed yet
        "alarms",  # the stand-in has none by an expression
        "twilio-numbers",  # no number points here yet
    }
    assert {"release", "table-ttl", "table-recovery", "queue-redrive", "webhook-incoming"} <= set(levels)


def test_four_reports_flag_a_caller_and_the_fifth_customer_is_warned(ring, store):
    for line in [FIRST, SECOND, THIRD, FOURTH]:
        ring(CALLER, line, keys=["9", "3", "2"])
    until(lambda: (found := store.reputations.get(CALLER)) and found.live == 4)
    fifth = ring(CALLER, FIFTH, keys=["3"])
    assert "customers reported this caller" in fifth.heard


def test_a_report_that_the_table_refuses_waits_in_the_queue_and_is_stored_later(account, ring, store):
    functions = boto3.client("lambda")
    [source] = functions.list_event_source_mappings(FunctionName=resource("RedeliverFunction"))["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    with account.outage():
        heard = ring("+13035550188", SIXTH, keys=["9", "1", "2"]).heard
    assert "Your report has been recorded" in heard
    reference = re.sub(r"\D", "", re.search(r"reference number is ([\d, ]+)", heard)[1])
    assert store.reports.by_reference(reference) == []
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=True)
    [report] = until(lambda: store.reports.by_reference(reference))
    assert report.caller == "+13035550188"


def test_a_changed_setting_reaches_the_next_call(ring, deployed):
    assert "Nakhla Telecom" in ring("+13035550111", FIRST, keys=["3"]).heard
    told = deployed(BrandEn="Palm Bank")
    assert set(CHANGES.findall(told)) >= {change for change in CHANGES.findall(PAGE) if change[0] == "* Modify"} > set()
    assert live() == ("2", ["1", "2"])
    assert "Palm Bank" in ring("+13035550111", FIRST, keys=["3"]).heard


def test_the_version_before_is_kept_and_can_be_called_back(ring, deployed):
    deployed(BrandEn="Palm Bank")
    functions, voice = boto3.client("lambda"), resource("VoiceFunction")
    functions.update_alias(FunctionName=voice, Name="live", FunctionVersion="1")
    assert "Nakhla Telecom" in ring("+13035550113", THIRD, keys=["3"]).heard
    functions.update_alias(FunctionName=voice, Name="live", FunctionVersion="2")
    assert "Palm Bank" in ring("+13035550113", THIRD, keys=["3"]).heard


def test_another_stack_adopts_the_table_and_knows_its_lines(account, ring, deployed, monkeypatch):
    table = outputs()["TableName"]
    deployed("second", ExistingTable=table)
    assert outputs("call-screening-second")["TableName"] == table
    monkeypatch.setattr(webhooks, "post", account.request)
    told = json.loads(CliRunner().invoke(ivr, ["--stack", "call-screening-second", "doctor", "--json"]).stdout)
    assert {"table", "table-stream", "event-sources", "key", "lines", "webhook-incoming"} <= {
        one["check"] for one in told if one["level"] == "ok"
    }
    assert "Nakhla Telecom" in ring("+13035550112", SECOND, keys=["3"], stack="call-screening-second").heard


def test_a_deleted_stack_leaves_its_table_which_another_stack_adopts_as_it_is(account, ring, deployed):
    """As docs/recover.md says it. What has no policy goes: the functions and their roles."""
    deployed("leaving")
    leaving, table = "call-screening-leaving", outputs("call-screening-leaving")["TableName"]
    kept = {name: resource(name, leaving) for name in ("ReportQueue", "ReportDeadLetters")}
    voice = resource("VoiceFunction", leaving)
    Desk(table, boto3.client("dynamodb")).put(Line(number=FIRST, kind="protected", ring_to=LINES[FIRST]))
    [command] = commands("Delete a stack, and keep the table", "aws cloudformation")
    aws(command.replace("call-screening-prod", leaving), boto3.client)
    until(lambda: not is_there(leaving))
    assert {*kept.values()} <= {*boto3.client("sqs").list_queues()["QueueUrls"]}
    assert voice not in {one["FunctionName"] for one in boto3.client("lambda").list_functions()["Functions"]}
    deployed("after", ExistingTable=table)
    assert "Nakhla Telecom" in ring("+13035550114", FIRST, keys=["3"], stack="call-screening-after").heard


def is_there(stack):
    try:
        boto3.client("cloudformation").describe_stacks(StackName=stack)
    except ClientError:
        return False
    return True
