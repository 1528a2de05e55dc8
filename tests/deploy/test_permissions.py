"""Each function's role allows exactly what its code does, on its own resources only."""

from pathlib import Path

import pytest

from handlers.watch import Watch
from ivr.observability.log import Log
from tests.conftest import NOW
from tests.deploy.reachable_operations import operations

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = {
    "Voice": "voice",
    "Reputation": "reputation",
    "Redeliver": "redeliver",
    "Watch": "watch",
    "FollowUp": "follow_up",
    "Desk": "desk",
}
EXISTING = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${ExistingTable}"
OF_THE_STREAM = {"Fn::If": ["MakesTable", {"Fn::GetAtt": ["Table", "StreamArn"]}, {"Fn::Sub": f"{EXISTING}/stream/*"}]}
ITS_LOG = {"WriteItsLog": ["logs:CreateLogStream", "logs:PutLogEvents"]}


def of_the_table(part=""):
    """The stack's own table, or the one that it was given, or a part of it."""
    own = {"Fn::Sub": f"${{Table.Arn}}{part}"} if part else {"Fn::GetAtt": ["Table", "Arn"]}
    return {"Fn::If": ["MakesTable", own, {"Fn::Sub": EXISTING + part}]}


@pytest.fixture(scope="module")
def statements_of(template):
    def statements(function):
        (policy,) = template["Resources"][f"{function}Role"]["Properties"]["Policies"]
        return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}

    return statements


def actions(statements):
    return {sid: statement["Action"] for sid, statement in statements.items()}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_has_a_role_a_log_and_an_artifact_of_its_own(template, statements_of, function):
    properties = template["Resources"][f"{function}Function"]["Properties"]
    assert properties["Role"] == {"Fn::GetAtt": [f"{function}Role", "Arn"]}
    assert properties["LoggingConfig"]["LogGroup"] == {"Ref": f"{function}Logs"}
    assert properties["Handler"] == f"handlers.{FUNCTIONS[function]}.handler"
    assert statements_of(function)["WriteItsLog"]["Resource"] == {"Fn::GetAtt": [f"{function}Logs", "Arn"]}
    target = f"build-{function}Function:\n\t$(ARTIFACT) {FUNCTIONS[function]} "
    assert target in (ROOT / "Makefile").read_text(encoding="utf-8")


# The watch is so small that the names in its code say less than the requests that it makes.
@pytest.mark.parametrize("function", sorted(FUNCTIONS.keys() - {"Watch"}))
def test_a_function_may_call_what_its_code_calls_and_nothing_else(statements_of, function):
    """The operations are found in the code, from the handler on; a transaction needs the permissions of its parts."""
    called = operations(ROOT, f"handlers.{FUNCTIONS[function]}")
    statements = statements_of(function)
    others = {one["Action"] for one in statements.values() if one["Action"] == "sqs:SendMessage"}
    others |= {statements["CountWhatWaits"]["Action"]} if "CountWhatWaits" in statements else set()
    for sid in {"ReadItsTwoSecrets", "ReadTheKey"} & statements.keys():
        others |= set(statements[sid]["Action"])
    named = {f"{_service(one)}:{''.join(word.title() for word in one.split('_'))}" for one in called}
    assert named == set(statements["UseTheTable"]["Action"]) | others


def _service(operation):
    if "parameter" in operation:
        return "ssm"
    return "sqs" if operation.endswith("message") or "queue" in operation else "dynamodb"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_statement_allows_and_names_one_resource_of_this_stack(statements_of, function):
    for sid, statement in statements_of(function).items():
        assert statement["Effect"] == "Allow"
        assert statement["Resource"] != "*", sid
        if sid == "UseTheTable":
            assert statement["Resource"] == of_the_table()


