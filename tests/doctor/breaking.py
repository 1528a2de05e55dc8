"""How to break each thing that doctor looks at: functions of a test's world, or functions that make these."""

from __future__ import annotations

from botocore.exceptions import ClientError

from infra.carrier.rest.numbers import own
from infra.carrier.rest.webhook_rules import apply
from infra.local.template import properties
from ivr.screening.line import line_key
from ivr.store.desk import Desk


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


def delete_queue(logical):
    return lambda world: world.sqs.delete_queue(QueueUrl=world.stack.named[logical])


def redriven_elsewhere(world):
    world.stack.redrive(world.stack.arn("UndoneQueue"), 3)


def send(logical):
    return lambda world: world.sqs.send_message(QueueUrl=world.stack.named[logical], MessageBody="{}")


def being_worked_on(logical):
    """A message of the queue was received, and is not seen until its time is over."""
    return lambda world: world.sqs.receive_message(QueueUrl=world.stack.named[logical], VisibilityTimeout=3600)


def purge(logical):
    return lambda world: world.sqs.purge_queue(QueueUrl=world.stack.named[logical])


def subscribed(*endpoints, to="AlarmTopic"):
    """These alone are subscribed to a topic, the one of the pages."""

    def change(world):
        topic = world.stack.named[to]
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


def told(operation, change):
    """AWS answers an operation otherwise: ``change`` gets the answer."""
    return lambda world: world.limits.told.update({operation: change})


def as_it_is(world):
    world.limits.told.clear()


def without_latency(answer):
    answer["MetricAlarms"] = [one for one in answer["MetricAlarms"] if "Latency" not in one["AlarmName"]]


def update_failed(answer):
    if answer["FunctionName"].endswith("-follow-up") or "FollowUp" in answer["FunctionName"]:
        answer |= {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "the image is gone"}


def status(of):
    return lambda answer: answer["Table"].update(TableStatus=of)


def building(answer):
    answer["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] = "CREATING"


def keys_alone(world):
    """A stream that shows only which items changed."""
    for specification in ({"StreamEnabled": False}, {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}):
        table(StreamSpecification=specification)(world)


def both(*breaking):
    return lambda world: [one(world) for one in breaking]
