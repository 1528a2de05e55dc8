"""Where `ivr calls show` finds the log: the file of the stack of this checkout, CloudWatch Logs of a deployment."""

import io
import json
import time

import boto3
import pytest
from moto import mock_aws

from infra.cli.call_log import CloudLog, FileLog, lines_about, written_too

CALL, CUSTOMER, OTHER = (f"CA{letter * 32}" for letter in "abc")
NOW = int(time.time()) - 60  # CloudWatch takes no lines of long ago
LINES = (
    {"timestamp": "1", "message": "leg_moved", "call_sid": CALL, "leg": "customer", "leg_sid": CUSTOMER},
    {"timestamp": "2", "message": "key_pressed", "call_sid": CUSTOMER, "leg": "agent", "leg_sid": OTHER},
    {"timestamp": "3", "message": "call_ended", "call_sid": OTHER, "leg": "caller"},
    {"timestamp": "4", "message": "signature_rejected", "call_sid": "", "claims": CALL},
)
ABOUT = [LINES[0], LINES[1], LINES[3]]


def test_lines_of_all_legs_and_those_that_claim_to_be_of_the_call_are_found():
    log = ["no JSON", '"no object"', '{"no": "message"}', *map(json.dumps, LINES)]
    assert lines_about(CALL, log) == ABOUT


def test_the_stack_writes_a_file_that_only_this_user_reads(tmp_path):
    path, stream = tmp_path / "log.jsonl", io.StringIO()
    path.write_text("of the last run")
    with written_too(path, stream) as log:
        for line in LINES:
            print(json.dumps(line), file=log, flush=True)
        assert FileLog(str(path)).about(CALL, NOW) == ABOUT  # while it runs
    assert stream.getvalue() == path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_stops_no_call(tmp_path):
    stream = io.StringIO()
    with written_too(tmp_path / "log.jsonl", stream) as log:
        log._file = io.StringIO()
        log._file.close()
        print("a line", file=log, flush=True)
    assert stream.getvalue() == "a line\n"


def test_without_a_file_there_are_no_lines():
    assert FileLog("").about(CALL, NOW) == []


@pytest.fixture
def cloud():
    with mock_aws():
        client = boto3.client("logs", region_name="me-central-1")
        for nth, group in enumerate(("/aws/lambda/it-voice", "/aws/lambda/it-follow-up")):
            client.create_log_group(logGroupName=group)
            client.create_log_stream(logGroupName=group, logStreamName="one")
            events = [
                {"timestamp": NOW * 1000 + at, "message": json.dumps(line)}
                for at, line in enumerate(LINES)
                if at % 2 == nth
            ]
            client.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
        yield client


@pytest.mark.parametrize("rang_at", [NOW, 0], ids=["when it rang", "at an unknown time"])
def test_the_logs_of_all_functions_are_asked_for_the_call_and_for_its_legs(cloud, rang_at):
    log = CloudLog(["/aws/lambda/it-voice", "/aws/lambda/it-follow-up"], cloud, (NOW + 60) * 1000)
    assert log.about(CALL, rang_at) == ABOUT
    assert log.about(CALL, NOW - 10 * 24 * 3600) == []  # at another time


def test_without_the_right_to_read_the_log_the_table_tells_alone(cloud, capsys):
    assert CloudLog(["/aws/lambda/no-such"], cloud, NOW * 1000).about(CALL, NOW) == []
    assert "The log can't be read, so only the table tells of the call" in capsys.readouterr().err