def test_beside_the_table_the_voice_function_may_send_to_the_queue_and_read_its_two_secrets(statements_of):
    statements = statements_of("Voice")
    assert {sid: action for sid, action in actions(statements).items() if sid != "UseTheTable"} == ITS_LOG | {
        "SendWhatTheTableRefused": "sqs:SendMessage",
        "ReadItsTwoSecrets": ["ssm:GetParameter", "ssm:GetParameters"],
        "DecryptThem": "kms:Decrypt",
    }
    assert statements["SendWhatTheTableRefused"]["Resource"] == {"Fn::GetAtt": ["ReportQueue", "Arn"]}
    parameters = statements["ReadItsTwoSecrets"]["Resource"]
    assert [arn["Fn::Sub"].rpartition(":")[2] for arn in parameters] == [
        "parameter${TwilioAuthTokenParameter}",
        "parameter${HmacKeyParameter}",
    ]
    condition = statements["DecryptThem"]["Condition"]["StringEquals"]
    assert condition["kms:ViaService"] == {"Fn::Sub": "ssm.${AWS::Region}.${AWS::URLSuffix}"}
    assert condition["kms:EncryptionContext:PARAMETER_ARN"] == parameters


def test_beside_the_table_the_reputation_function_may_follow_the_stream_and_set_aside_what_fails(statements_of):
    statements = statements_of("Reputation")
    assert {sid: action for sid, action in actions(statements).items() if sid != "UseTheTable"} == ITS_LOG | {
        "FollowTheStream": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        "FindTheStream": "dynamodb:ListStreams",
        "SetAsideWhatItCannotFollow": "sqs:SendMessage",
    }
    assert statements["FollowTheStream"]["Resource"] == OF_THE_STREAM
    assert statements["SetAsideWhatItCannotFollow"]["Resource"] == {"Fn::GetAtt": ["UnfollowedQueue", "Arn"]}


def test_beside_the_table_the_redelivery_function_may_empty_the_queue(statements_of):
    statements = statements_of("Redeliver")
    assert {sid: action for sid, action in actions(statements).items() if sid != "UseTheTable"} == ITS_LOG | {
        "FindAReport": "dynamodb:Query",
        "EmptyTheQueue": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        "SetAsideWhatItCannotStore": "sqs:SendMessage",
    }
    assert statements["SetAsideWhatItCannotStore"]["Resource"] == {"Fn::GetAtt": ["ReportDeadLetters", "Arn"]}
    assert statements["FindAReport"]["Resource"] == of_the_table("/index/references")
    assert statements["EmptyTheQueue"]["Resource"] == {"Fn::GetAtt": ["ReportQueue", "Arn"]}


def test_the_watch_may_read_one_list_as_it_does_and_nothing_else(statements_of, store, outage):
    Watch(store, Log("INFO")).look(NOW)
    assert outage.asked == ["Query"]
    statements = statements_of("Watch")
    assert actions(statements) == ITS_LOG | {"ReadTheList": "dynamodb:Query"}
    assert statements["ReadTheList"]["Resource"] == of_the_table("/index/listing")


def test_beside_the_table_the_follow_up_function_may_follow_the_stream_and_read_the_two_secrets(statements_of):
    statements, voice = statements_of("FollowUp"), statements_of("Voice")
    assert {sid: action for sid, action in actions(statements).items() if sid != "UseTheTable"} == ITS_LOG | {
        "FollowTheStream": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        "FindTheStream": "dynamodb:ListStreams",
        "SetAsideWhatItCannotDo": "sqs:SendMessage",
        "ReadItsTwoSecrets": ["ssm:GetParameter", "ssm:GetParameters"],
        "DecryptThem": "kms:Decrypt",
    }
    assert statements["FollowTheStream"]["Resource"] == OF_THE_STREAM
    assert statements["SetAsideWhatItCannotDo"]["Resource"] == {"Fn::GetAtt": ["UndoneQueue", "Arn"]}
    for sid in ("ReadItsTwoSecrets", "DecryptThem"):
        assert statements[sid] == voice[sid]
