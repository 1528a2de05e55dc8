"""What people may do with the `ivr` command: each policy allows what the commands ask for, and nothing else."""

from __future__ import annotations

import json
import re

import botocore.client
import pytest
from click.testing import CliRunner

from infra.cli.main import main
from infra.doctor.examination import CHECKS
from infra.local import demo
from infra.local.documented import documented
from ivr.desk import Context
from tests.care.conftest import call_back
from tests.conftest import ENVIRONMENT
from tests.deploy.reachable_operations import PARTS

CALLER, LINE = "+96891234567", "+12025550170"
BY = ["--by", "Salma"]
NOTE = ["--note", "a note", *BY]
OF_THE_DESK = [
    ["lines", "add", LINE, "--ring-to", CALLER, *BY],
    ["lines", "change", LINE, "--mode", "strict", *BY],
    ["lines", "list"],
    ["lines", "show", LINE],
    ["lines", "remove", LINE, "--forget", *NOTE],
    ["callers", "decide", CALLER, "flagged", *NOTE],
    ["callers", "decide", CALLER, "flagged", *NOTE, "--try"],
    ["callers", "list"],
    ["callers", "show", CALLER],
    ["callers", "take-back", CALLER, *NOTE],
    ["callers", "dispute", CALLER, *NOTE],
    ["callers", "disputes"],
    ["callers", "keep", CALLER, *NOTE],
    ["callers", "clear", CALLER, *NOTE],
    ["rules", "add", "+968901", "flagged", *NOTE],
    ["rules", "list"],
    ["rules", "remove", "+968901", *NOTE],
    ["reports", "list"],
    ["reports", "list", "--caller", CALLER],
    ["calls", "list"],
    ["audit", "list"],
    ["audit", "show", "caller", CALLER],
    ["care", "call-backs"],
    ["care", "take", call_back().ticket, *BY],
    ["care", "done", call_back().ticket, *NOTE],
    ["messages", "list"],
    ["messages", "opt-out", demo.CUSTOMER, *BY],
    ["messages", "opt-in", demo.CUSTOMER, *BY],
    ["explain", CALLER, "--line", demo.PROTECTED_LINE],
    ["export", "audit", "--since", "2026-01-01", *BY],
    ["export", "decisions", *BY],
    ["export", "rules", *BY],
    ["export", "lines", *BY],
]
SEEN = {"LookAtTheFunctions": "AWS::Serverless::Function", "LookAtTheQueues": "AWS::SQS::Queue"}
OF_OPERATIONS = [["forget", demo.CUSTOMER, "--unregister", "--yes", *BY]]


@pytest.fixture(scope="module")
def allowed(template):
    """The actions of each statement of a policy, and on what."""

    def statements(policy):
        document = template["Resources"][policy]["Properties"]["PolicyDocument"]
        return {one["Sid"]: one for one in document["Statement"]}

    return statements


def actions(statements):
    listed = ([one["Action"]] if isinstance(one["Action"], str) else one["Action"] for one in statements.values())
    return {action for several in listed for action in several}


