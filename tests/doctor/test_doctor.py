"""With each thing broken in turn, doctor shows exactly that line wrong, and its remedy works as it is printed.

A remedy is typed as it stands: `ivr` by its own command line, `aws` as the same request to the stand-in for AWS. Where
a remedy can't be run here (a deployment, a person at Twilio's console, an action that the stand-in lacks), ``by_hand``
says why, and the test does itself what the remedy would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
import requests
from botocore.exceptions import ClientError

from infra.carrier.rest.numbers import own
from infra.carrier.rest.webhook_rules import apply
from infra.doctor.examination import CHECKS
from infra.local import demo
from infra.local.template import properties
from ivr.screening.line import line_key
from ivr.store.desk import Desk
from tests.doctor.conftest import BASE, HERE, KEY, KEYS, TOKEN, TOKENS
from tests.doctor.deployed_stack import STACK
from tests.slowly import slow_but_rows

INCOMING, FALLBACK, STATUS = "/voice/incoming", "/voice/fallback", "/voice/status"
SIGN_IN = "/desk/sign-in"
OTHER_TOKEN, OTHER_KEY = "0" * 31 + "b", "o" * 64
SHARED_KEY = "webhooks_sharedkey_01h455vb4pex5vsknk084sn02q"
LINE = demo.PROTECTED_LINE


@dataclass
class Broken:
    """Something broken: the line that tells, what it says, and how it is mended."""

    line: str
    says: str
    breaking: object
    level: str = "wrong"
    fill: dict = field(default_factory=dict)  # what a person puts in place of a word in capitals
    by_hand: str = ""  # why the remedy can't be run here
    mending: object = None  # what the remedy would do
    then: str = ""  # a line that is wrong after it, as the remedy says


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


def secret(name, text, kind="SecureString"):
    """Another value. An empty text: it is deleted first, and a parameter that is deleted has no former versions."""

    def change(world):
        if kind != "SecureString" or not text:
            world.ssm.delete_parameter(Name=name)
        if text:
            world.ssm.put_parameter(Name=name, Type=kind, Value=text, Overwrite=True)

    return change


def reserve(logical, many):
    return lambda world: world.functions.put_function_concurrency(
        FunctionName=world.stack.named[logical], ReservedConcurrentExecutions=many
    )


def publish(world):
    name = world.stack.named["VoiceFunction"]
    world.functions.update_function_configuration(FunctionName=name, Description="newer")
    world.functions.publish_version(FunctionName=name)


def plays(url):
    """Deploy another AUDIO_BASE_URL, from a checkout without sounds."""

    def deploy(world):
        world.environment.setattr("ivr.locales.audio.sounds", lambda _: ())
        functions, name = world.functions, world.stack.named["VoiceFunction"]
        told = functions.get_function_configuration(FunctionName=name, Qualifier="live")
        variables = told["Environment"]["Variables"] | {"AUDIO_BASE_URL": url}
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        version = functions.publish_version(FunctionName=name)["Version"]
        functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)

    return deploy


def mapping(world, logical):
    [found] = world.functions.list_event_source_mappings(FunctionName=world.stack.named[logical])["EventSourceMappings"]
    return found["UUID"]


def disable(world):
    world.functions.update_event_source_mapping(UUID=mapping(world, "RedeliverFunction"), Enabled=False)


def unmap(world):
    world.functions.delete_event_source_mapping(UUID=mapping(world, "ReputationFunction"))


def table(**change):
    return lambda world: world.dynamodb.update_table(TableName=world.table, **change)


def recovery_off(world):
    world.dynamodb.update_continuous_backups(
        TableName=world.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )


def ttl_off(world):
    world.dynamodb.update_time_to_live(
        TableName=world.table, TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"}
    )


def index_made_again(world):
    [index] = [one for one in properties("Table")["GlobalSecondaryIndexes"] if one["IndexName"] == "references"]
    defined = properties("Table")["AttributeDefinitions"]
    table(AttributeDefinitions=defined, GlobalSecondaryIndexUpdates=[{"Create": index}])(world)


def kept_a_day(logical):
    return lambda world: world.sqs.set_queue_attributes(
        QueueUrl=world.stack.named[logical], Attributes={"MessageRetentionPeriod": "86400"}
    )


def redriven_elsewhere(world):
    world.stack.redrive(world.stack.arn("UndoneQueue"), 3)


def send(logical):
    return lambda world: world.sqs.send_message(QueueUrl=world.stack.named[logical], MessageBody="{}")


def purge(logical):
    return lambda world: world.sqs.purge_queue(QueueUrl=world.stack.named[logical])


def subscribed(*endpoints):
    """These alone are subscribed to the pages."""

    def change(world):
        topic = world.stack.named["AlarmTopic"]
        for one in world.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
            world.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
        for endpoint in endpoints:
            world.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=endpoint)

    return change


def alarm(state):
    return lambda world: world.cloudwatch.set_alarm_state(
        AlarmName=world.stack.named["LatencyAlarm"], StateValue=state, StateReason="a test"
    )


def silence(world):
    world.cloudwatch.disable_alarm_actions(AlarmNames=[world.stack.named["LatencyAlarm"]])


def no_lines(world):
    for line in world.api.store.lines.all():
        world.dynamodb.delete_item(
            TableName=world.table, Key={name: {"S": value} for name, value in line_key(line.number)._asdict().items()}
        )


def number(**settings):
    return lambda world: world.account.number.settings.update(settings)


def another_number(world):
    world.account.numbers.clear()
    own(world.account, "+13035550177", voice_url="https://old.example.com/")


def of_account(**change):
    return lambda world: [setattr(world.account, name, value) for name, value in change.items()]


def delivered(match, **setting):
    """A Rule that matches some URLs, after one that matches none of ours."""
    auth = {"source": "INLINE", "value": {"scheme": "NONE"}}

    def change(world):
        apply(world.account, {"matchType": "EXACT_MATCH", "value": "https://a.example/"}, {"auth": auth})
        apply(world.account, match, {"auth": auth, **setting})

    return change


def answering(path, answer):
    return lambda world: world.api.answers.update({path: answer})


def changed(**settings):
    """The settings of the function that answers differ from those that are deployed."""
    return lambda world: world.api.changed.update(settings)


def denied(world):
    """The function may not use the table."""
    client = world.stack.client()

    def deny(model, **_):
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, model.name)

    client.meta.events.register("before-call.dynamodb", deny)
    world.api.store = Desk(world.table, client)


def well(world):
    world.api.answers.clear()
    world.api.changed.clear()
    world.api.store = Desk(world.table, world.stack.client())


def signed_out(world):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        world.environment.delenv(name)
    world.environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    fresh(world)


def signed_in(world):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        world.environment.setenv(name, "testing")
    fresh(world)


def fresh(world):
    """Another process would ask the environment anew."""
    import boto3

    world.environment.setattr(boto3, "DEFAULT_SESSION", None)


def set_(name, **change):
    return lambda world: [setattr(getattr(world, name), key, value) for key, value in change.items()]


DEPLOYED = {"by_hand": "a deployment", "mending": well}
BROKEN = [
    Broken("identity", "no AWS credentials", signed_out, by_hand="a person signs in", mending=signed_in),
    Broken("clock", "seconds ahead of", set_("clock", ahead=300), by_hand="root", mending=set_("clock", ahead=0)),
    Broken("clock", "seconds behind", set_("clock", ahead=-50), "warn", by_hand="root", mending=set_("clock", ahead=0)),
    Broken(
        "concurrency",
        "10 at a time",
        set_("limits", concurrency=10),
        by_hand="AWS decides on a quota",
        mending=set_("limits", concurrency=1000),
    ),
    Broken(
        "stack",
        "UPDATE_ROLLBACK_FAILED: the last deployment failed",
        set_("limits", state="UPDATE_ROLLBACK_FAILED"),
        by_hand="the stand-in for AWS takes no deployment back",
        mending=set_("limits", state=""),
    ),
    Broken(
        "stack",
        "UPDATE_IN_PROGRESS: a deployment is under way",
        set_("limits", state="UPDATE_IN_PROGRESS"),
        "warn",
        by_hand="it ends by itself",
        mending=set_("limits", state=""),
    ),
    Broken(
        "stack",
        "its outputs lack FallbackUrl",
        set_("limits", output="FallbackUrl"),
        by_hand="a deployment",
        mending=set_("limits", output=""),
    ),
    Broken(
        "release",
        "and version 1 to 10%: a deployment is under way",
        set_("limits", canary={"1": 0.1}),
        "warn",
        by_hand="it ends by itself",
        mending=set_("limits", canary={}),
    ),
    Broken("release", "version 1 answers calls, and the newest is 2", publish),
    Broken("functions", "FollowUpFunction never runs", reserve("FollowUpFunction", 0)),
    Broken("event-sources", "RedeliverFunction is not woken by the queue: its source is Disabled", disable),
    Broken("event-sources", "ReputationFunction is not woken by the table", unmap),
    Broken(
        "table",
        "has no index references",
        table(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "references"}}]),
        by_hand="a deployment",
        mending=index_made_again,
    ),
    Broken("table-ttl", "no item ever expires", ttl_off),
    Broken("table-recovery", "recovery is off", recovery_off),
    Broken(
        "table-stream",
        "has no stream",
        table(StreamSpecification={"StreamEnabled": False}),
        then="event-sources",
    ),
    Broken("table-protection", "is not protected", table(DeletionProtectionEnabled=False)),
    Broken("queues", "UndoneQueue keeps a message for 1 days", kept_a_day("UndoneQueue")),
    Broken("queue-redrive", "its redrive policy is", redriven_elsewhere),
    Broken(
        "dead-letters",
        "1 reports or call records",
        send("ReportDeadLetters"),
        by_hand="the stand-in for AWS moves no messages",
        mending=purge("ReportDeadLetters"),
    ),
    Broken(
        "queue-waiting",
        "1 reports or call records wait",
        send("ReportQueue"),
        "warn",
        by_hand="the function stores them",
        mending=purge("ReportQueue"),
    ),
    Broken(
        "set-aside",
        "1 ring-backs or SMS",
        send("UndoneQueue"),
        "warn",
        by_hand="a person reads them",
        mending=purge("UndoneQueue"),
    ),
    Broken("token", f"there is no parameter {TOKENS}", secret(TOKENS, ""), fill={"YOUR_AUTH_TOKEN": TOKEN}),
    Broken("token", "holds no auth token", secret(TOKENS, "my token"), fill={"YOUR_AUTH_TOKEN": TOKEN}),
    Broken("token", "stored unencrypted", secret(TOKENS, TOKEN, "String"), fill={"YOUR_AUTH_TOKEN": TOKEN}),
    Broken(
        "token",
        "2 auth tokens: it is being rotated",
        secret(TOKENS, f"{TOKEN} {OTHER_TOKEN}"),
        "warn",
        fill={"YOUR_AUTH_TOKEN": TOKEN},
    ),
    Broken("key", "is not the one that the table was begun with", secret(KEYS, OTHER_KEY)),
    Broken("key", "holds no key", secret(KEYS, "short")),
    Broken("key", f"there is no parameter {KEYS}", secret(KEYS, ""), fill={"THE_KEY": KEY}),
    Broken("alarm-topic", "nobody gets", subscribed(), fill={"YOU@EXAMPLE.COM": "ops@example.com"}),
    Broken(
        "alarm-topic",
        "ops@example.com did not confirm yet, so nobody",
        set_("limits", unconfirmed={"ops@example.com"}),
        by_hand="a person opens a link",
        mending=set_("limits", unconfirmed=set()),
    ),
    Broken("alarms", "Latency is told to nobody", silence),
    Broken("alarms", "Latency is raised now", alarm("ALARM"), "warn", by_hand="the runbook", mending=alarm("OK")),
    Broken(
        "lines",
        "no line is registered",
        no_lines,
        "warn",
        fill={"YOUR_NUMBER": LINE, "CUSTOMERS_TELEPHONE": "+96892123456"},
    ),
    Broken(
        "twilio-account",
        "Twilio refuses the stored auth token",
        of_account(auth_token=OTHER_TOKEN),
        fill={"YOUR_AUTH_TOKEN": OTHER_TOKEN},
    ),
    Broken(
        "twilio-account",
        "is suspended",
        of_account(status="suspended"),
        by_hand="a person at Twilio's console",
        mending=of_account(status="active"),
    ),
    Broken(
        "twilio-numbers", f"{LINE} does not send here as it should: its calls", number(voice_url="https://a.example/")
    ),
    Broken("twilio-numbers", f"{LINE} does not send here as it should: its fallback", number(voice_fallback_url="")),
    Broken("twilio-numbers", "the method of its calls", number(voice_method="GET")),
    Broken("twilio-numbers", "its status callbacks", number(status_callback=f"{BASE}/status")),
    Broken("twilio-numbers", "has: a SIP trunk that overrules", number(trunk_sid="TK" + "1" * 32)),
    Broken("twilio-numbers", "none of the account's 1 numbers points here", another_number, "warn"),
    Broken(
        "twilio-webhooks",
        f"the shared key {SHARED_KEY} signs webhooks to /voice/incoming",
        delivered({"matchType": "PREFIX_MATCH", "prefix": f"{BASE}/voice/"}, signature={"sharedKeyId": SHARED_KEY}),
        fill={"YOUR_AUTH_TOKEN": TOKEN, "ITS_SECRET": "s" * 40},
    ),
    Broken(
        "twilio-webhooks",
        "Twilio waits 2000 ms for /voice/incoming",
        delivered({"matchType": "DEFAULT"}, connection={"readTimeoutMs": 2000}),
        "warn",
        by_hand="a person at Twilio's API",
        mending=of_account(webhook_rules=[]),
    ),
    Broken("webhook-fallback", "can't be reached", answering(FALLBACK, requests.ConnectionError()), **DEPLOYED),
    Broken("webhook-fallback", "does not answer within", answering(FALLBACK, requests.ReadTimeout()), **DEPLOYED),
    Broken("webhook-fallback", "answers with 500", answering(FALLBACK, (500, "{}")), **DEPLOYED),
    Broken(
        "webhook-fallback",
        "takes the stored auth token for a forged one",
        changed(TWILIO_AUTH_TOKEN=OTHER_TOKEN, TWILIO_AUTH_TOKEN_PARAMETER=""),
        **DEPLOYED,
    ),
    Broken("webhook-fallback", "answered by the release r-old", changed(RELEASE="r-old"), **DEPLOYED),
    Broken("webhook-fallback", "not by this product", answering(FALLBACK, (200, "<Response/>")), **DEPLOYED),
    Broken("webhook-incoming", "can't read what a call needs (AccessDeniedException)", denied, **DEPLOYED),
    Broken("desk", "the issuer does not answer", answering(SIGN_IN, (401, "")), **DEPLOYED),
    Broken("desk", "answers with 500", answering(SIGN_IN, (500, "")), **DEPLOYED),
    Broken("desk", "and leads to no issuer", answering(SIGN_IN, (404, "")), **DEPLOYED),
    Broken("webhook-status", "is no route", answering(STATUS, (404, '{"message":"Not Found"}')), **DEPLOYED),
]
BROKEN.append(
    Broken(
        "sounds",
        "sounds are looked for at https://audio.example.com, and this checkout has none",
        plays("https://audio.example.com"),
        "warn",
        by_hand="Amazon Polly renders them",
        mending=plays(""),
    )
)
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
    typed = [step for step in remedy if step.startswith(("aws ", "ivr ")) and " doctor" not in step]
    assert typed
    for step in typed:
        doctor.do(step, **broken.fill)


def test_every_check_is_broken_here():
    assert {one.line for one in BROKEN} == {one.name for one in CHECKS}


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
