"""The snapshot that Lambda restores holds all that an incoming call needs: no caller waits for an import."""

import os
import subprocess
import sys

from tests.aws.conftest import Recorder
from tests.bench import webhooks

# In a process of its own, since this one has imported everything. Its log goes to stdout, so it answers on stderr.
PROGRAM = f"""
import json, sys
from handlers import voice

class Client:
    def batch_get_item(self, **_):
        return json.loads({webhooks.table_answer().decode()!r})

voice.store.client = Client
voice._before_snapshot()
held = set(sys.modules)
answer = voice.handler({webhooks.incoming(1)!r}, None)
imported = sorted(name for name in set(sys.modules) - held if name.startswith("ivr"))
print(answer["statusCode"], "<Gather" in answer["body"], imported, file=sys.stderr)
"""


def test_an_incoming_call_imports_no_module_of_ours_after_the_snapshot():
    environment = {**os.environ, **webhooks.ENVIRONMENT}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert run.stderr == "200 True []\n"


# Over the road to a stand-in: the connection is opened, and the credentials are asked for, when a call is there.
OVER_THE_ROAD = f"""
import sys
from handlers import voice
from ivr.aws import clients

voice._before_snapshot()
held, credentials = set(sys.modules), clients._credentials()
print("snapshot", credentials._held, *voice.voice().actions.context.store.table.client.service.connections._kept,
      file=sys.stderr, flush=True)
sys.stdin.readline()
answer = voice.handler({webhooks.incoming(1)!r}, None)
imported = sorted(name for name in set(sys.modules) - held if name.startswith(("ivr", "botocore", "http", "ssl")))
print(answer["statusCode"], "<Gather" in answer["body"], imported, credentials._held.keys.key_id, file=sys.stderr)
"""


def test_a_snapshot_holds_the_whole_road_and_neither_credentials_nor_connections():
    endpoint, table = Recorder(), Recorder()
    endpoint.will(
        (200, {"AccessKeyId": "A1", "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"})
    )
    table.will((200, webhooks.table_answer()))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    named = {
        "AWS_REGION": "me-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "voice",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{endpoint.address}/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token",
        "AWS_ENDPOINT_URL_DYNAMODB": table.address,
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", OVER_THE_ROAD]
    with subprocess.Popen(command, env=plain | webhooks.ENVIRONMENT | named, **pipes) as run:
        assert run.stderr.readline() == "snapshot None\n"
        assert not endpoint.asked
        assert not table.asked
        _, said = run.communicate("\n")
    endpoint.close()
    table.close()
    assert said == "200 True [] A1\n"
    assert (len(endpoint.asked), len(table.asked)) == (1, 1)
