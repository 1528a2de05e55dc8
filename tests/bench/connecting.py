"""What the guarded call costs: the step that connects, and the REST client, which no other call loads."""

import json
import statistics
import subprocess

from boto3.dynamodb.types import TypeSerializer

from ivr.calls.call_record import CallRecord
from tests.bench import webhooks

BLOCK = 25
# In a process of its own, after the handler has been imported: nanoseconds of processor time for the REST client.
IMPORT = """
import sys, time
sys.path[:0] = sys.argv[1:]
import handlers.voice
began = time.process_time_ns()
import ivr.telephony.twilio.rest
print(time.process_time_ns() - began)
"""


def answer():
    """What the canned server answers to every request: the accepted call's record, and a leg that was moved."""
    call = CallRecord(
        call_sid="CA1",
        line="+12025550100",
        customer="0" * 32,
        verdict="unknown",
        reason="unknown",
        rang_at=1_795_000_000,
        expires=1_795_900_000,
        customer_sid="CA2",
    )
    attributes = {name: TypeSerializer().serialize(value) for name, value in call.to_item().items()}
    told = json.loads(webhooks.table_answer())
    return json.dumps({**told, "Attributes": attributes, "sid": "CA2", "status": "in-progress"}).encode()


def measure_steps(ask, requests):
    """Milliseconds of processor time of each step that connects; the first ones, which load the client, apart."""
    ask([webhooks.accepting(call) for call in range(BLOCK)])
    blocks = range(BLOCK, BLOCK + requests, BLOCK)
    told = [ask([webhooks.accepting(call) for call in range(first, first + BLOCK)]) for first in blocks]
    return [statistics.median(block["work"]) / 1e6 for block in told]


def measure_import(here, runs):
    """Milliseconds of processor time that the import of the REST client adds to a process with the handler in it."""
    command = [here.python, "-I", "-S", "-c", IMPORT, *here.paths]
    told = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(runs)]
    return [int(one) / 1e6 for one in told]
