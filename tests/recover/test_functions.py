"""A report that became a dead letter is stored once, and an old version answers again."""

import boto3
from botocore.stub import Stubber

from ivr.outbox import queue as messages
from tests.deploy.test_versions import functions
from tests.doctor.typed import aws
from tests.recover.conftest import commands
from tests.redeliver.conftest import environment, queue, redelivery
from tests.redeliver.test_redelivery import CALL, WHOLE

__all__ = ["environment", "functions", "queue", "redelivery"]


def test_dead_letters_are_moved_back_and_each_is_stored_once(queue, store):
    """No stand-in here moves messages: the command is held to the API's own model, and the move is made by hand."""
    body = messages.write(WHOLE)
    store.put(CALL)
    for _ in range(2):  # it was tried twice, by two functions
        queue.client.send_message(QueueUrl=queue.dead_letters, MessageBody=body)
    client = boto3.client("sqs")
    with Stubber(client) as stub:
        arn = queue._attribute(queue.dead_letters, "QueueArn")
        stub.add_response("start_message_move_task", {"TaskHandle": "1"}, {"SourceArn": arn})
        [command] = commands("A report became a dead letter", "aws sqs")
        aws(command.replace("DEAD_LETTERS_ARN", arn), lambda _: client)
        stub.assert_no_pending_responses()
    queue.send(*queue.dead)
    queue.empty()
    assert [one.reference for one in store.reports.of_call(CALL.call_sid)] == [WHOLE.reference]


def test_an_old_version_answers_again(functions, type_in):
    names = {"VOICE_FUNCTION": "voice", "41": "3"}
    [listed, _] = type_in("A release is bad", "aws lambda", **names)
    assert "3" in listed
    assert functions.get_alias(FunctionName="voice", Name="live")["FunctionVersion"] == "3"
