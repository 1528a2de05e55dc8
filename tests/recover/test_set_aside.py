"""What was set aside is read and deleted as the page says."""

import json

import boto3
from moto import mock_aws

SECTION = "Something was set aside"
REGION = "me-central-1"


@mock_aws
def test_a_message_that_was_set_aside_is_read_and_deleted(type_in):
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="undone", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="the place in the stream")
    [read] = type_in(SECTION, "aws sqs receive-message", REGION, QUEUE_URL=url)
    [message] = json.loads(read)["Messages"]
    assert message["Body"] == "the place in the stream"
    type_in(SECTION, "aws sqs delete-message", REGION, QUEUE_URL=url, RECEIPT_HANDLE=message["ReceiptHandle"])
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