@pytest.fixture
def asked(store, monkeypatch, tmp_path):
    """The actions that commands need, on the table that the tests have."""
    for name, (_, default) in documented().items():
        monkeypatch.setenv(name, ENVIRONMENT.get(name, default or ""))
    found = set()
    real = botocore.client.BaseClient._make_api_call

    def noted(client, operation, values):
        service = client.meta.service_model.service_name
        if operation == "TransactWriteItems":
            parts = [kind for write in values["TransactItems"] for kind in write]
            found.update(f"dynamodb:{''.join(word.title() for word in PARTS[one].split('_'))}" for one in parts)
        else:
            found.add(f"{service}:{operation}")
        return real(client, operation, values)

    def asked(commands):
        now = Context.now()
        store.put(call_back(asked_at=now, due_at=now + 60, expires=now + 9999))
        (tmp_path / "numbers.csv").write_text(f"caller,verdict,note,until\n{CALLER[:-1]}1,flagged,a list,\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
            for command in commands:
                told = CliRunner().invoke(main, ["--table", store.table.name, *command], catch_exceptions=False)
                assert told.exit_code == 0, (command, told.stderr)
        return found - {"sts:GetCallerIdentity"}  # which everybody may call

    return asked


@pytest.mark.slow
def test_the_desks_commands_need_what_their_policy_allows_and_nothing_else(allowed, asked, tmp_path):
    needed = asked([*OF_THE_DESK, ["import", "callers", str(tmp_path / "numbers.csv"), *BY]])
    statements = allowed("IvrDeskPolicy")
    assert needed == actions({sid: statements[sid] for sid in ("UseTheTable", "ReadItsIndexes")})


def test_to_find_the_stack_its_key_and_its_log_is_all_else_that_it_allows(allowed):
    others = {sid: one["Action"] for sid, one in allowed("IvrDeskPolicy").items()}
    assert {sid: action for sid, action in others.items() if sid not in {"UseTheTable", "ReadItsIndexes"}} == {
        "FindTheStack": "cloudformation:ListStackResources",
        "ReadItsSettings": "lambda:GetFunctionConfiguration",
        "ReadTheKey": "ssm:GetParameter",
        "DecryptIt": "kms:Decrypt",
        "ReadTheLogs": "logs:FilterLogEvents",
    }


def test_the_desk_reads_the_logs_of_this_stacks_functions_alone(allowed, template):
    """A name that ends with a star would be the beginning of another stack's too."""
    listed = allowed("IvrDeskPolicy")["ReadTheLogs"]["Resource"]
    groups = {one["Fn::If"][1]["Fn::GetAtt"][0] if "Fn::If" in one else one["Fn::GetAtt"][0] for one in listed}
    functions = [
        one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Function"
    ]
    assert groups == {one["LoggingConfig"]["LogGroup"]["Ref"] for one in functions}


@pytest.mark.slow
def test_to_forget_a_person_needs_both_policies(allowed, asked):
    needed = asked(OF_OPERATIONS)
    assert "dynamodb:Scan" in needed
    assert needed <= actions(allowed("IvrDeskPolicy")) | actions(allowed("IvrOperationsPolicy"))
    assert "dynamodb:Scan" not in actions(allowed("IvrDeskPolicy"))


def test_operations_may_do_what_the_doctor_needs_and_nothing_else(allowed):
    needs = {action for check in CHECKS for action in check.needs}
    needs -= {"sts:GetCallerIdentity"}  # everybody may
    both = actions(allowed("IvrDeskPolicy")) | actions(allowed("IvrOperationsPolicy"))
    assert needs <= both
    assert actions(allowed("IvrOperationsPolicy")) - needs == {"dynamodb:Scan"}


@pytest.mark.parametrize("policy", ["IvrDeskPolicy", "IvrOperationsPolicy"])
def test_a_policy_names_this_stacks_own_resources(allowed, template, policy):
    for sid, statement in allowed(policy).items():
        assert statement["Effect"] == "Allow"
        assert (statement["Resource"] == "*") == (sid == "LookAtTheAccount")
    written = json.dumps(template["Resources"][policy]["Properties"]["PolicyDocument"], separators=(",", ":"))
    assert len(written) < 6_144  # characters that IAM takes, without blanks; names are longer than what they stand for
    assert template["Outputs"][f"{policy.removeprefix('Ivr')}Arn"]["Value"] == {"Ref": policy}


def test_operations_look_at_every_function_and_every_queue(allowed, template):
    made = {
        kind: {name for name, one in template["Resources"].items() if one["Type"] == kind} for kind in SEEN.values()
    }
    for sid, kind in SEEN.items():
        named = [
            one["Fn::If"][1] if "Fn::If" in one else one for one in allowed("IvrOperationsPolicy")[sid]["Resource"]
        ]
        assert {one["Fn::GetAtt"][0] for one in named if "Fn::GetAtt" in one} == made[kind]


def documents(template):
    """Every policy of the template, by its name."""
    for name, one in template["Resources"].items():
        match one["Type"]:
            case "AWS::IAM::Role":
                yield from ((name, policy["PolicyDocument"]) for policy in one["Properties"]["Policies"])
            case "AWS::IAM::ManagedPolicy":
                yield name, one["Properties"]["PolicyDocument"]


def test_a_policy_that_reads_secrets_reads_the_named_ones_and_decrypts_them_alone(template):
    readers = set()
    for name, document in documents(template):
        of_service = {"ssm": [], "kms": []}
        for one in document["Statement"]:
            action = one["Action"] if isinstance(one["Action"], str) else one["Action"][0]
            of_service.get(action.partition(":")[0], []).append(one)
        if not (of_service["ssm"] or of_service["kms"]):
            continue
        readers.add(name)
        [read], [decrypt] = of_service["ssm"], of_service["kms"]
        texts = re.findall(r"parameter[^\"]*", json.dumps(read["Resource"]))
        assert texts
        assert all(re.fullmatch(r"parameter\$\{\w+Parameter\}", text) for text in texts), name
        assert decrypt["Condition"]["StringEquals"] == {
            "kms:ViaService": {"Fn::Sub": "ssm.${AWS::Region}.${AWS::URLSuffix}"},
            "kms:EncryptionContext:PARAMETER_ARN": read["Resource"],
        }, name
    assert readers == {"VoiceRole", "FollowUpRole", "DeskRole", "IvrDeskPolicy", "IvrOperationsPolicy"}
