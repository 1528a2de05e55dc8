"""With each thing broken in turn, doctor shows exactly that line wrong, and its remedy works as it is printed.

A remedy is typed as it stands: `ivr` by its own command line, `aws` as the same request to the stand-in for AWS. Where
a remedy can't be run here (a deployment, a person at Twilio's console, an action that the stand-in lacks), ``by_hand``
says why, and the test does itself what the remedy would.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from infra.doctor import examination
from infra.doctor.examination import CHECKS
from infra.doctor.patient import Place
from infra.local import demo
from ivr.secrets import SecretUnavailableError
from ivr.secrets.key_fingerprint import FINGERPRINT_KEY, fingerprint
from ivr.store import StoreUnavailableError
from ivr.telephony.port import NotSentError
from tests.doctor.breaking import denied, number, subscribed, well
from tests.doctor.broken import BROKEN, LINE
from tests.doctor.conftest import HERE, KEY, KEYS, TOKEN, TOKENS
from tests.doctor.deployed_stack import STACK
from tests.slowly import slow_but_rows


@pytest.fixture
def world(stack, account, api, clock, limits, monkeypatch):
    """What a test may break: the stack in the stand-in for AWS, the account at Twilio, the API, and this machine."""
    world = SimpleNamespace(
        stack=stack,
        account=account,
        api=api,
        clock=clock,
        limits=limits,
        environment=monkeypatch,
        table=stack.named["Table"],
    )
    for service in ("dynamodb", "lambda", "sqs", "ssm", "sns", "cloudwatch"):
        setattr(world, service.replace("lambda", "functions"), stack.of(service))
    yield world
    well(world)
    demo.seed(api.store)
    for name, value in ((TOKENS, TOKEN), (KEYS, KEY)):
        world.ssm.put_parameter(Name=name, Type="SecureString", Value=value, Overwrite=True)


QUICK = {"table-ttl"}


def rows():
    """Each broken thing; one is tried in a quick run."""
    quick = {name: next(one for one in BROKEN if one.line == name) for name in QUICK}
    return slow_but_rows([(one,) for one in quick.values()], [(one,) for one in BROKEN])


@pytest.mark.parametrize("broken", rows(), ids=lambda broken: f"{broken.line}: {broken.says}")
def test_what_is_broken_is_the_one_line_that_tells_and_its_remedy_works(doctor, world, broken):
    broken.breaking(world)
    told = doctor("--json")
    assert told.status == (1 if broken.level == "wrong" else 0)
    assert not_well(told) == {(broken.line, broken.level)}
    lines = [one for one in told.json if one["check"] == broken.line]
    assert any(broken.says in one["saw"] for one in lines)
    for one in lines:
        assert one["remedy"]
        mend(doctor, world, broken, one["remedy"])
    if broken.then:
        told = doctor("--json")
        assert not_well(told) == {(broken.then, "wrong")}
        for one in told.json:
            if one["check"] == broken.then:
                mend(doctor, world, broken, one["remedy"])
    assert not_well(doctor("--json")) == set()


def not_well(told):
    """The lines that tell of something, without those that were not looked at for it."""
    return {(one["check"], one["level"]) for one in told.json} - {
        (one["check"], level) for one in told.json for level in ("ok", "unseen")
    }


def mend(doctor, world, broken, remedy):
    """Type what the remedy says, or do what it would do."""
    if broken.by_hand:
        broken.mending(world)
        return
    typed = [step for step in remedy if step.startswith(("aws ", "ivr ", "value=")) and " doctor" not in step]
    assert typed
    for step in typed:
        doctor.do(step, **broken.fill)


def test_every_check_is_broken_here():
    assert {one.line for one in BROKEN} == {one.name for one in CHECKS}


@pytest.mark.parametrize(
    "trouble",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeTable"),
        EndpointConnectionError(endpoint_url="https://example.com"),
        StoreUnavailableError("timed_out"),
        SecretUnavailableError("/call-screening/twilio-auth-token", "timed_out"),
        NotSentError("no_connection"),
    ],
    ids=lambda trouble: type(trouble).__name__,
)
def test_a_check_that_gets_no_answer_is_a_line_that_says_what_to_do(monkeypatch, trouble):
    def find(_):
        raise trouble

    monkeypatch.setattr(examination, "CHECKS", [replace(CHECKS[0], find=find)])
    [line] = examination.examine(SimpleNamespace(place=Place.STACK))
    assert line.finding.level == "wrong"
    assert line.finding.saw
    assert line.finding.remedy


def test_a_well_stack_is_all_ok_and_no_secret_is_shown(doctor):
    told = doctor()
    assert told.status == 0, told.out
    assert f"{len(CHECKS)} ok, 0 to look at, 0 wrong" in told.out
    assert not any(secret in told.out + told.err for secret in (TOKEN, KEY))


@pytest.mark.slow
def test_no_number_is_pointed_at_a_stack_that_does_not_answer(doctor, world):
    number(voice_url="https://old.example.com/")(world)
    denied(world)
    refused = doctor.ivr("--stack", STACK, "numbers", "connect", LINE, "--yes")
    assert "can't read what a call needs (AccessDeniedException)" in refused.refusal
    assert world.account.number.settings["voice_url"] == "https://old.example.com/"
    assert doctor.ivr("--stack", STACK, "numbers", "connect", LINE, "--yes", "--untested").status == 0
    assert world.account.number.settings["voice_url"] == HERE["voice_url"]


@pytest.mark.slow
def test_what_somebody_subscribed_stays_one_word_of_the_remedy(doctor, world):
    hostile = "x@example.com; echo owned # email"
    subscribed(hostile)(world)
    world.limits.unconfirmed = {hostile}
    [line] = [one for one in doctor("--json").json if one["check"] == "alarm-topic"]
    [command] = [step for step in line["remedy"] if step.startswith("aws ")]
    words = shlex.split(command)
    assert words[words.index("--notification-endpoint") + 1] == hostile


@pytest.mark.slow
def test_while_a_deployment_is_under_way_either_release_may_answer(doctor, world):
    name = world.stack.named["VoiceFunction"]
    told = world.functions.get_function_configuration(FunctionName=name, Qualifier="live")["Environment"]["Variables"]
    world.functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": told | {"RELEASE": "r-next"}}
    )
    version = world.functions.publish_version(FunctionName=name)["Version"]
    world.limits.canary = {version: 0.1}
    world.api.changed["RELEASE"] = "r-next"
    assert not_well(doctor("--json")) == {("release", "warn")}
    world.limits.canary = {}
    world.functions.delete_function(FunctionName=name, Qualifier=version)


@pytest.mark.slow
def test_before_the_first_call_the_table_keeps_no_fingerprint_and_that_is_well(doctor, world):
    world.dynamodb.delete_item(
        TableName=world.table, Key={name: {"S": text} for name, text in FINGERPRINT_KEY._asdict().items()}
    )
    told = doctor()
    world.api.store.fingerprints.keep(fingerprint(KEY), 1)
    assert told.status == 0, told.out
    assert "the table keeps none yet" in told.out


@pytest.mark.slow
def test_a_link_that_nobody_opened_is_sent_anew_to_the_same_people(doctor, world):
    people = [("https", "https://email.example.com/alarms"), ("email", "ops@example.com")]
    subscribed()(world)
    topic = world.stack.named["AlarmTopic"]
    for protocol, endpoint in people:
        world.sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    world.limits.unconfirmed = {endpoint for _, endpoint in people}
    [line] = [one for one in doctor("--json").json if one["check"] == "alarm-topic" and topic in one["saw"]]
    subscribed("ops@example.com")(world)
    asked = f"aws sns subscribe --topic-arn {topic} --protocol {{}} --notification-endpoint {{}} --region me-central-1"
    assert sorted(line["remedy"][1:]) == sorted(asked.format(*one) for one in people)


@pytest.mark.slow
def test_an_unknown_stack_is_one_wrong_line_and_the_rest_is_not_looked_at(doctor):
    told = doctor("--json", name="nowhere").json
    assert {one["check"] for one in told if one["level"] == "wrong"} == {"stack"}
    assert {one["check"] for one in told if one["level"] == "ok"} == {"identity", "clock", "concurrency"}
    [line] = [one for one in told if one["check"] == "stack"]
    assert "there is no stack nowhere in region me-central-1" in line["saw"]
    assert "aws cloudformation describe-stacks" in line["remedy"][0]


@pytest.mark.slow
def test_it_asks_for_no_more_than_the_actions_that_it_lists_and_keeps_nothing(doctor, limits, stack):
    before = stack.client().scan(TableName=stack.named["Table"])["Items"]
    doctor()
    prefixes = {"monitoring": "cloudwatch"}
    asked = {f"{prefixes.get(service, service)}:{operation}" for service, operation in limits.asked}
    listed = {action for check in CHECKS for action in check.needs}
    assert asked <= listed
    assert listed - asked <= {"kms:Decrypt", "ssm:GetParameterHistory"}  # asked by SSM, and only where a key is wrong
    assert stack.client().scan(TableName=stack.named["Table"])["Items"] == before


@pytest.mark.slow
def test_what_it_may_not_look_at_is_told_with_the_action_that_is_missing(doctor):
    import boto3

    def deny(**_):
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeTimeToLive")

    boto3.DEFAULT_SESSION.events.register("before-call.dynamodb.DescribeTimeToLive", deny)
    [line] = [one for one in doctor("--json").json if one["level"] != "ok"]
    assert (line["check"], line["level"]) == ("table-ttl", "wrong")
    assert line["remedy"] == ["Give your identity these actions: dynamodb:DescribeTimeToLive"]
